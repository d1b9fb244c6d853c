"""Whatever a prompt file holds: the texts as they are, or one refusal; and no more memory than they need."""

import csv
import io
import json
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compare_tui.promptfiles import Item, PromptFileError, read_items

LITERAL = "Keep {{x}} and {{ prompt }} and @~/.ssh/id_rsa and $HOME and %s as they are"


def texts(items: list[Item]) -> list[str]:
    return [item.prompt.text for item in items]


def jsonl(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def batch(body: Mapping[str, Any], **line: Any) -> dict[str, Any]:
    return {"custom_id": "one", "method": "POST", "url": "/v1/responses", "body": body, **line}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.txt", LITERAL),
        ("p.md", LITERAL),
        ("p.jsonl", jsonl({"prompt": LITERAL, "vars": {"x": "filled"}})),
        ("p.jsonl", jsonl({"messages": [{"role": "user", "content": LITERAL}]})),
        ("p.jsonl", jsonl(batch({"input": LITERAL}))),
        ("p.csv", f'x,prompt\nfilled,"{LITERAL}"'),
    ],
)
def test_what_a_file_holds_stays_literal(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert texts(read_items(path)) == [LITERAL]


def _splittable(text: str) -> bool:
    rows = text.split("\n")
    return bool(
        rows[0].strip()
        and rows[-1].strip()
        and not text.startswith("\ufeff")
        and not text.endswith("\r")
        and all(row.rstrip(" \t\r") != "---" for row in rows)
    )


LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["----", " ---", "--- x", "{{x}}", "@file", "", "\r", "\t", "\u2028---\u2028"]
)
PROMPTS = st.lists(LINES, min_size=1, max_size=4).map("\n".join).filter(_splittable)


@given(st.lists(PROMPTS, min_size=1, max_size=6), st.sampled_from(["\n---\n", "\r\n---\r\n", "\n\n--- \t\n \n"]))
@settings(deadline=None)
@example(["  indented", "a\n\nb", "{{x}}"], "\n---\n")
def test_any_prompts_survive_being_joined_and_split(prompts: list[str], separator: str) -> None:
    joined = separator.join(prompts).encode()
    assert texts(read_items(None, stdin=lambda: joined)) == prompts


def read_or_refuse(name: str, content: bytes) -> None:
    """Fails for anything but good items or a refusal in one line."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            items, said = read_items(path), ""
        except PromptFileError as error:
            items, said = [], str(error)
    assert bool(items) != bool(said)
    assert "\n" not in said
    assert len({item.id for item in items}) == len(items)
    for item in items:
        item.prompt.text.encode()
        assert item.prompt.input_tokens >= 0
        assert all(isinstance(value, str) for value in item.tags.values())


OUR_NAMES = ("prompt", "id", "system", "messages", "images", "schema", "tools", "checks", "tags", "vars")
BATCH_NAMES = ("custom_id", "method", "url", "body", "input", "instructions", "text", "format")
PART_NAMES = ("role", "content", "type", "image_url")
FIELD_NAMES = st.sampled_from(OUR_NAMES + BATCH_NAMES + PART_NAMES)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | FIELD_NAMES
JSON_VALUES = st.recursive(
    SCALARS
    | st.sampled_from(["user", "system", "json_schema", "input_image", "image_url", "data:image/png;base64,AA=="]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD_NAMES | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)
ROLES = st.sampled_from(["user", "assistant", "system", "tool"])
PARTS = st.lists(
    st.fixed_dictionaries({"type": FIELD_NAMES | st.just("input_text")}, optional={"text": SCALARS}), max_size=2
)
MESSAGES = st.lists(st.fixed_dictionaries({"role": ROLES, "content": st.text() | PARTS | JSON_VALUES}), max_size=3)
LIKELY = st.fixed_dictionaries(
    {}, optional={"prompt": st.text(), "messages": MESSAGES, "schema": JSON_VALUES, "id": SCALARS}
)
LIKELY_BATCH = st.builds(batch, st.fixed_dictionaries({"input": st.text() | MESSAGES}, optional={"text": JSON_VALUES}))


@given(st.lists(LIKELY | LIKELY_BATCH | JSON_VALUES, max_size=4))
@settings(deadline=None, max_examples=300)
def test_hostile_json_gives_prompts_or_one_refusal(values: list[Any]) -> None:
    read_or_refuse("p.jsonl", "\n".join(map(json.dumps, values)).encode())


@given(st.sampled_from(["p.txt", "p.md", "p.jsonl", "p.csv"]), st.binary(max_size=200))
@settings(deadline=None, max_examples=200)
def test_any_bytes_give_prompts_or_one_refusal(name: str, content: bytes) -> None:
    read_or_refuse(name, content)


CELLS = st.sampled_from(
    ["prompt", "id", "system", "tags.a", "tags.", "sep=;", '"', '""', ",", ";", "\t", "\r", "\n", "x", "a b"]
)


@given(st.lists(CELLS, max_size=30).map("".join), st.booleans())
@settings(deadline=None, max_examples=300)
def test_a_hostile_table_gives_prompts_or_one_refusal(text: str, headed: bool) -> None:
    read_or_refuse("p.csv", (("prompt,id\n" if headed else "") + text).encode())


@pytest.mark.parametrize("name", ["p.txt", "p.jsonl", "p.csv"])
def test_five_thousand_prompts_take_little_more_than_their_texts(name: str, tmp_path: Path) -> None:
    prompts = [f"{number} " + "lorem ipsum " * 80 for number in range(5_000)]
    rows = io.StringIO()
    csv.writer(rows).writerows([["prompt"], *([prompt] for prompt in prompts)])
    content = {"p.txt": "\n---\n".join(prompts), "p.jsonl": jsonl(*({"prompt": prompt} for prompt in prompts))}
    path = tmp_path / name
    path.write_text(content.get(name, rows.getvalue()))
    tracemalloc.start()
    try:
        items = read_items(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert texts(items) == prompts
    assert peak < 2 * path.stat().st_size
