"""Wrong rules of contradicting positions, and of coarse ones: what is believed, how long."""

from typing import Any

from host.proximity import cause, hypothesis
from host.proximity.hypothesis import OUTLIER, Hypothesis
from host.proximity.track import Track
from host.proximity.types import Fix, Level
from tests.simulator.mutants.mutant import HOST, Patches, after


@HOST.mutant
def outlier_taken_as_anchor() -> Patches:
    """What cannot be true may not promise anything."""
    yield Hypothesis, "admits", lambda *_: True


@HOST.mutant
def dropped_after_one_fix() -> Patches:
    """One more position may be wrong as well."""

    def why_dropped(one: Hypothesis, held: list[Hypothesis], _: int) -> str:
        return OUTLIER if any(other.fix.time_ms > one.fix.time_ms for other in held) else ""

    yield Hypothesis, "why_dropped", why_dropped


@HOST.mutant
def told_again_is_evidence() -> Patches:
    """A receiver that tells an epoch twice knows no more than one that tells it once."""

    def remember(one: Hypothesis) -> None:
        one.latest = (*one.latest[-2:], one.fix)

    yield Hypothesis, "remember", remember
    yield hypothesis, "_place", lambda fix: fix.sequence


@HOST.mutant
def outlier_forgotten() -> Patches:
    """One that keeps coming back is none."""

    def forget(said: str, track: Track, *_: Any) -> str:
        track.outliers = ()
        return said

    yield Track, "_weigh", after(Track._weigh, forget)


@HOST.mutant
def promise_by_the_newest() -> Patches:
    """The other one may be true."""

    def agree(_: None, track: Track) -> None:
        track.contested = False

    yield Track, "_show", after(Track._show, agree)


@HOST.mutant
def level_by_the_newest() -> Patches:
    """The other one may be true, and near her."""

    def newest(_: None, track: Track) -> None:
        track.shown = track.shown[:1]

    yield Track, "_show", after(Track._show, newest)


@HOST.mutant
def outlier_alarms() -> Patches:
    """A lone position that fits no other shakes her for nothing."""

    def believe(said: str, track: Track, fix: Fix, *_: Any) -> str:
        for one in track.hypotheses:
            one.shows = True
        track._show()
        return "" if track.fix is fix else said

    yield Track, "believe", after(Track.believe, believe)


@HOST.mutant
def coarse_is_contact() -> Patches:
    """Half a percent is no contact."""
    yield cause, "_ceiling", lambda *_: Level.BREACH
