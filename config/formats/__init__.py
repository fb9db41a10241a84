"""How dates and times are written on admin pages."""
