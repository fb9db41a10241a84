"""How often the diagnosis is right: faults made for real, against a whole Stepwell and its shop."""
