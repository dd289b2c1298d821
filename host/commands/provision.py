"""Enrol a unit over its serial cable: it makes its key, the host stores it, the unit locks.

What is spoken, byte for byte, is in protocol/enrolment.py.
"""

import argparse
import errno
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import serial
from serial.tools.list_ports import comports

from host.base.clock import Clock
from host.base.errors import ResguardoError, UsageError
from host.commands.config import add_database, database, taken
from host.registry.types import Role, Unit
from host.store.reader import POLL_S
from host.store.store import Store
from protocol import enrolment
from protocol.enrolment import FLOOR_MAX_S, FLOOR_S, NONCE_BYTES, frame, proof, unframe
from protocol.errors import WireError
from protocol.seal import KEY_BYTES, equal_in_constant_time
from protocol.topics import UNIT_ID_MAX, valid_unit

_BUSY = (errno.EAGAIN, errno.EBUSY)
BAUD = 115_200
_TAKE_S = 0.5
ANSWER_S = 2.0
_TRIES = 3
_NOISE_LINES_MAX = 50
BUILT_AS = {Role.OFFENDER: enrolment.BRACELET, Role.VICTIM: enrolment.VICTIM}
_ROLES = {word: role for role, word in BUILT_AS.items()}

_REFUSALS = {
    "locked": "it is locked: press its factory pin (inside the case) to enrol it again",
    "out_of_order": "it restarted in between: run the command again",
    "bad_unit": f"it takes 1 to {UNIT_ID_MAX} letters and digits as a name",
    "bad_epoch": "it has been enrolled with this epoch or a later one already",
    "bad_role": "it is built for the other role",
    "bad_floor": f"it takes 1 to {FLOOR_MAX_S} s as its floor",
    "bad_proof": "the key that came over the cable is not the one that it made",
}


class ProvisionError(ResguardoError):
    """The unit was not enrolled; the message says why and what would help."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a unit says of itself. `unit` "" and `epoch` 0: never enrolled."""

    locked: bool
    role: str
    unit: str
    epoch: int


def greet(port: serial.Serial) -> Greeting:
    """Ask the unit who it is. Raises ProvisionError."""
    words = _ask(port, f"HELLO {enrolment.VERSION}", "UNIT", 5)
    version, state, role, unit, epoch = words
    if version != str(enrolment.VERSION):
        raise ProvisionError(
            f"{port.port}: the unit speaks version {version} of enrolment, "
            f"this host version {enrolment.VERSION}"
        )
    if state not in (enrolment.OPEN, enrolment.LOCKED) or not epoch.isdigit():
        raise ProvisionError(
            f"{port.port}: the unit answered {' '.join(words)!r}, which says nothing"
        )
    return Greeting(state == enrolment.LOCKED, role, "" if unit == "-" else unit, int(epoch))


def enrol(
    port: serial.Serial,
    unit: str,
    role: Role,
    save: Callable[[Unit], None],
    *,
    last_epoch: int = 0,
    floor_s: int = FLOOR_S,
) -> Unit:
    """Enrol the unit at the other end of an open port; `save` must return only once it is stored.

    The epoch is the next after `last_epoch` (the host's last for this unit) and the unit's own.
    Raises ProvisionError; when that comes after `save`, the unit may have locked or not, and what
    `greet` says of it decides.
    """
    try:
        return _enrol(port, unit, role, save, last_epoch, floor_s)
    except serial.SerialException as error:
        raise ProvisionError(f"{port.port}: the cable went silent: {error}") from error


def _enrol(
    port: serial.Serial,
    unit: str,
    role: Role,
    save: Callable[[Unit], None],
    last_epoch: int,
    floor_s: int,
) -> Unit:
    greeting = greet(port)
    if greeting.locked:
        raise ProvisionError(
            f"{port.port}: already enrolled as {greeting.unit}, epoch {greeting.epoch}; "
            "press its factory pin (inside the case) to enrol it again"
        )
    wanted = BUILT_AS[role]
    if greeting.role != wanted:
        raise ProvisionError(f"{port.port}: this unit is built as a {greeting.role}, not {wanted}")
    epoch = max(last_epoch, greeting.epoch) + 1
    nonce = os.urandom(NONCE_BYTES)
    offer = f"ENROL {unit} {epoch} {wanted} {floor_s} {nonce.hex()}"
    key = _bytes(port, _ask(port, offer, "KEY", 1)[0], KEY_BYTES)
    enrolled = Unit(unit, role, key, epoch, floor_s)
    save(enrolled)
    mine = proof(key, unit, epoch, enrolment.HOST, nonce)
    theirs = _bytes(
        port, _ask(port, f"CONFIRM {mine.hex()}", "ENROLLED", 1)[0], enrolment.PROOF_BYTES
    )
    if not equal_in_constant_time(theirs, proof(key, unit, epoch, enrolment.UNIT, nonce)):
        raise ProvisionError(f"{port.port}: the unit's proof does not fit the key that it gave")
    return enrolled


