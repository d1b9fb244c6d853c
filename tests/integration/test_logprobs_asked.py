"""Token probabilities asked for through the engine, of the embedded endpoint, in both dialects."""

from compare_tui import demo
from compare_tui.config import Limits
from compare_tui.core.endpoint import Api, Endpoint
from compare_tui.core.lane import Lane
from compare_tui.core.logprobs import figures, tokens_of
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine
from compare_tui.engine.recorder import Unrecorded
from compare_tui.secrets import Secret

APIS: tuple[Api, ...] = ("responses", "chat")
ASKED = (
    *("gpt-5.5 low logprobs=5", "gpt-5.5 low logprobs=2 body.stream=false"),
    *("gpt-5.5-pro low logprobs=5", "gpt-5.5 low logprobs=40"),
)


def test_tokens_are_the_answer_streamed_or_whole_and_a_refusal_is_told_in_both_dialects() -> None:
    with demo.DemoServer(port=0, speed=0, faults=False, seed=1) as server:
        accounts = [
            Account(Endpoint(api, server.base_url, api), Secret(server.token, api), demo.rate_card()) for api in APIS
        ]
        lanes = tuple(Lane.parse(f"{lane} @{api}") for api in APIS for lane in ASKED)
        with Engine(accounts, Limits(), Unrecorded()) as engine:
            running = engine.send(Round("s.1", Prompt("Why is the sky blue?"), lanes))
            while not all(one.take.verdict for one in running):
                engine.changed.wait(0.02)
                engine.changed.clear()
                for one in running:
                    one.drain()
    for at in (0, 4):
        streamed, whole, refused, too_many = (one.take for one in running[at : at + 4])
        for take, top in ((streamed, 5), (whole, 2)):
            tokens = tokens_of(take.logprobs, take.text)
            assert "".join(take.text[token.start : token.end] for token in tokens) == take.text
            assert {len(token.alternatives) for token in tokens} <= {top, top + 1}
            assert figures(tokens, 0.5).known == len(tokens) > 50
        assert (streamed.notices, whole.notices) == ([], ["not streamed"])
        assert refused.notices == ["this model gives no token probabilities: send to it without logprobs"]
        assert too_many.notices == ["this endpoint does not take logprobs=40: ask for fewer"]
