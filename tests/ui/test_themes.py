"""The themes that ship, and the files that users write."""

import os
import re
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.theme import Theme

from compare_tui.ui import themes
from compare_tui.ui.contrast import HIGH, READABLE, contrasts, is_high, lowest

NOWHERE = Path("/nonexistent")
SHIPPED = themes.load_all(NOWHERE)
IN_COLOUR = [theme for theme in SHIPPED.themes if not theme.ansi]
SMALLEST = 'name = "mine"\nprimary = "#86abd9"\n'


def name_of(theme: Theme) -> str:
    return theme.name


def variables(theme: Theme) -> dict[str, str]:
    return {**theme.to_color_system().generate(), **theme.variables}


# The themes that ship


def test_what_ships_is_whole_and_the_default_comes_first() -> None:
    assert SHIPPED.failures == ()
    assert SHIPPED.themes[0].name == themes.DEFAULT
    assert len(SHIPPED.themes) >= 10
    assert {(theme.dark, theme.ansi) for theme in SHIPPED.themes} == set(product((True, False), repeat=2))


@pytest.mark.parametrize("file", SHIPPED.files, ids=lambda file: file.path.stem)
def test_a_file_says_what_its_theme_and_each_of_its_colours_is_for(file: themes.ThemeFile) -> None:
    text = file.path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert file.about
    assert file.path.stem == file.theme.name
    for key in ("background", "surface", "panel", "foreground", "primary", "accent", "success", "warning", "error"):
        assert re.search(rf"^{key} = \S+ +# \w+", text, re.MULTILINE), key


@pytest.mark.parametrize("theme", IN_COLOUR, ids=name_of)
def test_every_text_of_a_theme_can_be_read_on_every_ground(theme: Theme) -> None:
    least = HIGH if theme.name.startswith("contrast-") else READABLE
    assert [str(contrast) for contrast in contrasts(theme) if contrast.ratio < least] == []


@pytest.mark.parametrize("theme", IN_COLOUR, ids=name_of)
def test_the_title_with_the_focus_is_not_the_colour_of_the_others(theme: Theme) -> None:
    focused, other = (Color.parse(variables(theme)[name]) for name in ("primary-muted", "panel"))
    assert sum(abs(one - two) for one, two in zip(focused.rgb, other.rgb, strict=True)) >= 24


def test_contrast_is_measured_as_wcag_says() -> None:
    grey = Theme("grey", primary="#000000", foreground="#777777", background="#ffffff", surface="#ffffff", dark=False)
    by_pair = {(each.text, each.ground): each.ratio for each in contrasts(grey)}
    assert by_pair["foreground", "background"] == pytest.approx(4.478, abs=0.001)
    assert by_pair["primary", "background"] == pytest.approx(21)
    assert by_pair["text-muted", "background"] == pytest.approx(5.74, abs=0.01)  # black at 60% is #666666


def test_only_the_high_contrast_themes_are_called_so() -> None:
    assert {theme.name for theme in SHIPPED.themes if is_high(theme)} == {"contrast-dark", "contrast-light"}


# What an eye without one kind of cone receives: Machado, Oliveira and Fernandes 2009, severity 1, of linear RGB.
PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
WELL_APART = 20
"""CIE76; from about 10 on two colours are told apart at a glance."""


