"""JSON for programs, on stdout."""

from typing import Any


def print_json(value: Any) -> None:
    from flows.language import jsontext  # slow to import

    print(jsontext.dumps(value))
