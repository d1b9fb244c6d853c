"""Answers that ask for another attempt, and the ones that only look as if they did."""

from collections.abc import Iterable
from email.utils import formatdate
from time import time

from tests.faults.behaviours_status import error
from tests.faults.behaviours_steps import (
    Asked,
    Behaviour,
    Expectation,
    Script,
    Step,
    answers_well,
    done,
    failed,
    in_turn,
    reply,
)
from tests.faults.behaviours_wire import error_object

AT_ONCE = ("Retry-After", "0")


def slow_down(*headers: tuple[str, str]) -> Script:
    return error(429, "Please slow down.", "rate_limit_exceeded", *headers)


def overloaded(*headers: tuple[str, str]) -> Script:
    return error(503, "Overloaded.", None, *headers)


def once(refusal: Script) -> Script:
    return in_turn(refusal, answers_well)


def slow_down_until_a_date(asked: Asked) -> Iterable[Step]:
    """A date has whole seconds, so this one is between nothing and a second away."""
    when = formatdate(time() + 1, usegmt=True)
    return (reply(429, error_object("Please slow down."), headers=(("Retry-After", when),)),)


def second_time(apart: float = 0.0) -> Expectation:
    return done(attempts=2, requests=2, apart=apart)


RATE_LIMITS = (
    Behaviour("rate-limit-stays", slow_down(AT_ONCE), failed("rate-limit", attempts=3, requests=3)),
    Behaviour(
        "rate-limit-twice", in_turn(slow_down(AT_ONCE), slow_down(AT_ONCE), answers_well), done(attempts=3, requests=3)
    ),
    Behaviour("rate-limit-without-a-time", once(slow_down()), second_time()),
    Behaviour("rate-limit-in-seconds", once(slow_down(("Retry-After", "0.25"))), second_time(apart=0.25)),
    Behaviour("rate-limit-in-milliseconds", once(slow_down(("retry-after-ms", "150"))), second_time(apart=0.15)),
    Behaviour("rate-limit-until-a-date", once(slow_down_until_a_date), second_time()),
    Behaviour("rate-limit-until-tomorrow", once(slow_down(("Retry-After", "86400"))), failed("rate-limit")),
    Behaviour("rate-limit-negative", once(slow_down(("Retry-After", "-5"))), second_time()),
    Behaviour("rate-limit-not-a-number", once(slow_down(("Retry-After", "NaN"))), second_time()),
    Behaviour("rate-limit-in-words", once(slow_down(("Retry-After", "soon"))), second_time()),
)

NO_USE = (
    Behaviour(
        "quota-used-up", error(429, "You exceeded your current quota.", "insufficient_quota", AT_ONCE), failed("quota")
    ),
    Behaviour(
        "flex-busy",
        error(429, "Resource Unavailable", "resource_unavailable", AT_ONCE),
        failed("flex-busy"),
        words="flex",
    ),
)

OVERLOAD = (
    Behaviour("server-503-once", once(overloaded(AT_ONCE)), second_time()),
    Behaviour("server-503-stays", overloaded(AT_ONCE), failed("server", "503", attempts=3, requests=3)),
    Behaviour("server-503-until-tomorrow", once(overloaded(("Retry-After", "86400"))), failed("server", "503")),
    Behaviour(
        "rate-limit-then-bad-request",
        in_turn(slow_down(AT_ONCE), error(400, "No such voice.")),
        failed("bad-request", "No such voice.", attempts=2, requests=2),
    ),
)

RETRY = RATE_LIMITS + NO_USE + OVERLOAD
