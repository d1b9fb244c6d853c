"""What the embedded endpoint says, and when: text worth comparing, the same every time."""

import difflib
import doctest
import itertools
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from compare_tui.demo.answer import Answer, answer
from compare_tui.demo.card import models
from compare_tui.demo.responses import read
from compare_tui.demo.voice import EFFORT_STEPS
from compare_tui.demo.writing import SIMULATED, blocks

PROMPTS = {
    "ttft": "Explain TTFT",
    "function": "Write a Python function that tells whether a word is a palindrome",
    "compare": "Compare PostgreSQL and SQLite for a small web application",
    "summary": "Summarise this: The river rose by 3 metres in 2 days. Engineers closed the gates at noon. "
    "The mayor praised the engineers. Nobody was hurt, but 40 houses near the river lost power. "
    "A vote on new gates is planned for spring. The old gates are from 1931.",
    "translation": 'Translate to Japanese: "Good morning, thank you very much. Hello world."',
    "classification": "Classify this review as positive, negative or neutral: I love it, great battery",
    "howto": "How do I descale a coffee machine?",
    "general": "What is photosynthesis?",
}
TIERS = ("ultrafast", "priority", "scale", "default", "batch", "flex")


def said(
    prompt: str, model: str = "gpt-5.5", effort: str = "medium", *, seed: int = 0, nth: int = 1, **more: Any
) -> Answer:
    body = {"model": model, "input": prompt, "reasoning": {"effort": effort}, **more}
    return answer(read(body).ask, seed=seed, nth=nth, cached=0, written=0)


@pytest.mark.parametrize("topic", PROMPTS)
@pytest.mark.parametrize("model", ["gpt-5.5-mini", "gpt-5.5", "gpt-5.5-pro"])
def test_more_effort_says_more(model: str, topic: str) -> None:
    lengths = [len(said(PROMPTS[topic], model, effort).text) for effort in EFFORT_STEPS]
    assert lengths[0] < lengths[2] < lengths[4] < lengths[6]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("topic", PROMPTS)
def test_a_larger_model_says_more(topic: str) -> None:
    mini, middle, pro = (len(said(PROMPTS[topic], model).text) for model in ("gpt-5.5-mini", "gpt-5.5", "gpt-5.5-pro"))
    assert mini < middle < pro


@pytest.mark.parametrize("topic", PROMPTS)
def test_two_models_agree_in_part_and_never_wholly(topic: str) -> None:
    ours, theirs = (said(PROMPTS[topic], model, "high").text.splitlines() for model in ("gpt-5.5", "gpt-6.1-sol"))
    assert difflib.SequenceMatcher(None, ours, theirs).ratio() > 0.2
    assert said(PROMPTS[topic], "gpt-5.5-pro", "high").text.splitlines() != ours


def test_figures_differ_between_models_and_stay_with_one() -> None:
    rows = [
        next(line for line in said("Explain TTFT", model, "high").text.splitlines() if "prefill" in line)
        for model in models()
    ]
    assert len(set(rows)) > 4
    assert said("Explain TTFT", effort="high").text == said("Explain TTFT", effort="high").text


def test_a_repeat_differs_a_little() -> None:
    texts = [said("Explain TTFT", effort="high", nth=nth).text for nth in range(1, 6)]
    assert len(set(texts)) > 2
    assert all(difflib.SequenceMatcher(None, texts[0], text).ratio() > 0.6 for text in texts)


def test_another_seed_is_another_world() -> None:
    assert said("Explain TTFT", effort="high", seed=1).text != said("Explain TTFT", effort="high").text


@pytest.mark.parametrize("effort", ["none", "max"])
@pytest.mark.parametrize("topic", PROMPTS)
def test_prose_says_once_that_it_is_simulated_and_never_who_speaks(topic: str, effort: str) -> None:
    text = said(PROMPTS[topic], "gpt-5.5-pro", effort).text
    assert text.count(SIMULATED) == 1
    assert "gpt" not in text.lower()
    assert "‹" not in text


def test_every_topic_has_a_block_for_every_depth() -> None:
    for topic in PROMPTS:
        assert {block.depth for block in blocks(topic)} == set(range(1, 10)), topic


def test_long_answers_hold_headings_tables_lists_code_and_other_scripts() -> None:
    texts = [said(prompt, "gpt-5.5-pro", "max", seed=seed).text for prompt in PROMPTS.values() for seed in range(4)]
    everything = "\n".join(texts)
    assert all(mark in everything for mark in ("\n## ", "\n| ", "\n- ", "\n1. ", "```python\n"))
    assert any("\u3040" <= letter <= "\u30ff" for letter in everything)
    assert any("\u0400" <= letter <= "\u04ff" for letter in everything)


