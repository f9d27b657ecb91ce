"""Points in time, each with its offset from UTC, so that hours between them are right when clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ALLOWED = "an ISO date and time with its offset, as 2026-03-29T01:30+01:00, is allowed"


def read_time(value: object, zone: ZoneInfo | None) -> datetime | None:
    """A point in time, in UTC; None stays None.

    Python subtracts two times of the same zone by their clocks, which is an hour wrong across a change of
    the clocks: everything is kept in UTC.

    Args:
        value: ISO text, or a datetime as a YAML reader makes it.
        zone: where a time without an offset was taken; None refuses such a time.

    Raises:
        ValueError: not a date and time, no offset and no zone, or a clock time that does not exist or
            exists twice in the zone.
    """
    if value is None:
        return None
    time = _parsed(value)
    if time.tzinfo is not None:
        return time.astimezone(UTC)
    if zone is None:
        raise ValueError(f"{time.isoformat()} has no offset from UTC and no timezone is given; {ALLOWED}")
    return _placed(time, zone).astimezone(UTC)


def read_zone(value: object) -> str | None:
    """The name of a known time zone; None stays None.

    Raises:
        ValueError: no such zone.
    """
    if value is None:
        return None
    try:
        return ZoneInfo(str(value)).key
    except (LookupError, ValueError, OSError):
        # OSError: the name of a folder of the zone files, as "Europe".
        raise ValueError(f"{value!r} is no time zone; an IANA name, as Europe/Berlin, is allowed") from None


def _parsed(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    # A date alone would be read as midnight, which nobody said.
    if isinstance(value, str) and len(value.strip()) > len("2026-03-29"):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError(f"{str(value)!r} is not a date and time; {ALLOWED}")


def _placed(time: datetime, zone: ZoneInfo) -> datetime:
    first, second = time.replace(tzinfo=zone, fold=0), time.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == time
    problem = "exists twice" if exists else "does not exist"
    raise ValueError(f"{time.isoformat()} {problem} in {zone.key} (the clocks change); {ALLOWED}")
