"""What the figures, marks and verdicts mean: the one wording that help, README and the notes on the CSV quote."""

from typing import Final

from compare_tui.core.timing import FEWEST_TOKENS, SHORTEST_WINDOW_NS
from compare_tui.core.verdict import Verdict

FIGURES: Final = {
    "TTFT": "Time to first token: from sending to the first non-empty generated piece of any kind. "
    "Role chunks, empty pieces and keep-alives never count.",
    "TTFA": "Time to first answer text: from sending to the first piece of the answer itself. "
    "Later than TTFT when the model thinks aloud first; where thinking is hidden only this one is known.",
    "Queue": "From queueing to the first sending: the wait for a place at the endpoint.",
    "Retry": "From the first sending to the last: attempts that came to nothing, and the waits between them.",
    "Total": "From the last sending to the end.",
    "Felt": "Queue + Retry + Total: what a person waited.",
    "tok/s": "(answer tokens − 1) / (last − first answer text), only from "
    f"{SHORTEST_WINDOW_NS // 1_000_000} ms and {FEWEST_TOKENS} tokens on.",
    "–": "Unknown. Never 0, and left out of every sum and median.",
}
COSTS: Final = {
    "no mark": "Final: usage × the rate of the model and tier that were served, on the day of the take; "
    "or reported, the provider's own figure.",
    "~": "Estimated, before the endpoint has said what was used.",
    "≥": "A lower bound: thinking is hidden while it streams, or the answer ended without usage.",
    "free": "The endpoint is free by the user's config.",
    "stored": "Answered from the store: nothing was sent, so it cost 0.",
    "–": "No price is known for this model; never 0.",
}
SIGNS: Final = {
    "−  +": "In the diff: only the old one has this line, or only the new one.",
    "~": "In the diff: a line that is changed in part.",
    "«  »": "In the diff: what was moved, where it was and where it is now.",
    "≈": "Alike: other characters, but what differs is ignored. It is no change.",
    "≠": "So many changes against what a pane is marked by, where there is no room for the word: 4 ≠.",
    "…": "In the diff: not compared yet, or not yet written.",
}
VERDICTS: Final = {
    Verdict.DONE: "The endpoint ended the answer.",
    Verdict.TRUNCATED: "It ended at the limit of output tokens or of the window.",
    Verdict.FILTERED: "A content filter ended it.",
    Verdict.REFUSED: "The model declined to answer.",
    Verdict.CUT: "The connection closed before the end was declared.",
    Verdict.STALLED: "Nothing came for too long.",
    Verdict.FAILED: "An error, named in its pane.",
    Verdict.CANCELLED: "Stopped by you; what came is kept.",
    Verdict.INTERRUPTED: "The program ended while it ran; what came is kept.",
}