def test_the_answer_is_about_the_prompt() -> None:
    assert "photosynthesis" in said("What is photosynthesis?").text.lower()
    assert "| | PostgreSQL | SQLite |" in said(PROMPTS["compare"], effort="high").text
    assert "おはようございます" in said(PROMPTS["translation"]).text
    assert "40" in said(PROMPTS["summary"], effort="high").text


def test_a_summary_invents_no_sentence() -> None:
    points = [line[2:] for line in said(PROMPTS["summary"], effort="low").text.splitlines() if line.startswith("- ")]
    assert points
    assert all(point in PROMPTS["summary"] for point in points)


@pytest.mark.parametrize(
    ("prompt", "answered"),
    [
        ("What is 17 * 23?", "391"),
        ("7.5 - 10", "-2.5"),
        ("Reply with exactly: OK", "OK"),
        ("Answer with only one of: billing, technical, sales. I was charged twice, please refund it.", "billing"),
        (
            "Labels:\n- spam\n- question\nReply with the label only, nothing else.\nHow can I reset it, and when?",
            "question",
        ),
    ],
)
def test_who_asks_for_a_word_gets_a_word(prompt: str, answered: str) -> None:
    assert said(prompt, "gpt-5.5-pro", "max").text == answered


def test_a_small_model_errs_more_often_than_a_large_one() -> None:
    def wrong(model: str, effort: str) -> int:
        sums = [(left, left + 3) for left in range(11, 211)]
        return sum(said(f"{left} * {right}", model, effort).text != str(left * right) for left, right in sums)

    assert wrong("gpt-5.5-mini", "none") > 20 > wrong("gpt-5.5-pro", "max")


@pytest.mark.parametrize("form", ["code", "variant"])
@pytest.mark.parametrize("stem", ["prime", "fibonacci", "palindrom", "slug", "duplicat", ""])
def test_the_code_it_knows_does_what_its_example_says(stem: str, form: str) -> None:
    source = files("compare_tui.demo").joinpath("topics", "functions.toml").read_text("utf-8")
    entry = next(one for one in tomllib.loads(source)["function"] if one["stems"][:1] == ([stem] if stem else []))
    opening = "import math, re, unicodedata\nfrom collections import Counter\nfrom typing import *\nT = TypeVar('T')\n"
    world: dict[str, Any] = {}
    exec(opening + entry[form], world)
    example = doctest.DocTestParser().get_doctest(entry["usage"], world, stem, None, 0)
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


def test_thinking_and_waiting_grow_with_the_effort_in_every_lane() -> None:
    for model, tier in itertools.product(models(), TIERS):
        answers = [
            said("Explain TTFT", model, effort, service_tier=tier, nth=nth) for nth, effort in enumerate(EFFORT_STEPS)
        ]
        same_tier = [one for one in answers if one.tier == tier]
        waits = [one.pace.first_text for one in same_tier]
        tokens = [one.tally.reasoning for one in answers]
        assert waits == sorted(set(waits))
        assert tokens == sorted(set(tokens))
        assert tokens[0] == 0


def test_a_dearer_tier_is_sooner_and_faster() -> None:
    for model, effort in itertools.product(models(), EFFORT_STEPS):
        ultrafast, _, default, flex = (
            said("Explain TTFT", model, effort, service_tier=tier).pace
            for tier in ("ultrafast", "priority", "default", "flex")
        )
        assert ultrafast.first_text < default.first_text < flex.first_text
        assert ultrafast.rate > default.rate > flex.rate * 0.99


def test_the_pace_is_that_of_real_models() -> None:
    for model, effort, tier in itertools.product(models(), EFFORT_STEPS, TIERS):
        pace = said("Explain TTFT", model, effort, service_tier=tier).pace
        assert 0.15 <= pace.start <= pace.first_text <= 2.5
        assert 40 <= pace.rate <= 160


def test_about_one_priority_request_in_six_is_served_as_default() -> None:
    served = [said("Explain TTFT", service_tier="priority", nth=nth).tier for nth in range(1, 301)]
    assert set(served) == {"priority", "default"}
    assert 30 <= served.count("default") <= 75
    assert {said("Explain TTFT", service_tier="ultrafast", nth=nth).tier for nth in range(1, 61)} == {"ultrafast"}


def test_the_pieces_are_small_and_make_up_the_text() -> None:
    prose = said("Explain TTFT", "gpt-5.5-pro", "max")
    assert max(map(len, prose.pieces)) <= 11
    assert prose.tally.output == prose.tally.reasoning + len(prose.pieces)


def test_a_limit_cuts_the_end_and_may_leave_nothing() -> None:
    whole = said("Explain TTFT", effort="none")
    cut = said("Explain TTFT", effort="none", max_output_tokens=20)
    assert (cut.complete, whole.complete) == (False, True)
    assert cut.text == "".join(whole.pieces[:20])
    spent = said("Explain TTFT", effort="max", max_output_tokens=64)
    assert (spent.text, spent.tally.output, spent.tally.reasoning) == ("", 64, 64)
