"""What the judge holds for shown, and for proven to be over."""

from host.registry.types import Order, Zone
from simulator.judges.second import intrusion, nearness
from simulator.judges.second.fix import Fix
from simulator.judges.second.levels import ALERT, BREACH, CLEAR, PRE_ALERT, Levels
from simulator.judges.second.party import Party
from simulator.scenario.ground import Spot, moved

PLACE = (146_349_000, -905_069_000)
START_MS = 1_780_000_000_000
ORDER = Order("order", 1, "he", ("she",))


def fix(at_s: float, spot: Spot, a95_m: float = 5, *, satellites: bool = True) -> Fix:
    at_ms = START_MS + round(at_s * 1000)
    return Fix(round(at_s) + 1, at_ms, spot, a95_m, satellites, False, True, at_ms)


class Pair:
    """She stands; he is so far to the north of her."""

    def __init__(self) -> None:
        self.levels = Levels()
        self.his, self.hers = Party("B1", 0, 40), Party("V1", 0, 40)

    def he(self, at_s: float, north_m: float, a95_m: float = 5, *, satellites: bool = True) -> None:
        north = moved(PLACE, north_m, 0)
        self.tell(self.his, fix(at_s, north, a95_m, satellites=satellites))

    def she(self, at_s: float) -> None:
        self.tell(self.hers, fix(at_s, PLACE))

    def tell(self, party: Party, told: Fix) -> None:
        party.take(told)
        nearness.look(self.levels, ORDER, self.his, self.hers, party, told.received_ms)

    def both(self, at_s: float, north_m: float) -> None:
        self.she(at_s)
        self.he(at_s, north_m)

    def wrong(self, said: int) -> str:
        found = self.levels.settle(said)
        return found[0] if found else ""


def test_a_level_is_entered_at_the_first_position_that_shows_it() -> None:
    pair = Pair()
    pair.both(0, 2500)
    assert pair.wrong(CLEAR) == ""
    pair.both(60, 495)
    assert pair.wrong(PRE_ALERT) == "level.missed"
    pair.both(65, 495)
    assert pair.wrong(ALERT) == ""
    assert pair.wrong(BREACH) == "level.unfounded"


def test_near_the_limit_either_is_right() -> None:
    for said in (PRE_ALERT, ALERT):
        pair = Pair()
        pair.both(0, 502.0)
        assert pair.wrong(said) == ""


def test_cells_raise_no_more_than_a_pre_alert() -> None:
    pair = Pair()
    pair.she(0)
    pair.he(0, 50, satellites=False)
    assert pair.wrong(PRE_ALERT) == ""
    assert pair.wrong(BREACH) == "level.unfounded"


def test_passing_between_two_positions_is_seen() -> None:
    pair = Pair()
    pair.she(0)
    pair.he(0, 1000)
    pair.he(60, -1000)
    assert pair.wrong(BREACH) == ""


def departed(until_s: int, step_s: int = 5, far_m: float = 650) -> Pair:
    pair = Pair()
    pair.both(0, 420)
    assert pair.wrong(ALERT) == ""
    for at_s in range(step_s, until_s + 1, step_s):
        pair.both(at_s, far_m + 0.1 * at_s)
        if at_s < until_s:
            assert pair.wrong(ALERT) == ""
    return pair


def test_a_level_is_left_after_two_minutes_of_evidence_and_not_before() -> None:
    assert departed(100).wrong(PRE_ALERT) == "level.lowered"
    assert departed(125).wrong(PRE_ALERT) == ""
    assert departed(125).wrong(ALERT) == "level.kept"


def test_one_position_inside_begins_it_anew() -> None:
    pair = departed(100)
    assert pair.wrong(ALERT) == ""
    pair.both(105, 520)
    assert pair.wrong(ALERT) == ""
    for at_s in range(110, 136, 5):
        pair.both(at_s, 650 + 0.1 * at_s)
        assert pair.wrong(ALERT) == ""
    assert pair.wrong(PRE_ALERT) == "level.lowered"


def test_coarse_or_stale_positions_prove_nothing() -> None:
    pair = Pair()
    pair.both(0, 400)
    assert pair.wrong(ALERT) == ""
    for at_s in range(5, 200, 5):
        pair.he(at_s, 500 + 20 * at_s)  # where she was is long ago
        assert pair.wrong(ALERT) == ""
    assert pair.wrong(PRE_ALERT) == "level.lowered"


def test_a_zone_has_a_margin_and_an_inside() -> None:
    zone = Zone("z", "school", (PLACE,), 300, margin_m=200)
    for north_m, right in ((800, CLEAR), (650, PRE_ALERT), (450, ALERT), (250, BREACH)):
        for said in (CLEAR, PRE_ALERT, ALERT, BREACH):
            levels, his = Levels(), Party("B1", 0, 40)
            his.take(fix(0, moved(PLACE, north_m, 0)))
            intrusion.look(levels, zone, his, his, START_MS)
            assert (levels.settle(said) is None) is (said == right)


# What contradicts


def test_a_lone_one_that_contradicts_all_others_shows_nothing() -> None:
    pair = Pair()
    for at_s in range(0, 30, 5):
        pair.both(at_s, 3000 + at_s)
    pair.he(30, 90)
    assert pair.wrong(CLEAR) == ""
    pair.he(30, 90)
    assert pair.wrong(BREACH) == "level.unfounded"
    pair.he(35, 95)
    assert pair.wrong(CLEAR) == "level.missed"


def test_a_level_is_left_only_when_each_is_outside() -> None:
    pair = Pair()
    for at_s in range(0, 300, 5):
        pair.both(at_s, 3000 + at_s if at_s % 15 else 90)
        assert pair.wrong(BREACH) == ""
    assert pair.his.torn
    assert pair.wrong(PRE_ALERT) == "level.lowered"


def test_what_keeps_coming_back_is_held_and_what_is_alone_is_not() -> None:
    pair = Pair()
    for at_s in range(0, 60, 5):
        pair.both(at_s, 3000 + at_s)
    pair.he(60, 9000)
    for at_s in (65, 70):
        pair.he(at_s, 3000 + at_s)
        assert pair.his.torn
    pair.he(75, 3075)
    assert not pair.his.torn
    pair.he(80, 9000)
    for at_s in range(85, 200, 5):
        pair.he(at_s, 3000 + at_s)
        assert pair.his.torn
    pair.he(200, 3200)
    assert not pair.his.torn
