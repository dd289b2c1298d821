"""The judge is judged: the host follows a wrong rule, and the judge finds that it does.

Each in one small world that shows it; in the same world nothing is found of the host as it is.
"""

import pytest

from tests.simulator.judges.second.play import findings
from tests.simulator.judges.second.scenes import SCENES
from tests.simulator.mutants import HOST

# mutant -> (the world that shows it, the rule that the judge names)
SHOWN = {
    "margin_left_out": ("he drives by", "assured.too_long"),
    "age_forgotten": ("he drives by", "assured.too_long"),
    "radius_of_95_percent": ("a wavering receiver", "assured.too_long"),
    "no_least_radius": ("two offenders", "lease.too_long"),
    "his_speed_forgotten": ("he drives by", "assured.too_long"),
    "her_rest_is_for_ever": ("down while he goes", "assured.too_long"),
    "promise_counts_on_his_rest": ("both rest", "assured.too_long"),
    "alert_distance_forgotten": ("he drives by", "assured.too_long"),
    "zone_forgotten": ("a zone at noon", "assured.too_long"),
    "outlier_taken_as_anchor": ("a jump", "assured.unknown"),
    "dropped_after_one_fix": ("a jump", "assured.unknown"),
    "told_again_is_evidence": ("an outlier, told twice", "watched.unseen"),
    "outlier_forgotten": ("far away each fifth time", "assured.unknown"),
    "promise_by_the_newest": ("a jump", "assured.unknown"),
    "level_by_the_newest": ("there and far away", "level.missed"),
    "outlier_alarms": ("an outlier", "level.unfounded"),
    "coarse_is_contact": ("1800 m of accuracy", "level.unfounded"),
    "strap_ignored": ("a strap cut", "assured.too_long"),
    "moving_off_ignored": ("she rests, then drives", "assured.too_long"),
    "future_believed": ("a clock ahead, and deaf", "level.lowered"),
    "new_version_assured_at_once": ("a new version", "assured.unknown"),
    "distances_of_the_old_version": ("a new version", "assured.too_long"),
    "silence_is_safety": ("cut off near her", "watched.unseen"),
    "heard_is_watched": ("no sky near her", "watched.unseen"),
    "dated_by_receipt": ("held back", "watched.unseen"),
    "unassured_unsaid": ("cut off near her", "condition.untold"),
    "alarms_once_he_may_be_anywhere": ("near her, and no sky", "unassured.silent"),
    "alarms_for_nothing": ("cut off far from her", "unassured.early"),
    "held_for_twice_as_long": ("cut off far from her", "unassured.silent"),
    "new_is_an_alarm": ("he drives by", "unassured.early"),
    "new_over_and_over": ("off and on again", "unassured.silent"),
    "new_hides_what_is_worse": ("near her, and no sky", "unassured.silent"),
    "boundary_ignored": ("a zone at noon", "assured.too_long"),
    "lease_without_margin": ("he drives by", "lease.too_long"),
    "no_connection_forgotten": ("both rest", "lease.too_long"),
    "cap_ignored": ("100 km", "lease.too_long"),
    "near_cap_ignored": ("no sky while he goes", "lease.too_long"),
    "lease_twice_as_long": ("he drives by", "lease.too_long"),
    "his_lease_tells_that_she_is_near": ("no sky near her", "lease.tells"),
    "his_lease_tells_of_a_pre_alert": ("she walks up to him", "lease.tells"),
    "his_lease_tells_of_a_hidden_zone": ("a hidden zone", "lease.tells"),
    "no_floor_after_a_warning": ("he comes and goes", "lease.tells"),
    "strict_like_supervised": ("she walks up to him", "lease.tells"),
    "first_order_only": ("two offenders", "promise.too_long"),
    "rest_unflagged": ("she rests, then drives", "promise.when_she_moves"),
    "left_after_60_s": ("he comes and goes", "level.lowered"),
    "left_after_2_fixes": ("no sky while he goes", "level.lowered"),
    "level_lowered_by_a_timer": ("no sky after", "level.lowered"),
    "chance_of_being_near_ignored": ("she walks up to him", "level.missed"),
    "chance_of_being_still_near_ignored": ("a diffident receiver", "level.lowered"),
    "left_at_the_limit": ("he comes and goes", "level.lowered"),
    "stale_position_clears": ("no sky after", "level.lowered"),
    "passing_unseen": ("he drives by closely", "level.missed"),
    "only_he_moves": ("she walks up to him", "level.missed"),
    "falls_to_clear": ("he comes and goes", "level.lowered"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_wrong_rule_is_found(name: str) -> None:
    scene, rule = SHOWN[name]
    with HOST.wrong(name):
        found = findings(SCENES[scene])
    assert rule in {one.rule for one in found}


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_found_of_the_host_as_it_is(scene: str) -> None:
    assert findings(SCENES[scene]) == []


def test_every_wrong_rule_is_shown_somewhere() -> None:
    assert SHOWN.keys() == HOST.keys()
