"""Whether a base has been silent for too long, by the days on which its silence counts. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

#: the days of the week that `converter.settings.saying.Days` means, Monday being 0
_DAYS = {"all": range(7), "mon-fri": range(5), "mon-sat": range(6)}


def silent(since: datetime, now: datetime, limit: timedelta, days: str, zone: tzinfo) -> bool:
    """Whether more than ``limit`` has gone by between two moments in UTC.

    Only the time of these ``days`` counts, each from midnight to midnight in ``zone``.
    """
    if now - since <= limit:
        return False
    if days == "all":
        return True
    counted = timedelta(0)
    start, end = _local(since, zone), _local(now, zone)
    while start < end and counted <= limit:
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), zone)
        until = min(midnight, end)
        if start.weekday() in _DAYS[days]:
            counted += until.astimezone(UTC) - start.astimezone(UTC)
        start = until
    return counted > limit


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone)
