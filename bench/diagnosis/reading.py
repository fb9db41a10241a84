"""Reads facts and diagnoses of executions in a process that has the product's settings.

    python -m bench.diagnosis.reading < NUMBERS      with the settings of a stack in the environment

A line of JSON for each: {"execution", "facts", "pack"}.
"""

import os
import sys
from dataclasses import asdict

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from analytics.diagnosis.gathering import gather
    from analytics.diagnosis.pack import diagnose
    from analytics.operations.roll_up import roll_up
    from executions.models import Execution
    from flows.language import jsontext

    roll_up()
    for line in sys.stdin:
        execution = Execution.objects.get(pk=int(line))
        found, pack = gather(execution), diagnose(execution)
        assert found is not None, f"#{execution.pk} has no failed step"
        assert pack is not None
        written = {"execution": execution.pk, "facts": asdict(found.facts), "pack": asdict(pack)}
        print(jsontext.dumps(_plain(written)), flush=True)


def _plain(value: object) -> object:
    """Times as texts, whatever holds others as lists and dicts."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(member) for member in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


if __name__ == "__main__":
    main()
