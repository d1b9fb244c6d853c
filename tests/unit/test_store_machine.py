"""The store against a dictionary: whatever is done to it in whatever order, and whoever dies, both say the same."""

import os
import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.query import Query
from compare_tui.core.round import Round
from compare_tui.export.reading import read
from compare_tui.export.records import lines
from compare_tui.store.problems import StoreProblem
from compare_tui.store.store import Listed, Place, Store
from tests.store_samples import told
from tests.unit.store_model import Asked, Known, Rounds, holds, meets

LANES = ("gpt-5.5 low", "gpt-5.5-pro high flex", "gpt-5.5 low repeat=2", "local-7b")
WORDS = ("alpha", "Beta", "größe", "GRÖSSE", "大阪城", "alphabet", "o'neill", 'quo"te', "NEAR", "c++")
TAGS = ("team", "cost of error")
MANY = 10**9
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
chance = st.integers(0, 2**32).map(random.Random)


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "sessions.db"
        self.known: dict[str, Known] = {}
        self.ghosts: list[Store] = []
        self.secrets: list[str] = []
        """Words that only sessions had which are purged."""
        self.count = 0

    @initialize(random=chance)
    def open(self, random: random.Random) -> None:
        self.store = Store.open(self.path)
        for number in range(4):
            self.begin(WORDS[number], [LANES[number], LANES[0]][: number + 1], random)
        for _ in range(3):
            self.finish("done", random)

    def teardown(self) -> None:
        try:
            self.store.close()
            for ghost in self.ghosts:
                ghost.close()
            self.look_at_the_file()
        finally:
            shutil.rmtree(self.folder)

    def look_at_the_file(self) -> None:
        with closing(sqlite3.connect(self.path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert file.execute("PRAGMA foreign_key_check").fetchall() == []
            file.execute("INSERT INTO word (word) VALUES ('integrity-check')")
            assert (
                file.execute("SELECT count(*) FROM kept WHERE digest NOT IN (SELECT digest FROM keeps)").fetchone()[0]
                == 0
            )
        whole = b"".join(one.read_bytes() for one in self.folder.glob("sessions.db*"))
        assert not any(secret.encode() in whole for secret in self.secrets)

    # What is done

    @precondition(lambda self: len(self.known) < 12)
    @rule(prompt=words, lanes=st.lists(st.sampled_from(LANES), min_size=1, max_size=2, unique=True), random=chance)
    def begin(self, prompt: str, lanes: list[str], random: random.Random) -> None:
        self.count += 1
        known = self.one(random) if self.known and random.random() < 0.3 else Known(f"session{self.count}")
        self.known[known.id] = known
        number = max(known.rounds, default=0) + 1
        text = f"{prompt} " * random.choice((1, 1, 200)) + self.secret(known, number)
        round_ = Round(f"{known.id}.{number}", Prompt(text), tuple(map(Lane.parse, lanes)), str(number))
        takes = round_.takes()
        self.store.journal.begin(round_, takes, ())
        known.rounds[number] = round_, {at: Asked(take.lane, take.repeat) for at, take in enumerate(takes, 1)}

    @precondition(lambda self: self.running())
    @rule(text=words, random=chance)
    def append(self, text: str, random: random.Random) -> None:
        id_, asked = random.choice(self.running())
        last = asked.events[-1].t_ns if asked.events else 10**9
        events = [] if asked.events else told("", verdict="running")[:-1]
        self.tell(id_, asked, [*events, Event(last + 10**9, Kind.TEXT, f"{text} ")])

    @precondition(lambda self: self.running())
    @rule(verdict=st.sampled_from(["done", "failed"]), random=chance)
    def finish(self, verdict: str, random: random.Random) -> None:
        id_, asked = random.choice(self.running())
        if not asked.events:
            self.tell(id_, asked, told("", verdict="running")[:-1])
        self.tell(id_, asked, told("", verdict=verdict)[-2 if verdict == "failed" else -3 :])
        self.store.journal.ended(asked.record(id_).take())
        asked.runs = False

    @rule(clean=st.booleans())
    def end_the_process(self, clean: bool) -> None:
        """It is closed, or dies: then the system takes back its lock, and that is all that happens."""
        self.flush()
        if clean:
            assert self.store.close()
        else:
            owner = self.store._owner
            assert owner is not None
            os.close(owner._descriptor)
            self.store._owner = None
            self.ghosts.append(self.store)
        for _, asked in self.running():
            asked.end()
        self.store = Store.open(self.path)

    @precondition(lambda self: self.known)
    @rule(name=st.none() | words, random=chance)
    def rename(self, name: str | None, random: random.Random) -> None:
        known = self.one(random)
        self.store.rename(known.id, name)
        known.name = name

    @precondition(lambda self: self.known)
    @rule(name=st.sampled_from(TAGS), value=st.none() | st.sampled_from(["core", "", "=1"]), random=chance)
    def tag(self, name: str, value: str | None, random: random.Random) -> None:
        known = self.one(random)
        number = random.choice([0, *known.rounds])
        self.store.tag(Place(known.id, number or None), name, value)
        tags = known.tags.setdefault(number, {})
        if value is None:
            tags.pop(name, None)
        else:
            tags[name] = value

    @precondition(lambda self: self.known)
    @rule(random=chance)
    def delete_or_restore(self, random: random.Random) -> None:
        known = self.one(random)
        (self.store.restore if known.deleted else self.store.delete)(known.id)
        known.deleted = not known.deleted

    @precondition(lambda self: self.known)
    @rule(random=chance)
    def duplicate(self, random: random.Random) -> None:
        known = self.one(random)
        copy = known.under(self.store.duplicate(known.id))
        for _, takes in copy.rounds.values():
            for at in [at for at, take in takes.items() if take.runs]:
                del takes[at]
        copy.name = f"{known.title} (copy)"
        self.known[copy.id] = copy

    @precondition(lambda self: self.known)
    @rule(random=chance, purged=st.booleans())
    def export_and_import(self, random: random.Random, purged: bool) -> None:
        known = self.one(random)
        before = self.store.read(known.id)
        exported = list(lines(before))
        if not exported:
            return
        purged = purged and not known.runs
        if purged:
            self.store.purge(Place(known.id))
            del self.known[known.id]
        (record,) = read(exported)
        copy = known.under(self.store.add(record))
        assert (copy.id == known.id) == purged
        copy.rounds = {number: told for number, told in copy.rounds.items() if told[1]}
        for take in copy.takes():
            take.origin = "import"
            if take.runs:
                take.end()
        copy.tags = {number: tags for number, tags in copy.tags.items() if number == 0 or number in copy.rounds}
        self.known[copy.id] = copy
        if purged and not any(take.runs for take in known.takes()):
            assert list(lines(self.store.read(copy.id))) == exported

    @precondition(lambda self: self.known)
    @rule(random=chance, whole=st.booleans())
    def purge(self, random: random.Random, whole: bool) -> None:
        known = self.one(random)
        number = None if whole or not known.rounds else random.choice(list(known.rounds))
        if any(take.runs for take in (known.takes() if number is None else known.rounds[number][1].values())):
            with pytest.raises(StoreProblem, match="still being answered"):
                self.store.purge(Place(known.id, number))
            return
        self.store.purge(Place(known.id, number))
        if number is None:
            del self.known[known.id]
            self.forget(known.rounds)
        else:
            known.tags.pop(number, None)
            self.forget({number: known.rounds.pop(number)})

    @precondition(lambda self: any(known.deleted for known in self.known.values()))
    @rule()
    def purge_what_is_out_of_sight(self) -> None:
        gone = [known for known in self.known.values() if known.deleted]
        if any(known.runs for known in gone):
            with pytest.raises(StoreProblem, match="still being answered"):
                self.store.purge_deleted()
            return
        assert self.store.purge_deleted() == len(gone)
        for known in gone:
            del self.known[known.id]
        for known in gone:
            self.forget(known.rounds)

    # What is seen

    @rule(deleted=st.booleans(), ranked=st.booleans(), random=chance)
    def search(self, deleted: bool, ranked: bool, random: random.Random) -> None:
        self.flush()
        for word in random.sample(WORDS, 4):
            wanted = word[: random.randint(2, 9)]
            query = Query((wanted,), unfinished=True)
            found = [one.id for one in self.store.listed(query, limit=MANY, deleted=deleted, ranked=ranked)]
            expected = [
                known.id
                for known in self.known.values()
                if known.deleted == deleted
                and (
                    any(holds(text, wanted) for text in known.texts())
                    or wanted.casefold() in (known.name or "").casefold()
                )
            ]
            assert sorted(found) == sorted(expected), wanted

    @rule(
        model=st.none() | st.sampled_from(["gpt-5.5", "gpt-*", "local-7b", "GPT-5.5-pro"]),
        effort=st.none() | st.sampled_from(["low", "high"]),
        verdict=st.none() | st.sampled_from(["done", "failed", "interrupted"]),
        tag=st.none() | st.sampled_from([("team", "core"), ("team", ""), ("cost of error", "=1")]),
        above=st.none() | st.sampled_from([Decimal(0), Decimal("0.0003")]),
    )
    def list_with_conditions(
        self,
        model: str | None,
        effort: str | None,
        verdict: str | None,
        tag: tuple[str, str] | None,
        above: Decimal | None,
    ) -> None:
        self.flush()
        query = Query(model=model, effort=effort, verdict=verdict, tags=dict([tag] if tag else []), above=above)
        expected = {
            known.id
            for known in self.known.values()
            if not known.deleted
            and (not (model or effort or verdict) or any(meets(take, model, effort, verdict) for take in known.takes()))
            and (
                tag is None
                or any(tags.get(tag[0]) is not None and tag[1] in ("", tags[tag[0]]) for tags in known.tags.values())
            )
            and (above is None or known.cost() > above)
        }
        assert {one.id for one in self.pages(query)} == expected

    def pages(self, query: Query) -> list[Listed]:
        """All of them, three at a time, newest first."""
        found: list[Listed] = []
        while page := self.store.listed(query, limit=3, after=found[-1] if found else None):
            found += page
        assert [one.touched for one in found] == sorted((one.touched for one in found), reverse=True)
        assert len({one.id for one in found}) == len(found)
        return found

    @precondition(lambda self: self.known)
    @rule(random=chance)
    def read_one(self, random: random.Random) -> None:
        self.flush()
        known = self.one(random)
        found = self.store.read(known.id)
        assert found == known.record(found.created)

    @invariant()
    def rows_are_those_of_the_dictionary(self) -> None:
        if not hasattr(self, "store"):
            return
        self.flush()
        for deleted in (False, True):
            rows = {one.id: one for one in self.store.listed(limit=MANY, deleted=deleted)}
            assert rows.keys() == {known.id for known in self.known.values() if known.deleted == deleted}
            for id_, row in rows.items():
                known = self.known[id_]
                assert (row.title, row.name, row.rounds) == (known.title, known.name, len(known.rounds))
                assert (row.verdicts, row.tags) == (known.verdicts(), known.all_tags())

    # How

    def flush(self) -> None:
        assert self.store.journal.flush(10), self.store.journal.trouble

    def one(self, random: random.Random) -> Known:
        return random.choice(list(self.known.values()))

    def running(self) -> list[tuple[str, Asked]]:
        return [
            (f"{known.id}.{number}.{at}", take)
            for known in self.known.values()
            for number, (_, takes) in known.rounds.items()
            for at, take in takes.items()
            if take.runs
        ]

    def tell(self, id_: str, asked: Asked, events: list[Event]) -> None:
        self.store.journal.record(id_, events)
        asked.events += events

    def secret(self, known: Known, number: int) -> str:
        return f"q{random.Random(f'{known.id}.{number}.{self.count}').randbytes(8).hex()}"

    def forget(self, rounds: Rounds) -> None:
        """The words that only they had are nowhere, whatever the file still holds."""
        left = {word for one in self.known.values() for text in (*one.texts(), one.name or "") for word in text.split()}
        gone = {round_.prompt.text.split()[-1] for round_, _ in rounds.values()} - left
        self.secrets += [word for word in gone if word.startswith("q")]


def test_the_store_says_what_a_dictionary_says(pytestconfig: pytest.Config) -> None:
    is_long = pytestconfig.getoption("--long")
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=200 if is_long else 20,
            stateful_step_count=50,
            derandomize=not is_long,
            phases=[Phase.generate],  # to make fifty steps fewer takes minutes; the blob it prints plays them again
            suppress_health_check=list(HealthCheck),
        ),
    )