def seen(color: Color, eye: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """CIE Lab of what such an eye makes of a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in eye)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(theme: Theme, one: str, other: str, eye: tuple[tuple[float, ...], ...]) -> float:
    shown = variables(theme)
    pairs = zip(seen(Color.parse(shown[one]), eye), seen(Color.parse(shown[other]), eye), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("eye", [PROTANOPIA, DEUTERANOPIA], ids=["protanopia", "deuteranopia"])
@pytest.mark.parametrize("name", ["distinct-dark", "distinct-light"])
def test_verdicts_stay_apart_for_colour_blind_eyes(name: str, eye: tuple[tuple[float, ...], ...]) -> None:
    theme = next(theme for theme in IN_COLOUR if theme.name == name)
    for prefix in ("", "text-"):
        for one, other in combinations(("success", "warning", "error"), 2):
            assert apart(theme, prefix + one, prefix + other, eye) >= WELL_APART


def test_red_and_green_would_not() -> None:
    usual = next(theme for theme in IN_COLOUR if theme.name == "ink")
    assert apart(usual, "success", "error", DEUTERANOPIA) < WELL_APART


# Theme files of the user's


def mine(tmp_path: Path, text: str | bytes, name: str = "mine.toml") -> Path:
    folder = tmp_path / "themes"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_a_theme_of_the_users_is_there_and_takes_the_place_of_its_namesake(tmp_path: Path) -> None:
    mine(tmp_path, 'name = "ink"\nprimary = "#ff0000"\n', "other.toml")
    loaded = themes.load_all(mine(tmp_path, SMALLEST))
    assert loaded.failures == ()
    assert [file.theme.name for file in loaded.files if file.yours] == ["ink", "mine"]
    assert len(loaded.themes) == len(SHIPPED.themes) + 1
    assert loaded.themes[0].primary == "#FF0000"


def test_all_that_is_wrong_with_a_file_is_said_at_once_with_line_and_nearest_name(tmp_path: Path) -> None:
    text = 'name = "mine"\nprimery = "#86abd9"\n\nerror = "grean"\n[variables]\ntext-mute = "#ffffff"\n'
    loaded = themes.load_all(mine(tmp_path, text))
    assert loaded.themes == SHIPPED.themes
    assert loaded.failures == (
        "mine.toml: primary is missing",
        "mine.toml:2: primery is not known in a theme; did you mean primary?",
        "mine.toml:4: error must be a colour such as '#86abd9' or 'teal', not 'grean'; did you mean green?",
        "mine.toml:6: variables.text-mute is not known in a theme; did you mean text-muted?",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('accent = "#12345"', "accent must be a colour"),
        ('accent = "auto 60%"', "accent must be a colour"),
        ('accent = "\\u001b[31m"', "accent must be a colour such as '#86abd9' or 'teal', not '␛[31m'"),
        ("accent = 5", "accent must be text in quotes"),
        ('accent = "ansi_red"', "accent is a colour of the terminal; those need ansi = true"),
        ('dark = "yes"', "dark must be true or false"),
        ("about = 1", "about must be text in quotes"),
        ('variables = "none"', "variables must be a table"),
        ('variables.border = "auto 160%"', "variables.border must end with a share such as 60%, not '160%'"),
        ('variables.border = "#ffffff; color: red"', "variables.border must be a colour"),
        ('variables.border = "auto 60%"', "variables.border must be a colour"),
        ('variables.border = "$primary"', "variables.border must be a colour"),
        ('variables.link-style = " "', "variables.link-style must be text styles"),
        ('variables.link-style = "bald"', "variables.link-style must be text styles"),
        ('variables.link-style = "red"', "variables.link-style must be text styles"),
        ('variables.link-style = "not"', "variables.link-style must be text styles"),
        ("accent = [[[", "this is not TOML"),
    ],
)
def test_a_value_that_would_end_the_app_is_named_instead(tmp_path: Path, line: str, said: str) -> None:
    loaded = themes.load_all(mine(tmp_path, f"{SMALLEST}{line}\n"))
    assert loaded.themes == SHIPPED.themes
    (failure,) = loaded.failures
    assert failure.startswith(f"mine.toml:3: {said}")


@pytest.mark.parametrize("name", ["", "my theme", "a,b", "1st", "../ink", "é", "a" * 41, "no-color"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    loaded = themes.load_all(mine(tmp_path, f'name = "{name}"\nprimary = "red"\n'))
    assert [failure.split(" must ")[0].split(" is ")[0] for failure in loaded.failures] == ["mine.toml:1: name"]


def test_the_second_file_with_a_name_is_skipped(tmp_path: Path) -> None:
    mine(tmp_path, SMALLEST, "a.toml")
    loaded = themes.load_all(mine(tmp_path, SMALLEST, "b.toml"))
    assert loaded.failures == ("b.toml: name mine is taken by a.toml",)
    assert [file.path.name for file in loaded.files if file.yours] == ["a.toml"]


def test_files_that_are_no_theme_files_are_named_and_the_rest_is_loaded(tmp_path: Path) -> None:
    mine(tmp_path, b'name = "\xff"', "latin.toml")
    mine(tmp_path, "", "empty.toml")
    mine(tmp_path, SMALLEST + "#" * 100_000, "huge.toml")
    mine(tmp_path, SMALLEST + "\n".join(f'k{n} = "x"' for n in range(4_000)), "many.toml")
    mine(tmp_path, "left by an editor", ".#mine.toml")
    mine(tmp_path, "not a theme", "notes.txt")
    folder = mine(tmp_path, SMALLEST)
    (folder / "folder.toml").mkdir()
    os.mkfifo(folder / "pipe.toml")
    (folder / "gone.toml").symlink_to(folder / "nothing")
    loaded = themes.load_all(folder)
    assert len(loaded.themes) == len(SHIPPED.themes) + 1
    failures = "\n".join(loaded.failures)
    for said in ("latin.toml:1: this is not UTF-8 text", "empty.toml: name is missing", "huge.toml is too large"):
        assert said in failures
    for said in ("folder.toml is not a file", "pipe.toml is not a file", "gone.toml: name is missing"):
        assert said in failures
    assert failures.count("many.toml") == 12
    assert ".#mine" not in failures
    assert "notes" not in failures


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "themes").write_text("")
    loaded = themes.load_all(tmp_path / "themes")
    assert loaded.themes == SHIPPED.themes
    assert loaded.failures == (f"{tmp_path}/themes cannot be read: Not a directory",)


VALUES = st.one_of(
    st.sampled_from(
        ["auto", "auto 7%", "red", "red 50%", "transparent", "hsl(1,2%,3%)", "rgb(1,2,3)", "rgba(1,2,3,.4)"]
    ),
    st.sampled_from(["ansi_red", "#fffa", "bold", "not bold", "initial", "ansi_default 10%", "rgb(1.5,2,3)"]),
    st.text("#0123af(),%. ansi_redutohlgb;$\n", max_size=14),
)


@pytest.mark.examples(120, 3_000)
@given(
    st.dictionaries(st.sampled_from(["primary", "background", "surface", "panel", "boost", "error"]), VALUES),
    st.dictionaries(st.sampled_from(["border", "text", "link-style", "primary-muted", "primary-lighten-1"]), VALUES),
    st.booleans(),
)
def test_whatever_is_accepted_works_in_a_style_sheet(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, str], more: dict[str, str], ansi: bool
) -> None:
    import tomli_w

    path = tmp_path_factory.getbasetemp() / "any.toml"
    values = {"name": "any", "primary": "#86abd9", "ansi": ansi, **fields, "variables": more}
    path.write_text(tomli_w.dumps(values), encoding="utf-8")
    file, failures = themes.read(path)
    assert (file is None) == bool(failures)
    if file is not None:
        lowest(file.theme)
        sheet = Stylesheet(variables=variables(file.theme))
        sheet.add_source("Any { color: $text; text-style: $link-style; border: tall $border; background: $border; }")
        sheet.add_source(
            "Any { scrollbar-color: $primary-muted; outline: tall $primary-lighten-1; border: tall $primary; }"
        )
        sheet.parse()
