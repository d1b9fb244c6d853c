"""The events of one read: neighbouring deltas of a channel become one, halves of a character wait for each other."""

from compare_tui.core.events import NOTHING, Data, Event, Kind
from compare_tui.core.sanitize import join_surrogates


class Outbox:
    """Filled by a dialect's reader, emptied once for every read of bytes, with the stamp of that read."""

    def __init__(self) -> None:
        self._t_ns = 0
        self._events: list[Event] = []
        self._kind: Kind | None = None
        self._run: list[str] = []
        self._halves: dict[tuple[Kind, str], str] = {}

    def begin(self, t_ns: int) -> None:
        self._t_ns = t_ns

    def delta(self, kind: Kind, text: str) -> None:
        if kind is not self._kind:
            self._end_run()
            self._kind = kind
        self._run.append(text)

    def add(self, kind: Kind, data: Data = NOTHING, *, text: str = "") -> None:
        self._end_run()
        if kind is Kind.PART:
            self.release_halves()
        elif kind is Kind.TOOL:
            text = self._whole((kind, data["key"]), text)
        self._events.append(Event(self._t_ns, kind, text, data))

    def take(self) -> list[Event]:
        """What came since the last time."""
        self._end_run()
        events, self._events = self._events, []
        return events

    def release_halves(self) -> None:
        """This piece of the answer is over: a half that found no other is shown as what it is, unknown."""
        self._end_run()
        for kind, key in self._halves:
            self._events.append(Event(self._t_ns, kind, "\ufffd", {"key": key} if key else NOTHING))
        self._halves.clear()

    def _end_run(self) -> None:
        kind, self._kind = self._kind, None
        if kind is None:
            return
        text = self._run[0] if len(self._run) == 1 else "".join(self._run)
        self._run.clear()
        text = self._whole((kind, ""), text)
        if text:
            self._events.append(Event(self._t_ns, kind, text))

    def _whole(self, channel: tuple[Kind, str], text: str) -> str:
        """JSON may cut a character into `\\ud83d` in one delta and `\\ude00` in the next."""
        if not text or (not self._halves and _encodable(text)):
            return text
        text = self._halves.pop(channel, "") + text
        if "\ud800" <= text[-1] <= "\udbff":
            self._halves[channel] = text[-1]
            text = text[:-1]
        return join_surrogates(text)


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