def _ask(port: serial.Serial, text: str, verb: str, words: int) -> list[str]:
    """Say one line and hear the answer's words after `verb`; again after silence or damage."""
    heard = "nothing"
    for _ in range(_TRIES):
        port.reset_input_buffer()
        port.write(frame(text))
        answer = _hear(port)
        if answer is None:
            continue
        if answer[0] == verb and len(answer) == words + 1:
            return answer[1:]
        heard = " ".join(answer[:2])
        if answer[0] == "ERROR" and len(answer) == 2 and answer[1] != "bad_line":
            why = _REFUSALS.get(answer[1], answer[1])
            raise ProvisionError(f"{port.port}: the unit refused {text.split()[0]}: {why}")
    raise ProvisionError(
        f"{port.port}: no answer to {text.split()[0]} after {_TRIES} tries (heard {heard}): "
        "is it a unit, is it on, is it the right port?"
    )


def _hear(port: serial.Serial) -> list[str] | None:
    """The next sound line, or None after a time-out; a boot loader's chatter is passed over."""
    for _ in range(_NOISE_LINES_MAX):
        line = port.read_until(b"\n", enrolment.LINE_BYTES_MAX)
        if not line.endswith(b"\n"):
            return None
        try:
            return unframe(line)
        except WireError:
            continue
    return None


def _bytes(port: serial.Serial, word: str, size: int) -> bytes:
    try:
        value = bytes.fromhex(word)
    except ValueError:
        value = b""
    if len(value) != size:
        raise ProvisionError(f"{port.port}: the unit answered {len(word)} digits, not {2 * size}")
    return value


def open_port(path: str) -> serial.Serial:
    """Open a serial port for enrolment, for this process alone.

    Raises UsageError for what is no port, ProvisionError for one that another program has.
    """
    try:
        return serial.Serial(path, BAUD, timeout=ANSWER_S, write_timeout=ANSWER_S, exclusive=True)
    except (OSError, ValueError) as error:  # SerialException is an OSError
        number = getattr(error, "errno", None)
        if number in _BUSY:
            raise ProvisionError(f"{path}: another program has this serial port") from error
        reason = os.strerror(number) if number else error
        ports = ", ".join(port.device for port in comports()) or "none"
        raise UsageError(
            f"{path}: cannot be opened as a serial port: {reason} (on this machine: {ports})"
        ) from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--port", required=True, metavar="PORT", help="its serial port, e.g. /dev/ttyACM0"
    )
    parser.add_argument(
        "--unit", required=True, metavar="NAME", help="its new name: letters and digits"
    )
    parser.add_argument("--role", required=True, choices=_ROLES, help="what it is built as")
    parser.add_argument(
        "--floor-s",
        type=int,
        default=FLOOR_S,
        metavar="SECONDS",
        help="how often it reports when not allowed to sleep (default: %(default)s s)",
    )
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="say it as JSON; never with the key")


def run(args: argparse.Namespace) -> int:
    """Enrol one unit into the host's database."""
    if not valid_unit(args.unit):
        raise UsageError(f"--unit {args.unit!r}: takes 1 to {UNIT_ID_MAX} letters and digits")
    if not 1 <= args.floor_s <= FLOOR_MAX_S:
        raise UsageError(f"--floor-s {args.floor_s}: takes 1 to {FLOOR_MAX_S} seconds")
    store = Store.open(database(args), make=False)

    def save(unit: Unit) -> None:
        store.save_unit(unit, Clock().now_ms(), "provision")
        if store.has_host():  # the unit reports at once: the host must know it by then
            time.sleep(POLL_S + _TAKE_S)

    try:
        known = [unit.epoch for unit in store.registry().units if unit.id == args.unit]
        with open_port(args.port) as port:
            enrolled = enrol(
                port,
                args.unit,
                _ROLES[args.role],
                save,
                last_epoch=max(known, default=0),
                floor_s=args.floor_s,
            )
        whose = taken(store)
    finally:
        store.close()
    if args.json:
        said = {"unit": enrolled.id, "role": args.role, "epoch": enrolled.epoch}
        print(json.dumps({**said, "floor_s": enrolled.floor_s, "database": str(store.path)}))
    else:
        print(f"{enrolled.id} is enrolled as a {args.role}, epoch {enrolled.epoch}; it is locked")
        print(whose)
    return 0
