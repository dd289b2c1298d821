"""Run recorded tracks through the host: what would it have said, and when?

Every point of the tracks becomes a sealed record that the host receives at the point's own time;
ingest, proximity, escalation and store are the host's own, on virtual time.
"""

import argparse
from dataclasses import replace
from heapq import merge
from math import inf
from pathlib import Path
from typing import Any

from host.base.clock import iso
from host.base.errors import UsageError
from host.core.outcome import Input, Placed, Received
from host.escalation.policy import default, read_policy
from host.proximity.fix import make_fix
from host.proximity.types import Signal, Source
from host.registry.forms import DISTANCE_MAX_M
from host.registry.types import (
    DEFAULT_POLICY,
    Assignment,
    Order,
    PolicyDocument,
    Registry,
    Role,
    Strength,
    Unit,
)
from protocol import record
from protocol.seal import Channel, up_channel
from simulator.parts.virtual_host import VirtualHost
from simulator.report import option
from simulator.report.recording import Recording
from simulator.report.replayed import ReplayRecording, replayed
from simulator.tracks.gathering import NO_TIME, UNREADABLE_TIME
from simulator.tracks.numbers import numbers, place
from simulator.tracks.points import Point, Track
from simulator.tracks.read import KINDS, read
from simulator.tracks.telling import track_object, track_sentences
from simulator.tracks.times import DateOrder
from simulator.worlds.beginnings import Beginnings
from simulator.worlds.gaps import Gaps
from simulator.worlds.report import Tell, signal_event, tell_json, tell_people
from simulator.worlds.scratch import scratch_store

