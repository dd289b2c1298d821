"""How long may be slept so that a unit is missed in time."""

from hypothesis import given
from hypothesis import strategies as st

from host.proximity.lease import lease_within_s
from protocol.contact import margin_s


@given(st.floats(0, 700))
def test_whoever_sleeps_as_long_as_may_be_is_missed_in_time_and_no_sooner(silent_s: float) -> None:
    lease_s = lease_within_s(silent_s)
    assert lease_s + margin_s(lease_s) <= silent_s + 1e-6
    longer_s = lease_s + 1
    assert longer_s + margin_s(longer_s) > silent_s
