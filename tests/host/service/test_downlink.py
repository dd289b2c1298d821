"""Command numbers: none twice, whatever the clock does."""

from host.core.outcome import Outcome
from host.service.downlink import Downlink
from protocol import command
from tests.host.units import VICTIM_UNIT, FieldUnit

LAST_MS = 1_790_000_000_000


def test_numbers_go_on_although_the_clock_went_back() -> None:
    sent: list[bytes] = []
    units = {VICTIM_UNIT.id: VICTIM_UNIT}
    before = Downlink(lambda _, sealed: sent.append(sealed), units.__getitem__, 0)
    burst = Outcome(fix_now=["V1"] * 5)
    before.send(burst, LAST_MS)  # numbers run ahead of the clock
    after = Downlink(lambda _, sealed: sent.append(sealed), units.__getitem__, LAST_MS)
    after.send(burst, LAST_MS - 30_000)
    numbers = [FieldUnit(VICTIM_UNIT).read(sealed).number for sealed in sent]
    assert numbers == sorted(set(numbers))
    assert all(isinstance(FieldUnit(VICTIM_UNIT).read(one), command.FixNow) for one in sent)
