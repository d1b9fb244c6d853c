"""Prompts from text files, templates and options: every mistake with its line, every text as it was written."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compare_tui.core.prompt import Image, Prompt, Turn
from compare_tui.promptfiles import (
    Item,
    PromptFileError,
    places,
    read_image,
    read_items,
    read_schema,
    read_text_option,
    with_extras,
)
from tests.promptfile_writing import notices, refusal, texts, write

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {"mood": {"type": "string"}}}
LITERAL = "Keep {{x}} and {{ prompt }} and @~/.ssh/id_rsa and $HOME and %s as they are"


pytestmark = pytest.mark.usefixtures("folder_of_its_own")


def jsonl(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def test_a_text_file_is_split_on_lines_that_hold_only_three_dashes() -> None:
    items = read_items(write("p.txt", "one\n---\ntwo\nlines\n---\nthree"))
    assert texts(items) == ["one", "two\nlines", "three"]
    assert [item.id for item in items] == ["0", "1", "2"]


def test_a_separator_may_have_blanks_behind_it_and_windows_line_ends() -> None:
    assert texts(read_items(write("p.txt", "one\r\n---\r\ntwo\r\n--- \t\nthree"))) == ["one", "two", "three"]


@pytest.mark.parametrize("line", ["----", " ---", "--- x", "- - -", "***", "—"])
def test_any_other_line_separates_nothing(line: str) -> None:
    assert texts(read_items(write("p.txt", f"one\n{line}\ntwo"))) == [f"one\n{line}\ntwo"]


def test_blank_lines_around_a_prompt_go_and_those_in_it_and_its_indents_stay() -> None:
    items = read_items(write("p.txt", "\n \n  one\n\n\nmore  \n\t\n---\n\ntwo\n\n"))
    assert texts(items) == ["  one\n\n\nmore  ", "two"]


def test_line_ends_within_a_prompt_stay_as_they_are() -> None:
    assert texts(read_items(write("p.txt", "one\r\ntwo\rthree\u2028four\r\n"))) == ["one\r\ntwo\rthree\u2028four"]


def test_an_empty_prompt_between_others_is_skipped_and_said() -> None:
    items = read_items(write("p.txt", "one\n---\n\n---\n---\n\ntwo\n---\n---\nthree\n---\n"))
    assert [(item.id, item.prompt.text) for item in items] == [("0", "one"), ("1", "two"), ("2", "three")]
    assert notices(items) == ["p.txt: empty prompts skipped: 3, the first above line 7"]


def test_a_separator_at_the_beginning_or_the_end_is_no_empty_prompt() -> None:
    items = read_items(write("p.txt", "---\n---\none\n---\n\n---\n"))
    assert (texts(items), notices(items)) == (["one"], [])


@pytest.mark.parametrize("name", ["p.text", "p", "p.json", "P.TXT"])
def test_a_file_with_an_unknown_suffix_is_text(name: str) -> None:
    assert texts(read_items(write(name, "one\n---\ntwo"))) == ["one", "two"]


def test_standard_input_is_text() -> None:
    assert texts(read_items(None, stdin=lambda: b"one\n---\ntwo\n")) == ["one", "two"]
    assert refusal(None, stdin=lambda: b"one\n\xff") == (
        "standard input:2: this is not UTF-8 text; save the file as UTF-8"
    )
    assert refusal(None, stdin=lambda: b"\n") == "standard input: holds no prompt"


def test_a_pipe_given_as_a_file_is_text() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\n---\ntwo\n")
    os.close(writing)
    try:
        assert texts(read_items(Path(f"/dev/fd/{reading}"))) == ["one", "two"]
    finally:
        os.close(reading)


def test_markdown_is_one_prompt_whatever_it_holds() -> None:
    text = "---\ntitle: x\n---\n\n# Heading\n\n---\nend"
    items = read_items(write("p.MD", f"\n{text}\n\n"))
    assert (texts(items), items[0].id) == ([text], "0")


@pytest.mark.parametrize("name", ["p.txt", "p.md", "p.jsonl", "p.csv"])
def test_a_byte_order_mark_is_dropped(name: str) -> None:
    content = {"p.jsonl": '{"prompt": "one"}', "p.csv": "prompt\none"}.get(name, "one")
    assert texts(read_items(write(name, b"\xef\xbb\xbf" + content.encode()))) == ["one"]


@pytest.mark.parametrize("name", ["p.txt", "p.md", "p.jsonl", "p.csv"])
@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_a_file_without_a_prompt_is_refused(name: str, content: str) -> None:
    assert refusal(write(name, content)) == f"{name}: holds no prompt"


@pytest.mark.parametrize(
    ("name", "first"), [("p.txt", "a\n"), ("p.md", "a\n"), ("p.jsonl", "\n"), ("p.csv", "prompt\n")]
)
def test_what_is_no_utf_8_is_refused_with_its_line(name: str, first: str) -> None:
    latin = first.encode() + "Grüße".encode("latin-1")
    assert refusal(write(name, latin)) == f"{name}:2: this is not UTF-8 text; save the file as UTF-8"
    assert refusal(write(name, first + "\0")).startswith(f"{name}:2: this is not UTF-8 text, it holds a NUL byte")
    assert refusal(write(name, (first + "x").encode("utf-16"))).startswith(f"{name}:1: this is not UTF-8 text")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    write("there.txt", "x")
    Path("loop.txt").symlink_to("loop.txt")
    assert refusal(Path("gone.txt")) == "gone.txt: there is no such file"
    assert refusal(tmp_path) == f"{tmp_path}: this is a directory, name a file in it"
    assert refusal(Path("there.txt/inside.txt")) == "there.txt/inside.txt: it cannot be read: Not a directory"
    assert refusal(Path("loop.txt")).startswith("loop.txt: it cannot be read: ")
    assert refusal(Path("a\0b")).endswith(": no file can have this name")


def test_a_file_larger_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LARGEST_FILE", 1_000_000)
    assert texts(read_items(write("p.txt", "x" * 1_000_000))) == ["x" * 1_000_000]
    assert refusal(write("p.txt", "x" * 1_000_001)) == "p.txt: it is larger than 1 MB; split it"
    assert refusal(write("p.txt", "x\n" * 500_001)) == "p.txt: it is larger than 1 MB; split it"


def test_a_suite_is_no_prompt_file() -> None:
    expected = "s.toml: .toml is not a prompt file here; .txt, .md, .jsonl and .csv are"
    assert refusal(write("s.toml", "prompts = []")) == expected


def test_a_file_name_cannot_command_the_terminal() -> None:
    assert "\x1b" not in refusal(Path("\x1b[31m\n.txt"))


def test_nothing_to_read_is_said() -> None:
    assert refusal(None) == "there is no prompt; give a FILE, - for standard input, or a --template"


def test_a_template_is_filled_from_columns_and_what_fills_it_stays_literal() -> None:
    template = write("t.md", "\nSay {{ word }} in {{language}}, {{language}}.\n")
    path = write("p.csv", f"word,language,tags.l\nhello,French,fr\n{LITERAL},German,de\n")
    items = read_items(path, template=template)
    assert texts(items) == ["Say hello in French, French.", f"Say {LITERAL} in German, German."]
    assert [item.tags["l"] for item in items] == ["fr", "de"]
    assert notices(items) == []


def test_a_template_is_filled_from_vars_and_the_prompt_of_a_line() -> None:
    template = write("t.txt", "{{greeting}}: {{n}} {{prompt}}\n---\nstill the same")
    chat = {"messages": [{"role": "user", "content": "b"}], "vars": {"greeting": "Hi", "n": False}}
    path = write("p.jsonl", jsonl({"prompt": "a", "vars": {"greeting": "Hello", "n": 2}}, chat))
    expected = ["Hello: 2 a\n---\nstill the same", "Hi: false b\n---\nstill the same"]
    items = read_items(path, template=template)
    assert (texts(items), notices(items)) == (expected, [])


def test_a_line_needs_no_prompt_when_a_template_makes_it() -> None:
    line = {
        "vars": {"topic": "tea"},
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}],
    }
    (item,) = read_items(write("p.jsonl", jsonl(line)), template=write("t.md", "About {{topic}}"))
    assert item.prompt == Prompt("About tea", turns=(Turn("user", "Hi"), Turn("assistant", "Yes?")))


def test_each_prompt_of_a_text_fills_the_template() -> None:
    template = write("t.md", "Q: {{prompt}}")
    assert texts(read_items(write("p.txt", "one\n---\ntwo"), template=template)) == ["Q: one", "Q: two"]
    assert texts(read_items(write("p.md", "one\n---\ntwo"), template=template)) == ["Q: one\n---\ntwo"]
    assert texts(read_items(None, stdin=lambda: b"{{prompt}}", template=template)) == ["Q: {{prompt}}"]


def test_a_value_that_is_set_wins_over_that_of_the_file() -> None:
    path = write("p.csv", "word,language\nhello,French\n")
    template = write("t.md", "{{word}} in {{language}}")
    assert texts(read_items(path, template=template, variables={"language": "Dutch"})) == ["hello in Dutch"]


def test_a_template_alone_is_one_prompt() -> None:
    (item,) = read_items(None, template=write("t.md", "Say {{word}}\n"), variables={"word": "{{word}}"})
    assert item == Item("0", Prompt("Say {{word}}"))


def test_what_nothing_fills_is_refused_with_the_nearest_name() -> None:
    template = write("t.md", "{{langauge}}")
    path = write("p.csv", "word,language\nhello,French\n")
    assert refusal(path, template=template) == "p.csv:2: nothing fills {{langauge}} of t.md; did you mean language?"
    alone = "t.md: nothing fills {{langauge}} of t.md; give it with --set langauge=VALUE"
    assert refusal(None, template=template) == alone


def test_a_template_that_takes_nothing_from_the_file_is_refused() -> None:
    path = write("p.txt", "one\n---\ntwo")
    said = "p.txt:1: t.md takes nothing from it, so every prompt would be the same; ask for {{prompt}} or another"
    assert refusal(path, template=write("t.md", "constant")).startswith(said)
    template = write("t.md", "{{prompt}}")
    assert refusal(path, template=template, variables={"prompt": "fixed"}).startswith(said)


def test_a_value_that_nothing_asks_for_is_said() -> None:
    template = write("t.md", "{{word}}")
    for path in (None, write("p.csv", "word\na\nb\n")):
        items = read_items(
            path, template=template, variables={"word": "x"} | {"wrod": "y"} if path is None else {"wrod": "y"}
        )
        assert notices(items) == ["t.md: nothing asks for wrod; did you mean word?"]


def test_a_value_without_a_template_is_refused() -> None:
    said = refusal(write("p.txt", "{{a}}"), variables={"a": "b"})
    assert said == "--set fills a template; give one with --template FILE"


def test_an_empty_template_is_refused() -> None:
    assert refusal(None, template=write("t.md", " \n")) == "t.md: it holds no text"
    assert refusal(write("p.csv", "a\nx"), template=Path("gone.md")) == "gone.md: there is no such file"


@pytest.mark.parametrize(
    ("start", "mime"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"GIF87a", "image/gif"),
        (b"RIFF\n\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(start: bytes, mime: str) -> None:
    assert read_image(write("pics/misnamed.txt", start)) == Image("misnamed.txt", mime, start)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.png: this is no PNG, JPEG, GIF or WebP picture; convert it to one"),
        (b"BM1234", "a.png: this is no PNG, JPEG, GIF or WebP picture; convert it to one"),
        (b"RIFF1234WAVE", "a.png: this is no PNG, JPEG, GIF or WebP picture; convert it to one"),
        (PNG + bytes(20_000_000), "a.png: it is larger than 20 MB; make it smaller"),
    ],
)
def test_what_no_lane_could_see_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(PromptFileError) as caught:
        read_image(write("a.png", content))
    assert str(caught.value) == said


def test_a_missing_picture_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, said in ((Path("gone.png"), "gone.png: there is no such file"), (tmp_path, "this is a directory")):
        with pytest.raises(PromptFileError, match=said):
            read_image(path)


@pytest.mark.parametrize(
    "content",
    [
        SCHEMA,
        {"type": "json_schema", "name": "mood", "schema": SCHEMA, "strict": True},
        {"type": "json_schema", "json_schema": {"name": "mood", "schema": SCHEMA}},
    ],
)
def test_a_schema_is_taken_bare_or_as_the_apis_wrap_it(content: Any) -> None:
    assert read_schema(write("s.json", "\ufeff" + json.dumps(content))) == SCHEMA


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "s.json: it holds no schema"),
        ("[]", "s.json: a schema must be an object, not a list"),
        ('{\n  "type":\n}', "s.json:3: this is not JSON: Expecting value (column 1)"),
        ("\n\xff", "s.json:2: this is not UTF-8 text; save the file as UTF-8"),
        ('{"a":' * 70 + "1" + "}" * 70, "s.json: the schema nests more than 64 levels deep"),
        (" " * 1_000_001, "s.json: it is larger than 1 MB; make it smaller"),
    ],
)
def test_what_is_no_schema_is_refused(content: str, said: str) -> None:
    with pytest.raises(PromptFileError) as caught:
        read_schema(write("s.json", content.encode("latin-1")))
    assert str(caught.value) == said


def test_a_text_option_is_a_text_or_a_file_or_a_text_that_starts_with_an_at() -> None:
    write("sys.md", "\nBe kind.\n{{x}} @@y\n")
    given = {"Be brief.": "Be brief.", "@sys.md": "Be kind.\n{{x}} @@y", "@@home": "@home", "a@b": "a@b", "": ""}
    assert {value: read_text_option(value) for value in given} == given


@pytest.mark.parametrize(
    ("value", "said"),
    [("@gone.md", "gone.md: there is no such file"), ("@", "@: name a file after it"), ("@.", r"\.: this is a dir")],
)
def test_a_text_option_that_names_no_file_is_refused(value: str, said: str) -> None:
    with pytest.raises(PromptFileError, match=said):
        read_text_option(value)


def test_a_prompts_own_system_and_schema_win_and_pictures_add_up() -> None:
    mine, theirs = Image("mine.png", "image/png", PNG), Image("theirs.png", "image/png", PNG)
    own = Item("a", Prompt("x", system="own", images=(mine,), schema=SCHEMA), {"k": "v"}, ("said",))
    bare = Item("b", Prompt("y"))
    assert with_extras([own, bare], system="all", images=[theirs], schema={}) == [
        Item("a", Prompt("x", system="own", images=(mine, theirs), schema=SCHEMA), {"k": "v"}, ("said",)),
        Item("b", Prompt("y", system="all", images=(theirs,), schema={})),
    ]
    assert with_extras([own, bare]) == [own, bare]
