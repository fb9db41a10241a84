"""Reading what must not stand on a command line, where other users of the machine could read it."""

import sys

from cli.errors import WrongUse


def read_secret(name: str) -> str:
    """Asked for at the terminal, else one line of stdin. Raises WrongUse where there is none."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass(f"{name[:1].upper()}{name[1:]}: ")
    line = sys.stdin.readline()
    if not line:
        raise WrongUse(f"There is no line on stdin for {name}.")
    return line.rstrip("\r\n")
