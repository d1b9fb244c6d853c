"""Sessions found again: by words and conditions, page by page, with the text around what was looked for."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from pathlib import Path

import pytest

from compare_tui.core.query import Query, parse
from compare_tui.core.record import SessionRecord
from compare_tui.store import listing
from compare_tui.store.problems import NotFound, Superseded
from compare_tui.store.snippets import around
from compare_tui.store.store import Place, Store
from tests.store_samples import answered


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "sessions.db")
    yield store
    assert store.close()


def found(store: Store, text: str, *, unfinished: bool = False, ranked: bool = False) -> list[str]:
    return [one.id for one in store.listed(parse(text, unfinished=unfinished), ranked=ranked)]


def test_words_are_found_in_prompts_and_answers_the_newest_first(store: Store) -> None:
    answered(store, "first1", prompts=("Why is the sky blue?",), texts=("Because.",))
    answered(store, "second", prompts=("And?",), texts=("The sky scatters blue light.",))
    answered(store, "third1", prompts=("Something else",))
    assert found(store, "sky") == ["second", "first1"]
    assert found(store, "SKY blue") == ["second", "first1"]
    assert found(store, "sky light") == ["second"]
    assert found(store, "skyline") == []


def test_the_last_word_may_go_on_while_it_is_typed(store: Store) -> None:
    answered(store, "first1", prompts=("Latency of streams",))
    assert found(store, "late") == []
    assert found(store, "late", unfinished=True) == ["first1"]
    assert found(store, "late streams", unfinished=True) == [], "the others are whole"
    assert found(store, "streams late", unfinished=True) == ["first1"]


@pytest.mark.parametrize(
    "text",
    [
        "AND (",
        "NEAR",
        "NOT x",
        'quo"te',
        "col:umn",
        "*",
        "^",
        "-",
        "a*b",
        "'",
        "o'neill",
        "(",
        '""',
        "{x}",
        "a+b",
        "\\",
        "\x00",
    ],
)
def test_no_word_is_an_operator(store: Store, text: str) -> None:
    """`AND (` raised once, in every tool that passed it on."""
    answered(store, "first1", prompts=(f"before {text} behind",))
    assert store.listed(Query((text,)), limit=5) is not None
    if any(sign.isalnum() for sign in text):
        assert [one.id for one in store.listed(Query((text,)))] == ["first1"]


def test_what_is_written_without_spaces_is_found_within(store: Store) -> None:
    answered(store, "first1", texts=("私は大阪城に行きました",))
    assert found(store, "大阪") == ["first1"]
    assert found(store, "大阪 行き") == ["first1"]
    assert found(store, "京都") == []
    assert "\x02大阪\x03" in store.listed(parse("大阪"))[0].snippet


def test_a_name_is_found_in_any_case_and_goes_before_texts(store: Store) -> None:
    for id_ in ("first1", "second", "third1"):
        answered(store, id_, prompts=("about größe",))
    store.rename("first1", "Die GRÖSSE")
    assert found(store, "grösse") == ["first1"]
    assert found(store, "größe") == ["first1", "third1", "second"]


def test_ranked_the_text_that_says_it_most_often_comes_first(store: Store) -> None:
    answered(store, "often1", texts=("latency latency latency",))
    answered(store, "seldom", texts=(f"latency {'and much more than that ' * 20}",))
    assert found(store, "latency") == ["seldom", "often1"]
    assert found(store, "latency", ranked=True) == ["often1", "seldom"]


def test_conditions_hold_for_one_take_and_for_the_session(store: Store) -> None:
    answered(store, "cheap1", lanes=("gpt-5.5 low", "local-7b high"), tags={"team": "core"})
    answered(store, "failed", lanes=("gpt-5.5-pro high flex",), verdicts=("failed",))
    assert found(store, "model:gpt-5.5") == ["cheap1"]
    assert found(store, "model:gpt-5.5 effort:high") == [], "no take is both"
    assert found(store, "model:GPT-*") == ["failed", "cheap1"]
    assert found(store, "verdict:failed") == ["failed"]
    assert found(store, "tier:flex") == ["failed"]
    assert found(store, "tag:team=core") == found(store, "tag:team") == ["cheap1"]
    assert found(store, "tag:team=other") == []
    assert found(store, "cost>0") == ["cheap1"]
    assert found(store, "cost>1") == []
    assert found(store, "question cost<0.5 model:local-7b") == ["cheap1"]
    assert found(store, "since:2020-01-01") == ["failed", "cheap1"]
    assert found(store, "until:2020-01-01") == []


def test_pages_follow_one_another_without_gap_or_repeat(store: Store) -> None:
    ids = [f"page{number}" for number in range(7)]
    for id_ in ids:
        answered(store, id_, prompts=("The same word?", "The same word again?"))
    for query in (Query(), parse("word")):
        pages = [store.listed(query, limit=3)]
        while len(pages[-1]) == 3:
            pages.append(store.listed(query, limit=3, after=pages[-1][-1]))
        assert [one.id for page in pages for one in page] == ids[::-1]


def test_a_page_behind_a_session_that_was_purged_meanwhile_is_empty(store: Store) -> None:
    for id_ in ("first1", "second"):
        answered(store, id_)
    last = store.listed(limit=1)[0]
    store.purge(Place(last.id))
    assert store.listed(after=last) == []
    assert store.listed(parse("question"), after=last) == []


def test_a_list_that_is_wanted_no_more_is_broken_off(store: Store) -> None:
    for number in range(40):
        answered(store, f"many{number:02}", texts=("大 阪 " * 2_000,), lanes=("local-7b",))
    with ThreadPoolExecutor(1) as other:

        def look() -> None:
            while True:
                store.listed(parse("大阪城"))

        looking = other.submit(look)
        while not looking.done():
            store.interrupt()
            wait([looking], 0.0005)
    assert isinstance(looking.exception(), Superseded)
    assert store.listed(parse("question"), limit=1), "the next one is not"


def test_a_list_that_was_broken_off_half_way_does_not_hold_up_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever keeps the error keeps a question half answered, and with it the connection was of no use any more."""
    for number in range(4):
        answered(store, f"many{number:02}")
    rows = listing._rows

    def interrupted(connection: sqlite3.Connection, keys: list[int]) -> object:
        store.interrupt()
        return rows(connection, keys)

    for text in ("", "question"):
        monkeypatch.setattr(listing, "_rows", interrupted)
        with pytest.raises(Superseded) as kept:
            store.listed(parse(text), limit=2)
        monkeypatch.setattr(listing, "_rows", rows)
        assert len(store.listed(parse(text), limit=2)) == 2, kept


