"""What positions that contradict each other, or are told twice, leave in the log and as news."""

from host.ingest.news import Doubted, Moved
from host.proximity.hypothesis import OUTLIER, Dropped
from host.proximity.track import IMPOSSIBLE_SPEED, SAME_EPOCH
from tests.host.ingest.bracelet import Bracelet, kinds, verdicts


def test_an_impossible_jump_is_kept_flagged_and_doubted() -> None:
    bracelet = Bracelet()
    bracelet.receive(0, bracelet.sealer.fix(0))
    told = bracelet.receive(5, bracelet.sealer.fix(5, 90_000))
    assert verdicts(told) == [("fix", IMPOSSIBLE_SPEED)]
    assert kinds(told) == [Doubted]
    for second in (10, 15, 20):
        told = bracelet.receive(second, bracelet.sealer.fix(second, second))
    assert kinds(told) == [Dropped, Moved]
    dropped = told.news[0]
    assert isinstance(dropped, Dropped)
    assert (dropped.fix.sequence, dropped.reason) == (2, OUTLIER)


def test_the_same_epoch_told_again_is_counted_and_moves_nothing() -> None:
    bracelet = Bracelet()
    bracelet.receive(0, bracelet.sealer.fix(0))
    told = bracelet.receive(1, bracelet.sealer.fix(0))
    assert verdicts(told) == [("fix", SAME_EPOCH)]
    assert kinds(told) == [Doubted]
