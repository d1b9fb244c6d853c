"""The estimate of tokens: near o200k for every kind of text, never 0 for something, the same for every cut of words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compare_tui.core.tokens import RunningEstimate, estimate_tokens

TOLERANCE = 0.25

PROSE = """The first thing a reader notices about a slow answer is not how long it takes to finish but how long nothing
happens at all. A page that begins to fill after half a second feels alive, even when the last paragraph arrives much
later. For that reason the time to the first token deserves a column of its own, next to the price, and it should be
measured where the bytes arrive, before any program has had the chance to make them wait. Everything measured behind
that point describes the program and not the service, and a comparison of services has no use for it."""

PYTHON = '''
class Account:
    """A balance that never falls below zero."""

    def __init__(self, owner: str, balance: int = 0) -> None:
        self.owner = owner
        self.balance = balance

    def withdraw(self, amount: int) -> None:
        if amount > self.balance:
            raise ValueError(f"{self.owner} has only {self.balance}")
        self.balance -= amount


def transfer(source: Account, target: Account, amount: int) -> None:
    source.withdraw(amount)
    target.balance += amount
    for account in (source, target):
        print(account.owner, account.balance)
'''

YAML = """services:
  database:
    image: postgres
    restart: always
    environment:
      database_name: inventory
      database_user: inventory
    volumes:
      - database_data:/var/lib/postgresql/data
  application:
    image: registry.example.com/inventory/application:latest
    depends_on:
      - database
    command: python manage.py runserver
"""

JSON = (
    '{"order":{"identifier":"order_100183","customer":{"name":"Ada Lovelace","city":"Turin","country":"Italy"},'
    '"items":[{"description":"notebook, ruled","quantity":2,"price":9.5},{"description":"fountain pen","quantity":1,'
    '"price":24.0}],"paid":true,"total":43.0,"currency":"EUR","comment":null,"status":"delivered","updated":"yesterday",'
    '"delivery":{"street":"Via Roma","number":12,"instructions":"leave it with the neighbours"}}}'
)

LOG = """2026-11-20 08:14:03 INFO  application.server: listening for connections on 0.0.0.0:8080
2026-11-20 08:14:09 INFO  application.requests: finished GET /api/orders with status 200 in 35 milliseconds
2026-11-20 08:14:11 WARNING application.database: connection pool exhausted, waiting for a free connection
2026-11-20 08:14:12 ERROR application.requests: failed GET /api/orders with status 503 after 1203 milliseconds
"""

CHINESE = """读者最先注意到的，不是答案要多久才能写完，而是在多长时间里什么都没有发生。
半秒之后就开始出现文字的页面让人觉得它是活的，即使最后一段很晚才到。
因此，第一个词出现的时间应该和价格一样单独列出来，并且应该在数据到达的地方测量。"""

JAPANESE = """読者が最初に気づくのは、答えが終わるまでの時間ではなく、何も起こらない時間の長さです。
半秒後に文字が現れ始めるページは、最後の段落がずっと後に届いたとしても、生きているように感じられます。
だから最初の文字までの時間は、値段の隣に並べて示すべきです。"""

RUSSIAN = """Читатель прежде всего замечает не то, сколько времени занимает ответ, а то, как долго вообще ничего не
происходит. Страница, которая начинает заполняться через полсекунды, кажется живой, даже если последний абзац приходит
намного позже. Поэтому время до первого слова должно стоять рядом с ценой."""

GERMAN = """Dem Leser fällt zuerst nicht auf, wie lange eine Antwort dauert, sondern wie lange überhaupt nichts
geschieht. Eine Seite, die sich nach einer halben Sekunde zu füllen beginnt, wirkt lebendig, auch wenn der letzte Absatz
erst viel später kommt. Darum gehört die Zeit bis zum ersten Wort neben den Preis."""


@pytest.mark.parametrize(
    ("text", "fewest_characters", "most_characters"),
    [
        pytest.param(PROSE, 4.7, 5.4, id="English prose"),
        pytest.param(PYTHON, 4.6, 4.9, id="Python"),
        pytest.param(YAML, 4.9, 4.9, id="YAML"),
        pytest.param(JSON, 3.2, 3.2, id="compact JSON"),
        pytest.param(LOG, 4.4, 4.4, id="logs"),
        pytest.param(CHINESE, 1.44, 1.44, id="Chinese"),
        pytest.param(JAPANESE, 1.55, 1.55, id="Japanese"),
        pytest.param(RUSSIAN, 4.3, 4.3, id="Russian"),
        pytest.param(GERMAN, 4.3, 4.3, id="German"),
    ],
)
def test_the_estimate_is_near_the_characters_per_token_measured_for_its_kind(
    text: str, fewest_characters: float, most_characters: float
) -> None:
    fewest = len(text) / most_characters * (1 - TOLERANCE)
    most = len(text) / fewest_characters * (1 + TOLERANCE)
    assert fewest <= estimate_tokens(text) <= most


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("hello world", 2),
        ("letters", 1),
        ("considerable", 2),  # 1 and 5 further letters at 0.17
        ("123", 1),
        ("1234567", 3),
        ("\n\r\n\n", 1),
        ("a b\tc", 3),
        ("{}();", 3),
        ("中文字体", 3),
        ("привет", 2),
        ("—…", 1),
        ("🦊", 1),
    ],
)
def test_each_class_of_characters_counts_as_its_rule_says(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@example(" ")
@example("\t \t")
@given(st.text(min_size=1))
def test_no_text_but_the_empty_one_comes_to_nothing(text: str) -> None:
    assert estimate_tokens(text) > 0


@pytest.mark.parametrize("text", [PROSE, PYTHON, JSON, CHINESE])
def test_a_text_that_grows_word_by_word_comes_to_the_same(text: str) -> None:
    running = RunningEstimate()
    for word in text.split(" "):
        running.add(f"{word} ")
    assert running.tokens == pytest.approx(estimate_tokens(text), rel=0.01)


@given(st.lists(st.text()))
def test_a_running_estimate_never_falls_and_never_undercounts(pieces: list[str]) -> None:
    running = RunningEstimate()
    seen = [0]
    for piece in pieces:
        running.add(piece)
        seen.append(running.tokens)
    assert seen == sorted(seen)
    assert running.tokens == seen[-1]
    assert running.tokens >= estimate_tokens("".join(pieces)) - 1
