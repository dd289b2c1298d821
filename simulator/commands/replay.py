"""Run recorded tracks through the host: what would it have said, and when?

Every point of the tracks becomes a sealed record that the host receives at the point's own time;
ingest, proximity, escalation and store are the host's own, on virtual time.
"""

import argparse
from heapq import merge
from math import inf
from pathlib import Path
from typing import Any

from host.base.clock import iso
from host.base.errors import UsageError
from host.core.outcome import Input, Outcome, Placed, Received
from host.proximity.track import make_fix
from host.registry.forms import DISTANCE_MAX_M
from host.registry.types import Assignment, Order, Registry, Role, Unit
from protocol import record
from protocol.seal import Channel, up_channel
from simulator.parts.virtual_host import VirtualHost
from simulator.tracks.tracks import Point, Track, numbers, place, read
from simulator.worlds.report import Tell, signal_event, tell_json, tell_people
from simulator.worlds.scratch import scratch_store

ACCURACY_M = 10.0  # 95 %, where neither the file nor an option says
ACCURACY_MAX_M = 6500.0  # what a record can carry
ORDER = "replay"
_SECRET = bytes(32)
_KEY = bytes(32)
_SATELLITES = record.pack_satellites(8, record.CLOCK_RESOLVED)
_SOURCE = record.pack_source(record.GNSS, record.THREE_D)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    track = "GPX, CSV (time,lat,lon[,accuracy_m]) or a receiver's log"
    add("--offender", type=Path, required=True, metavar="FILE", help=f"his track: {track}")
    add(
        "--victim",
        required=True,
        metavar="FILE|LAT,LON",
        help="her track, or a fixed place (in the south: --victim=LAT,LON)",
    )
    add(
        "--alert-m",
        type=_radius,
        default=500,
        metavar="METRES",
        help="alert distance (default: 500)",
    )
    add("--pre-alert-m", type=_radius, metavar="METRES", help="default: twice the alert distance")
    add(
        "--contact-m",
        type=_radius,
        metavar="METRES",
        help="default: 100, at most the alert distance",
    )
    for whose in ("offender", "victim"):
        add(
            f"--{whose}-accuracy-m",
            type=_accuracy,
            metavar="METRES",
            help="95 %% radius of every fix (default: what the file says, else 10)",
        )
    add("--align", choices=["start"], help="move the second track's start onto the first's")
    add("--json", action="store_true", help="one JSON object a line, a summary last")


def run(args: argparse.Namespace) -> int:
    """Print what the host says, then a summary. Raises UsageError for what cannot be replayed."""
    order = _order(args)
    offender = _track(args.offender, args.offender_accuracy_m)
    fixed = place("--victim", args.victim)
    if fixed is None:
        if not Path(args.victim).exists():
            raise UsageError(
                f"--victim {args.victim}: there is no such file, and a place is LAT,LON, "
                "as in 14.6349,-90.5069"
            )
        victim = _track(Path(args.victim), args.victim_accuracy_m)
        if args.align:
            victim = victim.starting_at(offender.start_ms)
        _require_overlap(offender, victim)
        tracks = {Role.OFFENDER: offender, Role.VICTIM: victim}
    else:
        tracks = {Role.OFFENDER: offender}
    tell = tell_json if args.json else tell_people
    tell(replay(order, tracks, fixed, tell))
    return 0


