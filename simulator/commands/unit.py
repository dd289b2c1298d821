"""Run one simulated unit for a host of yours: real firmware, a serial port, a place or track.

While it runs it takes words, a line each, from the terminal and from the control socket, and says
what its wearer feels.
"""

import argparse
import time
from contextlib import ExitStack
from pathlib import Path
from queue import Empty

from firmware.tools.bytecode import compile_all
from host.base.catalogue import catalogue
from host.base.errors import UsageError
from host.base.loopback import LOOPBACK
from host.service.broker_address import own_broker, parse_address
from protocol.enrolment import BRACELET, VICTIM
from simulator.parts.cable import Cable
from simulator.parts.control import Control
from simulator.parts.live_unit import LiveUnit
from simulator.parts.noise import Sight
from simulator.parts.played_wearer import WORDS, PlayedWearer
from simulator.parts.receiver import epoch
from simulator.parts.relay import Relay
from simulator.scenario.movement import STILL_M_S, Node, along_track
from simulator.scenario.movement import Path as Way
from simulator.tracks.numbers import place
from simulator.tracks.read import KINDS, read
from simulator.worlds.live import end_on_signals
from simulator.worlds.scratch import scratch_folder

ACCURACY_M = 5.0
BATTERY_PCT = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--role", required=True, choices=[BRACELET, VICTIM], help="what it is built as")
    add(
        "--broker",
        type=_broker,
        metavar="[USER:PASSWORD@]HOST:PORT",
        help="where it reports once it is provisioned (default: the own broker of the host that "
        "runs on the folder, or 127.0.0.1:1883)",
    )
    add("--folder", type=Path, default=Path("resguardo-data"), help="the host's (%(default)s)")
    add("--control", type=Path, metavar="SOCKET", help="where it takes the same words from others")
    words = "; ".join(f"{word}: {what}" for word, what in WORDS.items())
    parser.epilog = f"While it runs: {words}."
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--at", default="14.6349,-90.5069", metavar="LAT,LON", help="default: %(default)s"
    )
    where.add_argument("--track", type=Path, metavar="FILE", help=KINDS)
    add("--flash", type=Path, metavar="FILE", help="its memory (default: a new one each time)")


def run(args: argparse.Namespace) -> int:
    """Until Ctrl-C."""
    way = _way(args)
    broker = args.broker or own_broker(args.folder) or "127.0.0.1:1883"
    login, _, address = broker.rpartition("@")
    host, _, port = address.rpartition(":")
    end_on_signals()
    control, relay = Control(args.control), Relay(host, int(port))
    with ExitStack() as stack:
        folder, cable = stack.enter_context(scratch_folder()), stack.enter_context(Cable())
        for part in (relay, control):
            part.start()
            stack.callback(part.stop)
        flash = (args.flash or folder / "unit.flash").absolute()
        named = f"{login}@" if login else ""
        ends = {"serial": cable.unit_end, "broker": f"{named}{LOOPBACK}:{relay.port}"}
        config = {"role": args.role, "flash": str(flash), **ends}
        unit = LiveUnit(args.role, config, folder, compile_all(), _tell)
        try:
            unit.start()
            print(f"its serial port: {cable.host_end}; to enrol it:", flush=True)
            print(f"resguardo provision --port {cable.host_end} --role {args.role} --unit NAME\n")
            print(f"it reports to {address}; 'stand' and other words are in --help", flush=True)
            unit.say(f"battery {BATTERY_PCT}")
            _live(unit, PlayedWearer(way, BATTERY_PCT, relay.put), control)
        except KeyboardInterrupt:
            unit.stop()
    return 0


def _way(args: argparse.Namespace) -> Way:
    now_ms = time.time_ns() // 1_000_000
    if args.track is not None:
        return along_track(read(args.track).starting_at(now_ms).points)
    spot = place("--at", args.at)
    if spot is None:
        raise UsageError(f"--at {args.at}: a place is LAT,LON, as in 14.6349,-90.5069")
    return Way([Node(now_ms, *spot)])


def _live(unit: LiveUnit, wearer: PlayedWearer, control: Control) -> None:
    """Each second what its receiver sees, and whether it moves; and each word when it comes."""
    moving = None
    while True:
        _heed(unit, wearer, control, until_s=int(time.time()) + 1)
        now_ms = round(time.time()) * 1000
        for line in wearer.tick(now_ms):
            unit.say(line)
        speed_m_s = wearer.speed_m_s(now_ms)
        if moving is not (speed_m_s >= STILL_M_S):
            moving = speed_m_s >= STILL_M_S
            unit.say(f"motion {int(moving)}")
        if unit.gnss_on:
            sight = None if wearer.roof else Sight(wearer.at(now_ms), ACCURACY_M, 0)
            unit.say(f"gnss {epoch(sight, now_ms, speed_m_s, wearer.course_deg(now_ms)).hex()}")


def _heed(unit: LiveUnit, wearer: PlayedWearer, control: Control, *, until_s: int) -> None:
    """Do the words that come until then, and answer each."""
    while (left_s := until_s - time.time()) > 0:
        try:
            word = control.words.get(timeout=left_s)
        except Empty:
            return
        now_ms = round(time.time() * 1000)
        try:
            for line in wearer.do(word.line, now_ms):
                unit.say(line)
        except UsageError as error:
            word.answer(str(error))
        else:
            word.answer(wearer.stands(now_ms))


def _tell(_: str, words: list[str]) -> None:
    """What it says of itself, and what its wearer feels."""
    said = " ".join(words[1:])
    if words[0] == "feel":
        said = f"the wearer feels: {catalogue().text(f'unit_text.{words[3]}', 'en')}"
    elif words[0] != "say":
        said = " ".join(words)
    print(f"{time.strftime('%H:%M:%S')}  {said}", flush=True)


def _broker(text: str) -> str:
    try:
        parse_address(f"mqtt://{text}")
    except UsageError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: HOST:PORT is wanted") from error
    if not text.rpartition(":")[2].isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} has no port, as in 127.0.0.1:1883")
    return text
