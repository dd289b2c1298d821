"""A bracelet at the host's ingest, and what it makes of each message."""

from collections import Counter
from typing import NamedTuple

from host.ingest.intake import take
from host.ingest.news import News
from host.ingest.reception import Reception
from host.ingest.row import RecordRow
from host.ingest.wearer import Wearer
from tests.host.driven_centre import BRACELET, Sealer, at_ms


class Told(NamedTuple):
    """What came of one message."""

    rows: list[RecordRow]
    news: list[News]
    answered: int
    newest: int


class Bracelet:
    """The bracelet, and the host's idea of its wearer."""

    def __init__(self) -> None:
        self.sealer = Sealer(BRACELET)
        self.wearer = Wearer(BRACELET)
        self.wearer.connected = True  # as the centre notes of what it hears
        self.wearer.change_hands("juan", 0, 0)
        self.counters: Counter[str] = Counter()

    def receive(self, at_s: float, *sealed: bytes) -> Told:
        wearer, now_ms = self.wearer, at_ms(at_s)
        parts, answered, newest = take(b"".join(sealed), wearer.channel, wearer.ledger)
        reception = Reception(wearer, wearer.track.contact_ms, now_ms, self.counters)
        news = list(reception.read(parts))
        wearer.track.contact_ms = now_ms
        return Told(reception.rows, news, answered, newest)


def verdicts(told: Told) -> list[tuple[str, str]]:
    return [(row.kind, row.verdict) for row in told.rows]


def kinds(told: Told) -> list[type[News]]:
    return [type(news) for news in told.news]
