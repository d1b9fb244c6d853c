"""Continuing a round: each lane's own conversation becomes the earlier turns of its next prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt, Turn
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict

_GOOD = (Verdict.DONE, Verdict.TRUNCATED)


@dataclass(frozen=True, slots=True)
class Continued:
    """What goes before a lane's next prompt."""

    turns: tuple[Turn, ...]
    answered: bool
    """Whether its own answer to the round is the last of them."""
    note: str = ""
    """Why it is not, or that it is another one than was chosen."""

    @property
    def tokens(self) -> int:
        """Estimated."""
        return Prompt("", turns=self.turns).input_tokens


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The lanes of a next round, continued: `histories` as a `Round` has them, by configuration."""

    round_id: str
    histories: Mapping[Lane, tuple[Turn, ...]] = field(default_factory=dict)
    notes: Mapping[Lane, str] = field(default_factory=dict)
    turns: int = 0
    """The most of any lane."""
    tokens: int = 0
    """The most of any lane, estimated."""
    varies: bool = False
    """Whether the lanes continue different amounts of tokens."""
    bare: int = 0
    """How many lanes have no answer of their own to the round, and send its prompts only."""


def can_be_continued(take: Take) -> bool:
    """Words the model ended itself, or would have gone on with.

    A call wants its result next and none is ever made; a refusal or a half that was filtered or cut off is not what
    the next prompt means.
    """
    return take.verdict in _GOOD and not take.tools and bool(take.text.strip())


def follow_up(
    session: Session, sent: SentRound, lanes: Sequence[Lane], chosen: Mapping[Lane, Take] | None = None
) -> FollowUp:
    """Each lane's conversation up to and including this round; `chosen` are the takes looked at, of several repeats."""
    looked_at = {lane.configuration: take for lane, take in (chosen or {}).items()}
    continued = {
        lane: history_of(session, sent, lane, looked_at.get(lane.configuration))
        for lane in dict.fromkeys(lane.configuration for lane in lanes)
    }
    tokens = [one.tokens for one in continued.values()]
    return FollowUp(
        sent.round.id,
        {lane: one.turns for lane, one in continued.items()},
        {lane: note for lane in lanes if (note := continued[lane.configuration].note)},
        max((len(one.turns) for one in continued.values()), default=0),
        max(tokens, default=0),
        len(set(tokens)) > 1,
        sum(1 for lane in set(lanes) if not continued[lane.configuration].answered),
    )


def history_of(session: Session, sent: SentRound, lane: Lane, chosen: Take | None = None) -> Continued:
    """With the chosen answer of the lane, else its latest good one; without any it has the prompts alone."""
    turns = (*turns_before(session, sent.round, lane), *_asked(sent.round))
    takes = sent.alike(lane)
    chosen = next((take for take in takes if take is chosen), None)
    answer = chosen if chosen is not None and can_be_continued(chosen) else _answer(takes)
    if answer is None:
        return Continued(turns, False, f"sends the prompts only: {_why_none(takes)}")
    note = "" if chosen in (None, answer) else f"continues {answer.id}: the take looked at has no answer to continue"
    return Continued((*turns, Turn("assistant", answer.text)), True, note)


def turns_before(session: Session, round_: Round, lane: Lane) -> tuple[Turn, ...]:
    """What goes before this round's prompt for a lane: as it was sent, else gathered from the rounds it follows."""
    since: list[SentRound] = []
    at = round_
    while lane.configuration not in at.histories and at.follows is not None:
        earlier = _followed(session, at)
        if earlier is None:
            break
        since.append(earlier)
        at = earlier.round
    turns = list(at.histories.get(lane.configuration, _prompts(at)))
    for one in reversed(since):
        answer = _answer(one.alike(lane))
        turns += _asked(one.round)
        turns += [Turn("assistant", answer.text)] if answer else []
    return tuple(turns)


def _followed(session: Session, round_: Round) -> SentRound | None:
    """Only a round before it can be: what was imported may say anything."""
    for one in session.rounds:
        if one.round.id == round_.id:
            return None
        if one.round.id == round_.follows:
            return one
    return None


def _prompts(round_: Round) -> tuple[Turn, ...]:
    """Of a conversation whose first rounds are gone, from what another lane sent: all but what was answered."""
    turns = next(iter(round_.histories.values()), ())
    return tuple(turn for turn in turns if turn.role != "assistant")


def _asked(round_: Round) -> tuple[Turn, ...]:
    prompt = round_.prompt
    return (*prompt.turns, Turn("user", prompt.text, prompt.images))


def _answer(takes: Sequence[Take]) -> Take | None:
    return next((take for take in reversed(takes) if can_be_continued(take)), None)


def _why_none(takes: Sequence[Take]) -> str:
    if not takes:
        return "it was not asked in that round"
    last = takes[-1]
    if last.verdict is None:
        return "its answer is still coming"
    if last.verdict not in _GOOD:
        return f"its take ended {last.verdict.value}"
    return "its answer is a call" if last.tools else "its answer is empty"
