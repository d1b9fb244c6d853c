"""The two clocks of the store: moments in UTC, and the days of the user's own calendar."""

import datetime as dt


def now() -> str:
    """UTC, ISO 8601, to the millisecond."""
    return _written(dt.datetime.now(dt.UTC))


def today() -> str:
    return dt.date.today().isoformat()


def begins(day: str) -> str:
    """The moment at which a local day (`YYYY-MM-DD`) or month (`YYYY-MM`) begins."""
    return _midnight(_first(day))


def ends(day: str) -> str:
    """The moment at which it is over."""
    first = _first(day)
    following = (
        first + dt.timedelta(days=1) if len(day) > len("YYYY-MM") else (first + dt.timedelta(days=31)).replace(day=1)
    )
    return _midnight(following)


def _first(day: str) -> dt.date:
    return dt.date.fromisoformat(day if len(day) > len("YYYY-MM") else f"{day}-01")


def _midnight(day: dt.date) -> str:
    return _written(dt.datetime.combine(day, dt.time()).astimezone(dt.UTC))


def _written(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