def replay(
    order: Order, tracks: dict[Role, Track], fixed: tuple[int, int] | None, tell: Tell
) -> dict[str, Any]:
    """Replay one or two tracks, the victim at a fixed place if given; returns the summary."""
    start_ms = min(track.start_ms for track in tracks.values())
    units = tuple(Unit(_name(role), role, _KEY, 1) for role in tracks)
    worn = tuple(Assignment(_name(role), str(role), 0) for role in tracks)
    transitions, nearest_m = 0, inf
    with scratch_store() as store:
        store.enter(Registry(units, worn, (order,)), start_ms)
        host = VirtualHost(store, _SECRET, start_ms, lambda *_: None)
        inputs: list[Input] = []
        if fixed is not None:
            fix = make_fix("", 0, start_ms, *fixed, 0.0, fixed=True)
            inputs.append(Placed(Role.VICTIM, fix, start_ms))
        messages = [list(_messages(role, track)) for role, track in tracks.items()]
        for message in merge(*messages, key=lambda message: message.at_ms):
            outcomes = host.step([*inputs, message], message.at_ms)
            inputs = []
            transitions += _tell(outcomes, tell)
            cause = host.centre.roster.orders[order.id].causes[0]
            nearest_m = min(nearest_m, cause.distance_m)
        stored = sum(row.kind == "fix" for _, row in store.records())
    return {
        "type": "summary",
        "fixes": sum(map(len, messages)),
        "stored": stored,
        "transitions": transitions,
        "min_distance_m": None if nearest_m == inf else round(nearest_m, 2),
        "left_out": sum(track.left_out for track in tracks.values()),
        "not_believed": {
            reason: count
            for reason, count in sorted(host.centre.counters.items())
            if reason != "accepted"
        },
    }


def _tell(outcomes: list[Outcome], tell: Tell) -> int:
    """Tell the signals; returns how many of them were transitions."""
    transitions = 0
    for outcome in outcomes:
        for signal in outcome.signals:
            event = signal_event(signal)
            if event is not None:
                tell(event)
                transitions += event["type"] == "transition"
    return transitions


def _messages(role: Role, track: Track) -> list[Received]:
    """Each point as the unit would have sent it at that instant."""
    unit = _name(role)
    channel = up_channel(_KEY, unit, 1)
    return [
        Received(unit, _sealed(point, sequence, channel), point.time_ms)
        for sequence, point in enumerate(track.points, start=1)
    ]


def _sealed(point: Point, sequence: int, channel: Channel) -> bytes:
    accuracy_dm = max(1, round((point.accuracy_m or ACCURACY_M) * 10))
    fix = record.Fix(
        sequence,
        record.UTC,
        point.time_ms // 1000,
        point.time_ms % 1000,
        point.lat_e7,
        point.lon_e7,
        min(accuracy_dm, round(ACCURACY_MAX_M * 10)),
        0,
        0,
        _SOURCE,
        100,
        _SATELLITES,
        0,
    )
    return record.encode(fix, channel)


def _name(role: Role) -> str:
    return str(role)


# Arguments


def _radius(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= DISTANCE_MAX_M):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no radius: whole metres, 1 to {DISTANCE_MAX_M}"
        )
    return int(text)


def _accuracy(text: str) -> float:
    value = numbers((text,))
    if value is None or not 0 < value[0] <= ACCURACY_MAX_M:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no accuracy: metres, more than 0, at most {ACCURACY_MAX_M:g}"
        )
    return value[0]


def _order(args: argparse.Namespace) -> Order:
    alert_m = args.alert_m
    pre_alert_m = 2 * alert_m if args.pre_alert_m is None else args.pre_alert_m
    contact_m = min(100, alert_m) if args.contact_m is None else args.contact_m
    if pre_alert_m < alert_m:
        raise UsageError(
            f"--pre-alert-m {pre_alert_m} is less than --alert-m {alert_m}: "
            "the pre-alert distance must not be below the alert distance"
        )
    if contact_m > alert_m:
        raise UsageError(
            f"--contact-m {contact_m} is more than --alert-m {alert_m}: "
            "the contact distance must not be above the alert distance"
        )
    return Order(ORDER, 1, Role.OFFENDER, (Role.VICTIM,), alert_m, pre_alert_m, contact_m)


def _track(path: Path, accuracy_m: float | None) -> Track:
    track = read(path)
    if accuracy_m is None:
        return track
    points = tuple(point._replace(accuracy_m=accuracy_m) for point in track.points)
    return Track(track.name, points, track.left_out)


def _require_overlap(offender: Track, victim: Track) -> None:
    if offender.start_ms <= victim.end_ms and victim.start_ms <= offender.end_ms:
        return
    spans = " and ".join(
        f"{iso(track.start_ms)} to {iso(track.end_ms)}" for track in (offender, victim)
    )
    raise UsageError(
        f"the tracks do not overlap in time ({spans}); --align start would move the second's "
        "start onto the first's"
    )
