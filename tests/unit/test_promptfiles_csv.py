"""Prompts from tables: what a spreadsheet writes, and every mistake with its line."""

import csv
import io

import pytest

from compare_tui.core.prompt import Prompt
from compare_tui.promptfiles import Item, read_items
from tests.promptfile_writing import notices, refusal, texts, write

pytestmark = pytest.mark.usefixtures("folder_of_its_own")


def test_a_csv_has_a_prompt_a_row_with_id_system_and_tags() -> None:
    path = write("p.csv", "id, prompt ,system,tags.feature, tags.risk\na,Hello,Be kind.,chat,high\n,Bye,,mail,\n")
    assert read_items(path) == [
        Item("a", Prompt("Hello", "Be kind."), {"feature": "chat", "risk": "high"}),
        Item("1", Prompt("Bye"), {"feature": "mail"}),
    ]


@pytest.mark.parametrize(
    "content", ["id;prompt\na;x, y", "sep=;\r\nid;prompt\r\na;x, y\r\n", "\n\nid\tprompt\na\tx, y"]
)
def test_the_separator_is_that_of_the_header_or_of_excels_first_line(content: str) -> None:
    assert [(item.id, item.prompt.text) for item in read_items(write("p.csv", content))] == [("a", "x, y")]


def test_separators_within_quotes_of_the_header_do_not_count() -> None:
    assert texts(read_items(write("p.csv", 'prompt,"a;b;c"\nx,y'))) == ["x"]


def test_excels_first_line_counts_as_a_line() -> None:
    assert refusal(write("p.csv", "sep=;\nid;prompt\na;b;c\n")).startswith(
        "p.csv:3: cells in this row: 3, in the header: 2;"
    )
    assert refusal(write("p.csv", "sep=!\nid!prompt\n")).startswith("p.csv:1: sep= names no separator")


def test_a_cell_may_hold_line_ends_quotes_and_a_whole_document() -> None:
    long = "word " * 60_000
    rows = [["prompt", "id"], ['a "quoted"\r\nline,\n\nand; more', "1"], [long, "2"], ["  '=1+1 ", "3"]]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert texts(read_items(write("p.csv", out.getvalue()))) == [row[0] for row in rows[1:]]


def test_rows_that_a_spreadsheet_leaves_empty_are_passed_over() -> None:
    items = read_items(write("p.csv", "prompt,id,,\none,a,,\n,,,\n\ntwo,b,,\n"))
    assert [(item.id, item.prompt.text) for item in items] == [("a", "one"), ("b", "two")]


def test_columns_that_nothing_takes_are_said() -> None:
    items = read_items(write("p.csv", "prompt,expected,sytem\na,b,c\nd,e,f\n"))
    assert notices(items) == ["p.csv: columns that only a --template could use: expected, sytem"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n\nprompt\n\nx,1", "p.csv:5: cells in this row: 2, in the header: 1; put quotes round cells"),
        ("promt,id\nx,1", "p.csv:1: there is no prompt column; rename promt, or fill a --template from the columns"),
        ("aa,bb\nx,1", "p.csv:1: there is no prompt column; name one prompt, or fill a --template"),
        ("prompt,a,a\nx,1,2", "p.csv:1: 2 columns are called a; give each its own name"),
        ("prompt,tags.\nx,1", "p.csv:1: a column is called tags. and names no tag; call it tags.NAME"),
        ("prompt\nHello, world", "p.csv:2: cells in this row: 2, in the header: 1; put quotes round cells"),
        ('prompt,id\n"a\nb",1\nx', "p.csv:4: cells in this row: 1, in the header: 2;"),
        ('prompt\na\n"never\nclosed\n', "p.csv:3: the row that begins here is not CSV; put quotes round"),
        ('prompt\n"a"b\n', "p.csv:2: the row that begins here is not CSV"),
        ("prompt,id\n,a\n", "p.csv:2: the prompt is empty; write one or remove it"),
        ("prompt,id\nx,a\ny,b\nz,a\n", "p.csv:4: the id a is already the id of line 2; give each"),
    ],
)
def test_a_table_that_holds_no_prompts_is_refused_with_its_line(content: str, said: str) -> None:
    assert refusal(write("p.csv", content)).startswith(said)
