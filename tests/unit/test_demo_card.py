"""The embedded endpoint's own card, and what it sees of an image."""

import base64
import datetime as dt
import struct
from decimal import Decimal

import pytest

from compare_tui.core.lane import EFFORTS, TIERS
from compare_tui.demo import rate_card
from compare_tui.demo.card import models
from compare_tui.demo.images import measure, read_image
from compare_tui.demo.refusal import Refusal

TODAY = dt.date(2026, 11, 20)


def test_every_model_takes_every_effort_and_has_a_price_on_every_tier() -> None:
    card = rate_card()
    assert set(card.models) == set(models())
    for name, model in card.models.items():
        assert model.efforts == EFFORTS
        assert model.apis == ("responses", "chat")
        for tier in TIERS:
            assert card.rate(name, tier, input_tokens=1000, on=TODAY) is not None, (name, tier)


@pytest.mark.parametrize(
    ("model", "tier", "tokens", "prices"),
    [
        ("gpt-5.5", "default", 1_000, ("5", "0.5", "30")),
        ("gpt-5.5", "batch", 1_000, ("2.5", "0.25", "15")),
        ("gpt-5.5", "priority", 1_000, ("12.5", "1.25", "75")),
        ("gpt-5.5", "default", 272_001, ("10", "1", "45")),
        ("gpt-5.5-pro", "flex", 1_000, ("15", "15", "90")),
        ("gpt-5.5-mini", "default", 1_000, ("1.5", "0.15", "9")),
        ("gpt-6.1-sol", "ultrafast", 1_000, ("12", "0.6", "60")),
    ],
)
def test_prices_are_those_of_the_record(model: str, tier: str, tokens: int, prices: tuple[str, str, str]) -> None:
    rate = rate_card().rate(model, tier, input_tokens=tokens, on=TODAY)
    assert rate is not None
    assert (rate.input, rate.cached, rate.output) == tuple(map(Decimal, prices))


def test_one_model_shows_both_warnings() -> None:
    mini = rate_card().models["gpt-5.5-mini"]
    assert (mini.images, mini.window) == (False, 16_000)


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xd0\xff\xc4\x00\x02\xff\xc2\x00\x11\x08" + struct.pack(">HH", 600, 800)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 8 + struct.pack(">II", 640, 480), ("PNG", 640, 480)),
        (b"GIF89a" + struct.pack("<HH", 12, 34), ("GIF", 12, 34)),
        (JPEG, ("JPEG", 800, 600)),
        (JPEG[:20], ("JPEG", None, None)),
        (b"\xff\xd8" + b"\xff\xe0\x00\x00" * 50, ("JPEG", None, None)),
        (b"\x89PNG", ("image", None, None)),
        (b"RIFF1234WEBP", ("image", None, None)),
    ],
)
def test_an_image_is_measured_by_its_header(data: bytes, seen: tuple[str, int | None, int | None]) -> None:
    assert measure(data) == seen
    image = read_image("data:image/x;base64," + base64.b64encode(data).decode(), None, "input")
    assert (str(image) == f"{seen[0]}, {len(data):,} bytes") is (seen[1] is None)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a.png", "data:text/plain;base64,aGk=", "data:image/png;base64,%", "data:image/png;base64,"],
)
def test_what_is_no_image_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_image(url, None, "input[0].image_url")
    assert (refusal.value.status, refusal.value.param) == (400, "input[0].image_url")
