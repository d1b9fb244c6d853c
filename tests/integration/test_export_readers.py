"""The hostile CSV as programs that others wrote read it: DuckDB, and LibreOffice, which would run a formula."""

import csv
import importlib.util
import json
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from compare_tui.export import files
from compare_tui.export.rows import COLUMNS
from tests.fixtures.export_sessions import hostile_session

LOCK = Path(__file__).parent.parent / "fixtures" / "export_duckdb.lock"
ENVIRONMENT = Path(sys.prefix) / "peers" / "duckdb"
ROWS = 2_000
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

READ_BY_DUCKDB = """
import duckdb, json, sys
read = duckdb.sql(f"SELECT * FROM read_csv('{sys.argv[1]}', all_varchar=true, header=true)")
print(json.dumps([read.columns, *read.fetchall()]))
"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (path,) = files.write(tmp_path / "hostile.csv", hostile_session(ROWS))
    return path


def by_python(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert len(rows) == ROWS + 1
    return rows


@pytest.fixture
def python_with_duckdb(pytestconfig: pytest.Config) -> Path:
    """This one, or that of an environment which is made once, from hashes."""
    if importlib.util.find_spec("duckdb"):
        return Path(sys.executable)
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists() and not pytestconfig.getoption("--long"):
        pytest.skip("DuckDB is not here; --long installs it in an environment of its own")
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", LOCK]
        subprocess.run(list(map(str, install)), check=True, timeout=300)
    return python


def test_duckdb_reads_what_python_reads(python_with_duckdb: Path, hostile: Path) -> None:
    line = [str(python_with_duckdb), "-c", READ_BY_DUCKDB, str(hostile)]
    said = subprocess.run(line, capture_output=True, check=True, timeout=120)
    read = [[cell or "" for cell in row] for row in json.loads(said.stdout)]
    assert read == by_python(hostile)


@pytest.fixture
def libreoffice(tmp_path: Path, pytestconfig: pytest.Config) -> Callable[[Path, str], Path]:
    """Opens a CSV with the options of its import filter and saves it as a workbook."""
    program = shutil.which("soffice")
    if program is None or not pytestconfig.getoption("--long"):
        pytest.skip("LibreOffice takes long to start; --long asks it when it is there")

    def opened(path: Path, options: str) -> Path:
        convert = [program, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
        convert += [f"--infilter=CSV:44,34,76,1,{options}", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
        subprocess.run([*convert, str(path)], check=True, capture_output=True, timeout=120)
        return path.with_suffix(".xlsx")

    return opened


def test_libreoffice_reads_what_python_reads(libreoffice: Callable[[Path, str], Path], hostile: Path) -> None:
    as_text = "/".join(f"{column}/2" for column in range(1, len(COLUMNS) + 1))
    read, formulas = sheet(libreoffice(hostile, f"{as_text},0,false,false,false"))
    assert formulas == 0
    assert read == [[in_a_sheet(cell) for cell in row] for row in by_python(hostile)]


def test_libreoffice_finds_a_formula_in_exact_bytes_alone(
    libreoffice: Callable[[Path, str], Path], hostile: Path, tmp_path: Path
) -> None:
    running_formulas = ",0,false,true,false,false,false,0,true"
    (exact,) = files.write(tmp_path / "exact.csv", hostile_session(ROWS), raw=True)
    _, in_exact = sheet(libreoffice(exact, running_formulas))
    _, in_safe = sheet(libreoffice(hostile, running_formulas))
    assert in_exact > 0
    assert in_safe == 0


def in_a_sheet(cell: str) -> str:
    """A sheet knows one line end."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def sheet(path: Path) -> tuple[list[list[str]], int]:
    """The texts of the first sheet, and how many of its cells are formulas."""
    with zipfile.ZipFile(path) as book:
        strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    texts = ["".join(part.text or "" for part in item.iter(f"{SHEET}t")) for item in strings]
    read = []
    for line in rows.iter(f"{SHEET}row"):
        cells = dict.fromkeys(range(len(COLUMNS)), "")
        for cell in line.iter(f"{SHEET}c"):
            value = cell.find(f"{SHEET}v")
            if value is not None:
                cells[column(cell.get("r", ""))] = texts[int(value.text or 0)] if cell.get("t") == "s" else ""
        read.append(list(cells.values()))
    return read, sum(1 for _ in rows.iter(f"{SHEET}f"))


def column(reference: str) -> int:
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
