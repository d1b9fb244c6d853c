"""The sessions screen: everything that was ever sent, found again, looked at, named, tagged, copied and deleted."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, cast

from textual import on

from compare_tui.store.problems import StoreProblem
from compare_tui.store.store import Place
from compare_tui.ui.actions import Where
from compare_tui.ui.screens.lane_rows import BAD
from compare_tui.ui.screens.sessions.edits import ask_name, ask_purge, ask_tags, read_tags, set_tags
from compare_tui.ui.screens.sessions.list import SessionsList
from compare_tui.ui.screens.sessions.row import RUNNING, title
from compare_tui.ui.screens.sessions.view import SessionsView
from compare_tui.ui.screens.wanted import Wanted

if TYPE_CHECKING:
    from compare_tui.store.store import Listed, Store
    from compare_tui.ui.app import CompareApp
    from compare_tui.ui.desk import Desk

_NEED_ONE: Final = frozenset(
    f"sessions_{word}"
    for word in (
        "open",
        "name",
        "tag",
        "duplicate",
        "delete",
        "purge",
        "again",
        "replay",
        "export",
        "overview",
        "against",
    )
)
What = Literal["open", "again", "replay", "export", "overview"]


class SessionsScreen(SessionsView):
    """Dismissed with what is to be done with a session, or None."""

    def __init__(self, desk: "Desk", text: str = "") -> None:
        super().__init__(desk, text)
        self._gone: list[Listed] = []
        """Deleted here, the last one at the end."""
        self._editing = asyncio.Lock()
        """Edits are made in the order of their keys, and before the screen is left."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Most keys need a session to act on. Keys of one burst come also when the list is gone, or not there yet."""
        shelf = self.query(SessionsList)
        possible = any(each.chosen is not None for each in shelf) if action in _NEED_ONE else bool(shelf)
        return True if possible else None

    @property
    def _one(self) -> "Listed | None":
        """The chosen one, unless it is deleted: that is said, and how it comes back."""
        one = self.shelf.chosen
        if one is not None and one.deleted:
            self.say("It is deleted: u brings it back, P makes it really gone.")
            return None
        return one

    # Leaving with something in mind

    def action_sessions_done(self) -> None:
        self._leave(None)

    def action_sessions_open(self) -> None:
        self._leave_with("open")

    @on(SessionsList.Opened)
    def _clicked_twice(self) -> None:
        self._leave_with("open")

    def action_sessions_again(self) -> None:
        self._leave_with("again")

    def action_sessions_replay(self) -> None:
        self._leave_with("replay")

    def action_sessions_export(self) -> None:
        self._leave_with("export")

    def action_sessions_overview(self) -> None:
        self._leave_with("overview")

    def _leave_with(self, what: What) -> None:
        if (one := self._one) is not None:
            self._leave(Wanted(what, Place(one.id)))

    def _leave(self, wanted: Wanted | None) -> None:
        self.run_worker(self._leave_when_done(wanted), group="leave")

    async def _leave_when_done(self, wanted: Wanted | None) -> None:
        async with self._editing:
            if self.is_current:
                self.dismiss(wanted)

    def action_sessions_against(self) -> None:
        """The session that this one asks again is what it is compared with; without one, two are chosen."""
        one, marked = self._one, self._marked
        if one is None:
            return
        if marked is not None and marked.id != one.id:
            old, new = sorted((marked, one), key=lambda each: each.created)
            self._leave(Wanted("against", Place(new.id), Place(old.id)))
        elif marked is None and one.again_of:
            self._leave(Wanted("against", Place(one.id), Place(one.again_of)))
        else:
            self._mark(one if marked is None else None)

    def _mark(self, one: "Listed | None") -> None:
        self._marked = one
        self.shelf.show_again(self._setting)
        words = f"{title(one)} is marked ◆: go to another one and press c again." if one else "Nothing is marked."
        self.say(words)

    # Changing a session

    def action_sessions_name(self) -> None:
        if (one := self._one) is None:
            return

        def take(name: str | None) -> None:
            if name is not None:
                given = name.strip() or None
                self._edit(lambda store: store.rename(one.id, given), "Named." if given else "Its name is gone.")

        self.app.push_screen(ask_name(one), take)

    def action_sessions_tag(self) -> None:
        if (one := self._one) is None:
            return

        def take(line: str | None) -> None:
            if line and (changes := read_tags(line)):
                self._edit(lambda store: set_tags(store, one.id, changes), "Tagged.")

        self.app.push_screen(ask_tags(one.tags, "Tags of the session"), take)

    def action_sessions_duplicate(self) -> None:
        if (one := self._one) is not None:
            said = f"A copy of {title(one)}; what is in it counts nowhere as spent."
            self._edit(lambda store: store.duplicate(one.id), said)

    def action_sessions_delete(self) -> None:
        if (one := self._one) is None or self._is_in_use(one):
            return
        self._gone.append(one)
        self.shelf.without(one)
        self._edit(lambda store: store.delete(one.id), f"Deleted {title(one)}; u brings it back.")

    def action_sessions_undo(self) -> None:
        one = self.shelf.chosen
        if one is not None and one.deleted:
            self._gone = [other for other in self._gone if other.id != one.id]
            self.shelf.without(one)
        elif self._gone:
            one = self._gone.pop()
        else:
            self.say("Nothing to bring back.")
            return
        self._edit(lambda store: store.restore(one.id), f"{title(one)} is back.", chosen=one.id)

    def action_sessions_purge(self) -> None:
        one = self.shelf.chosen
        if one is None or self._is_in_use(one):
            return

        def take(word: str | None) -> None:
            if word is not None:
                self._gone = [other for other in self._gone if other.id != one.id]
                self.shelf.without(one)
                self._edit(lambda store: store.purge(Place(one.id)), "It is really gone.")

        self.app.push_screen(ask_purge(one), take)

    def _is_in_use(self, one: "Listed") -> bool:
        """Answers would come to a session that is no more."""
        if one.id == self.desk.session.id:
            self.say("It is open in the panes: begin another session first.")
        elif one.verdicts.get(RUNNING):
            self.say("Answers are still coming to it.")
        else:
            return False
        return True

    def _edit(self, change: "Callable[[Store], str | None]", said: str, chosen: str | None = None) -> None:
        """A change that gives a session's id makes that one the chosen one."""
        if self.store is not None:
            self.run_worker(self._change(self.store, change, said, chosen), group="edit")

    async def _change(
        self, store: "Store", change: "Callable[[Store], str | None]", said: str, chosen: str | None
    ) -> None:
        try:
            async with self._editing:
                made = await self.desk.aside(lambda: change(store))
        except StoreProblem as problem:
            self.say(str(problem), BAD)
        else:
            self.say(said)
            chosen = made or chosen
        self.seek(chosen)

    # How the list is shown

    def action_sessions_search(self) -> None:
        self.set_focus(self.field)

    def action_sessions_deleted(self) -> None:
        self.look_for(replace(self.sought, deleted=not self.sought.deleted))

    def action_sessions_order(self) -> None:
        self.look_for(replace(self.sought, ranked=not self.sought.ranked))
        if not self.sought.query.words:
            self.say("The best matches come first once there are words to look for." if self.sought.ranked else "")

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.SESSIONS)

    def action_sessions_down(self) -> None:
        self.shelf.move(1)

    def action_sessions_up(self) -> None:
        self.shelf.move(-1)

    def action_sessions_page_down(self) -> None:
        self.shelf.page(1)

    def action_sessions_page_up(self) -> None:
        self.shelf.page(-1)

    def action_sessions_top(self) -> None:
        self.shelf.to_top()

    def action_sessions_bottom(self) -> None:
        self.shelf.to_end()
