"""The unit's end of enrolment (protocol/enrolment.py says what is spoken). No I/O here."""

from binascii import hexlify, unhexlify

from firmware.identity import Identity, adopt, load
from firmware.settings import Settings
from protocol import enrolment
from protocol.enrolment import frame, proof, unframe
from protocol.errors import WireError
from protocol.seal import equal_in_constant_time
from protocol.topics import valid_unit

_U32_MAX = 0xFFFFFFFF
_WORDS = {"HELLO": 1, "ENROL": 5, "CONFIRM": 1}


class Refused(WireError):
    """A sound line that is not obeyed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Enrolment:
    """Give it lines, send what it answers. `role`: what this unit is built as.

    `adopted`: an enrolment was completed since the restart; the unit then starts anew.
    """

    def __init__(self, settings: Settings, role: str) -> None:
        self._settings = settings
        self._role = role
        self._locked = load(settings) is not None
        self._offered: Identity | None = None
        self._floor_s = 0
        self._nonce = b""
        self._fresh = b""
        self.adopted = False

    def open(self) -> None:
        """The factory pin: the unit may be enrolled again. Until it is, it stays what it is."""
        self._locked = False

    def feed(self, line: bytes, fresh: bytes) -> bytes:
        """One line of the host's; returns the answer. `fresh`: 32 random bytes, for a key."""
        self._fresh = fresh
        try:
            return frame(self._answer(unframe(line)))
        except WireError as error:
            return frame("ERROR " + error.reason)

    def _answer(self, words: list[str]) -> str:
        verb = words.pop(0)
        if verb not in _WORDS:
            raise Refused("unknown")
        if len(words) != _WORDS[verb]:
            raise Refused("malformed")
        if verb == "HELLO":
            return self._hello()
        if verb == "ENROL":
            return self._enrol(*words)
        return self._confirm(_bytes(words[0], enrolment.PROOF_BYTES))

    def _hello(self) -> str:
        known = load(self._settings)
        state = enrolment.LOCKED if self._locked else enrolment.OPEN
        unit, epoch = (known.unit, known.epoch) if known else ("-", 0)
        return "UNIT %d %s %s %s %d" % (enrolment.VERSION, state, self._role, unit, epoch)

    def _enrol(self, unit: str, epoch: str, role: str, floor_s: str, nonce: str) -> str:
        if self._locked:
            raise Refused("locked")
        known = load(self._settings)
        if not valid_unit(unit):
            raise Refused("bad_unit")
        if not (known.epoch if known else 0) < _number(epoch) <= _U32_MAX:
            raise Refused("bad_epoch")
        if role != self._role:
            raise Refused("bad_role")
        if not 1 <= _number(floor_s) <= enrolment.FLOOR_MAX_S:
            raise Refused("bad_floor")
        self._nonce = _bytes(nonce, enrolment.NONCE_BYTES)
        self._floor_s = _number(floor_s)
        self._offered = Identity(unit, role, self._fresh, _number(epoch))
        return "KEY " + hexlify(self._fresh).decode()

    def _confirm(self, given: bytes) -> str:
        offered = self._offered
        if offered is None:
            raise Refused("locked" if self._locked else "out_of_order")
        if not equal_in_constant_time(given, self._proof(offered, enrolment.HOST)):
            raise Refused("bad_proof")
        if load(self._settings) != offered:
            adopt(self._settings, offered, self._floor_s)
            self._locked = self.adopted = True
        return "ENROLLED " + hexlify(self._proof(offered, enrolment.UNIT)).decode()

    def _proof(self, offered: Identity, speaker: bytes) -> bytes:
        return proof(offered.key, offered.unit, offered.epoch, speaker, self._nonce)


def _number(word: str) -> int:
    if not word.isdigit() or len(word) > 10:
        raise Refused("malformed")
    return int(word)


def _bytes(word: str, size: int) -> bytes:
    try:
        value = unhexlify(word)
    except ValueError:
        raise Refused("malformed") from None
    if len(value) != size:
        raise Refused("malformed")
    return value
