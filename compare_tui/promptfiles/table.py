"""CSV as prompts: a header names the columns, each row below it is a prompt."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from compare_tui.core.nearest import nearest
from compare_tui.promptfiles.drafts import Draft, Reading
from compare_tui.promptfiles.places import LARGEST_FILE, Line, Place, listed, quoted

_SEPARATORS = (",", ";", "\t")
_SEP = re.compile(r'"?sep=(.)', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_OWN_COLUMNS = ("prompt", "id", "system")
_TAG = "tags."

Row = tuple[Place, list[str]]


def read_table(lines: Iterator[Line], reading: Reading) -> Iterator[Draft]:
    rows = _rows(lines, reading.file)
    place, header = next(rows, (None, []))
    if place is None:
        return
    columns = _columns(header, place)
    if not reading.templated:
        _check_use(columns, place, reading)
    for place, row in rows:
        if len(row) != len(columns):
            counts = f"cells in this row: {len(row)}, in the header: {len(columns)}"
            raise place.error(f"{counts}; put quotes round cells that hold the separator")
        cells = {name: cell for name, cell in zip(columns, row, strict=True) if name}
        yield Draft(
            place,
            cells.get("prompt"),
            id=cells.get("id"),
            system=cells.get("system") or None,
            tags={name.removeprefix(_TAG): cell for name, cell in cells.items() if name.startswith(_TAG) and cell},
            values=cells,
        )


def _columns(header: list[str], place: Place) -> list[str]:
    """The names; columns without one, as spreadsheets leave them behind, are passed over."""
    columns = [cell.strip() for cell in header]
    for name, count in Counter(columns).items():
        if name and count > 1:
            raise place.error(f"{count} columns are called {quoted(name)}; give each its own name")
    if _TAG in columns:
        raise place.error("a column is called tags. and names no tag; call it tags.NAME")
    return columns


def _check_use(columns: list[str], place: Place, reading: Reading) -> None:
    if "prompt" not in columns:
        near = nearest("prompt", filter(None, columns))
        hint = f"rename {quoted(near)}" if near else "name one prompt"
        raise place.error(f"there is no prompt column; {hint}, or fill a --template from the columns")
    unused = [name for name in columns if name and name not in _OWN_COLUMNS and not name.startswith(_TAG)]
    if unused:
        reading.notice(f"columns that only a --template could use: {listed(unused)}")


def _rows(lines: Iterator[Line], file: str) -> Iterator[Row]:
    """The rows that hold anything, each with the line it begins on."""
    csv.field_size_limit(LARGEST_FILE)  # its own limit of 131,072 is for all the process and too small for a document
    first = next((line for line in lines if line[1].strip()), (Place(file, 1), ""))
    said = _said_separator(first)
    below = chain([first] if said is None else [], lines)
    above = (first[0].line or 1) - (said is None)
    reader = csv.reader((text for _, text in below), delimiter=said or _separator(first[1]), strict=True)
    while True:
        place = Place(file, above + reader.line_num + 1)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            hint = "put quotes round cells that hold quotes or line ends, double the quotes inside, and close them"
            raise place.error(f"the row that begins here is not CSV; {hint}") from None
        if any(row):
            yield place, row


def _said_separator(line: Line) -> str | None:
    """What Excel's `sep=;` above the header says."""
    place, text = line
    said = _SEP.match(text)
    if said is None:
        return None
    if said[1] not in _SEPARATORS:
        raise place.error("sep= names no separator; it can be a comma, a semicolon or a tab")
    return said[1]


def _separator(header: str) -> str:
    """The one a header has most of outside its quotes; a comma when in doubt."""
    bare = _QUOTED.sub("", header)
    return max(_SEPARATORS, key=bare.count)
