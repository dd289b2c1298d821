"""What happens to levels while positions of one party contradict each other."""

from host.proximity.types import Level
from tests.host.proximity.pair import Pair, levels


def test_her_fixes_prove_nothing_while_his_last_one_is_disbelieved() -> None:
    """An order was once cleared against a position that nobody believed any more."""
    pair = Pair()
    for s in range(0, 20, 5):
        pair.both(s, 900 + s)
    for s in range(20, 135, 5):
        assert levels(pair.both(s, 900 + 20 * (s - 15))) == []
    pair.offends(135, 9000)  # where he cannot be, if he was there before
    for s in range(140, 190, 5):
        assert levels(pair.walks(s, 0)) == []
    assert pair.level is Level.PRE_ALERT
    assert levels(pair.offends(190, 9000)) == [("clear", "evidence")]