def test_deleted_sessions_are_out_of_sight_until_they_are_asked_for(store: Store) -> None:
    answered(store, "first1")
    store.delete("first1")
    assert store.listed() == store.listed(parse("question")) == []
    assert [one.id for one in store.listed(deleted=True)] == ["first1"]
    store.restore("first1")
    assert [one.id for one in store.listed()] == ["first1"]


def test_a_place_is_named_by_its_beginning_or_as_the_last(store: Store) -> None:
    answered(store, "abcdef", prompts=("One?", "Two?"))
    answered(store, "abcxyz")
    assert store.resolve("abcd") == Place("abcdef")
    assert store.resolve("abcd.2.1") == Place("abcdef", 2, 1)
    assert store.resolve("last") == Place("abcxyz")
    assert store.resolve("last.1") == Place("abcxyz", 1)
    for text, said in {
        "abc": "several sessions: abcdef, abcxyz",
        "nosuch": "there is no session nosuch",
        "abcdef.3": "the rounds of abcdef go to 2",
        "abcdef.1.9": "there is no abcdef.1.9; the takes of abcdef.1 go to 2",
        "abcdef.3.1": "the rounds of abcdef go to 2",
        "abcdef.1.1.1": "no take has steps",
        "../etc": "is no id",
        "\x1b[31m": "is no id",
    }.items():
        with pytest.raises(NotFound, match=said.replace(".", r"\.")):
            store.resolve(text)


def test_what_is_not_there_is_not_changed_either(store: Store) -> None:
    answered(store, "first1")
    for place in (Place("nosuch"), Place("nosuch", 1), Place("first1", 2)):
        with pytest.raises(NotFound):
            store.tag(place, "team", "core")
        with pytest.raises(NotFound):
            store.purge(place)
    with pytest.raises(NotFound):
        store.read("nosuch")
    with pytest.raises(NotFound):
        store.rename("nosuch", "x")


def test_a_session_whose_rounds_were_all_purged_is_called_by_its_next_one(store: Store) -> None:
    session = answered(store, "first1", prompts=("One?",)).session()
    store.purge(Place("first1", 1))
    assert store.listed()[0].title == ""
    round_ = session.next_round(session.rounds[0].round.prompt, (), {})
    store.journal.begin(round_, [], ())
    assert store.journal.flush(5)
    assert store.listed()[0].title == "One?"


def test_a_session_without_anything_is_kept(store: Store) -> None:
    id_ = store.add(SessionRecord("empty1", "2026-11-20T10:00:00.000Z", "Nothing"))
    assert store.read(id_).name == "Nothing"
    assert store.listed()[0].cost.amount in (None, Decimal(0))


LONG = f"Der Anfang, {'sehr weit davor, ' * 20}dann die Größe und the GRÖSSE of o'neill; {'danach ' * 50}"


@pytest.mark.parametrize(
    ("word", "marked"),
    [("größe", "\x02Größe\x03"), ("GROSSE", "\x02GRÖSSE\x03"), ("o'neill", "\x02o'neill\x03"), ("the", "\x02the\x03")],
)
def test_a_snippet_shows_the_word_as_it_was_written(word: str, marked: str) -> None:
    snippet = around(LONG, [word], [])
    assert marked in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert len(snippet) < 150
    assert snippet.replace("\x02", "").replace("\x03", "").strip("…") in LONG


def test_all_that_was_looked_for_is_marked_about_the_longest_of_it() -> None:
    snippet = around(LONG, ["die", "the", "grosse"], [])
    assert "\x02die\x03 Größe und \x02the\x03 \x02GRÖSSE\x03" in snippet


def test_a_word_that_may_go_on_is_marked_to_its_end_and_no_other_is_begun() -> None:
    assert "\x02Größe\x03 und the \x02GRÖSSE\x03" in around(LONG, ["gr"], [], unfinished="gr")
    assert around(LONG, ["röß"], [], unfinished="röß") == ""
    assert around("short", ["short"], []) == "\x02short\x03"