ACCURACY_M = 10.0  # 95 %, where neither the file nor an option says
ACCURACY_MAX_M = 6500.0  # what a record can carry
ORDER = "replay"
_SECRET = bytes(32)
_KEY = bytes(32)
_SATELLITES = record.pack_satellites(8, record.CLOCK_RESOLVED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--offender", type=Path, required=True, metavar="FILE", help=f"his track: {KINDS}")
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
    add(
        "--time-zone",
        default="UTC",
        metavar="ZONE",
        help="of times that name none, such as Europe/Madrid (default: %(default)s)",
    )
    add(
        "--dates",
        type=DateOrder,
        choices=list(DateOrder),
        help="what comes first in 05/03/2026, where the file does not tell",
    )
    add(
        "--strength",
        type=Strength,
        choices=list(Strength),
        default=Strength.STRICT,
        help="of the order (default: %(default)s)",
    )
    add(
        "--policy",
        type=Path,
        metavar="FILE",
        help="whose quiet clock holds the alarms (default: the host's own); the summary says what "
        "that costs in lead time",
    )
    add("--align", choices=["start"], help="move the second track's start onto the first's")
    add("--json", action="store_true", help="one JSON object a line, a summary last")
    option.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print what the host says, then a summary. Raises UsageError for what cannot be replayed."""
    option.require_folder(args.report)
    order, policy = _order(args), _policy(args.policy)
    offender = _track(args.offender, args.offender_accuracy_m, args)
    fixed = place("--victim", args.victim)
    if fixed is None:
        if not Path(args.victim).exists():
            raise UsageError(
                f"--victim {args.victim}: there is no such file, and a place is LAT,LON, "
                "as in 14.6349,-90.5069"
            )
        victim = _track(Path(args.victim), args.victim_accuracy_m, args)
        if args.align:
            victim = victim.starting_at(offender.start_ms)
        _require_overlap(offender, victim)
        tracks = {Role.OFFENDER: offender, Role.VICTIM: victim}
    else:
        tracks = {Role.OFFENDER: offender}
    reading = [line for track in tracks.values() for line in track_sentences(track, ACCURACY_M)]
    if not args.json:
        print(*reading, sep="\n", end="\n\n")
    recording = ReplayRecording(tell_json if args.json else tell_people)
    summary = replay(order, tracks, fixed, recording, policy)
    recording.pass_on(summary)
    if args.report is not None:
        told = replayed(order, tracks, fixed, recording, summary, reading)
        option.write_report(args.report, told, args.language)
    return 0


def replay(
    order: Order,
    tracks: dict[Role, Track],
    fixed: tuple[int, int] | None,
    recording: Recording,
    policy: PolicyDocument,
) -> dict[str, Any]:
    """Replay one or two tracks, the victim at a fixed place if given; returns the summary."""
    start_ms = min(track.start_ms for track in tracks.values())
    units = tuple(Unit(_name(role), role, _KEY, 1) for role in tracks)
    worn = tuple(Assignment(_name(role), str(role), 0) for role in tracks)
    transitions, nearest_m, gaps = 0, inf, Gaps()
    with scratch_store() as store:
        store.enter(Registry(units, worn, (order,), policies=(policy,)), start_ms)
        beginnings = Beginnings()
        host = VirtualHost(store, _SECRET, start_ms, lambda *_: None)
        inputs: list[Input] = []
        if fixed is not None:
            fix = make_fix("", 0, start_ms, *fixed, 0.0, fixed=True)
            inputs.append(Placed(Role.VICTIM, fix, start_ms))
        messages = [list(_messages(role, track)) for role, track in tracks.items()]
        for message in merge(*messages, key=lambda message: message.at_ms):
            outcomes = host.step([*inputs, message], message.at_ms)
            inputs = []
            signals = [signal for outcome in outcomes for signal in outcome.signals]
            for signal in signals:
                gaps.signal(signal)
            told = [news for signal in signals for news in beginnings.news(signal)]
            transitions += _tell(told, recording.tell)
            recording.host_stands(host.centre, outcomes, message.at_ms)
            cause = host.centre.roster.orders[order.id].causes[0]
            nearest_m = min(nearest_m, cause.distance_m)
        stored = sum(row.kind == "fix" for _, row in store.records())
    return {
        "type": "summary",
        "fixes": sum(map(len, messages)),
        "stored": stored,
        "transitions": transitions,
        "min_distance_m": None if nearest_m == inf else round(nearest_m, 2),
        **gaps.summary(),
        "left_out": sum(_without_time(track) for track in tracks.values()),
        "not_believed": {
            reason: count
            for reason, count in sorted(host.centre.counters.items())
            if reason != "accepted"
        },
        "tracks": [track_object(track) for track in tracks.values()],
    }


def _without_time(track: Track) -> int:
    """How many of the file's points have no usable time."""
    return sum(track.account.left_out.get(reason, 0) for reason in (NO_TIME, UNREADABLE_TIME))


def _tell(signals: list[Signal], tell: Tell) -> int:
    """Returns how many of them were transitions."""
    events = [event for signal in signals if (event := signal_event(signal)) is not None]
    for event in events:
        tell(event)
    return sum(event["type"] == "transition" for event in events)


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
    quality = record.THREE_D if point.source is Source.GNSS else 0
    fix = record.Fix(
        sequence,
        record.UTC,
        point.time_ms // 1000,
        point.time_ms % 1000,
        point.lat_e7,
        point.lon_e7,
        min(accuracy_dm, round(ACCURACY_MAX_M * 10)),
        min(round((point.speed_m_s or 0.0) * 100), record.SPEED_CM_S_MAX),
        round((point.course_deg or 0.0) * 256 / 360) % 256,
        record.pack_source(int(point.source), quality),
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
    radii_m = alert_m, pre_alert_m, contact_m
    return Order(ORDER, 1, Role.OFFENDER, (Role.VICTIM,), *radii_m, args.strength)


def _policy(file: Path | None) -> PolicyDocument:
    """The file's, in the place of the one that the order names."""
    policy = default() if file is None else read_policy(file)
    return replace(policy.document, name=DEFAULT_POLICY)


def _track(path: Path, accuracy_m: float | None, args: argparse.Namespace) -> Track:
    track = read(path, args.time_zone, args.dates)
    if accuracy_m is None:
        return track
    points = tuple(point._replace(accuracy_m=accuracy_m) for point in track.points)
    told = {f"as told: {accuracy_m:g} m": len(points)}
    return replace(track, points=points, account=replace(track.account, accuracy=told))


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
