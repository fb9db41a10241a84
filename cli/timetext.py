"""Points in time as people type and read them; the server speaks ISO 8601 in UTC."""

from datetime import UTC, datetime, timedelta

from cli.errors import WrongUse


def read_time(text: str, *, option: str, now: datetime | None = None) -> str:
    """`2026-03-01`, `2026-03-01T12:00`, or how long ago (`2h`, `3d`), as ISO 8601 with its zone. Raises WrongUse."""
    from flows.language.durations import BadDuration, parse_duration

    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped)
        return (moment if moment.tzinfo else moment.astimezone()).isoformat()
    except ValueError:
        pass
    try:
        is_days = stripped.endswith("d") and stripped[:-1].isdigit()
        ago = timedelta(days=int(stripped[:-1])) if is_days else timedelta(seconds=parse_duration(stripped))
        return ((now or datetime.now(UTC)) - ago).isoformat()
    except (BadDuration, OverflowError) as exc:
        hint = "Write a date (2026-03-01, 2026-03-01T12:00) or how long ago (30m, 2h, 3d)."
        raise WrongUse(f"{option} {text!r} is not a time.", hint) from exc


def local(text: str | None) -> str:
    """The server's time on the clock of this machine, to the second; a dash for none."""
    if not text:
        return "–"
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return text
