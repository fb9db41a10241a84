"""How actions speak to the outside: sockets that obey a deadline and an abort, and the protocols on top of them."""
