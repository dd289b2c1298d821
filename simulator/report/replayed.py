"""The run of recorded tracks, for its report."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path

from host.core.centre import Centre
from host.core.outcome import Outcome
from host.registry.types import Order, Role
from simulator.report.recording import Recording
from simulator.report.run import Closeness, Run, Wearer, thinned
from simulator.tracks.points import Track
from simulator.worlds.report import Event, Tell


class ReplayRecording(Recording):
    """Keeps the distance between the last believed fixes as well: there is no truer one."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(tell)
        self.distances: list[tuple[int, float]] = []

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:
        super().host_stands(centre, outcomes, now_ms)
        for state in centre.roster.orders.values():
            if isfinite(state.causes[0].distance_m):
                self.distances.append((now_ms, state.causes[0].distance_m))


def replayed(
    order: Order,
    tracks: Mapping[Role, Track],
    fixed: tuple[int, int] | None,
    recording: ReplayRecording,
    summary: Event,
    reading: Iterable[str],
) -> Run:
    """What there is to draw of it."""
    start_ms = min(track.start_ms for track in tracks.values())
    end_ms = max(track.end_ms for track in tracks.values())
    paths = {
        role: tuple((point.time_ms, point.lat_e7, point.lon_e7) for point in track.points)
        for role, track in tracks.items()
    }
    if fixed is not None:
        paths[Role.VICTIM] = ((start_ms, *fixed),)
    limits = (
        ("pre_alert", float(order.pre_alert_m)),
        ("alert", float(order.alert_m)),
        ("breach", float(order.contact_m)),
    )
    closeness = Closeness(
        order.id,
        f"victim:{Role.VICTIM}",
        Role.VICTIM,
        ((0, limits),),
        tuple(thinned(recording.distances, start_ms, end_ms)),
    )
    return Run(
        True,
        " + ".join(Path(track.name).name for track in tracks.values()),
        "",
        start_ms,
        end_ms,
        tuple(
            Wearer(str(role), (str(role),), role is Role.OFFENDER, path)
            for role, path in paths.items()
        ),
        (order,),
        (closeness,),
        (),
        tuple(recording.events),
        recording.promises,
        recording.assured,
        summary,
        reading=tuple(reading),
    )
