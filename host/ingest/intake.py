"""One message of a unit: cut, verify, deduplicate. Good records go on, bad ones are kept aside."""

from typing import Any, NamedTuple

from host.ingest.ledger import NEW, TAMPER, Ledger
from protocol.errors import WireError
from protocol.record import Tombstone, decode, sequence_of, split
from protocol.seal import SEAL_BYTES, Channel

MESSAGE = -1  # sequence of a message that could not be cut into records


class Accepted(NamedTuple):
    """An authentic record seen for the first time. `record` None: a type not known here."""

    record: Any
    sealed: bytes


class Refused(NamedTuple):
    """Bytes that are not believed, and the name of the reason. `keep`: into quarantine."""

    sequence: int
    reason: str
    sealed: bytes
    keep: bool


class Intake(NamedTuple):
    """What one message held. `answered` is its greatest authentic sequence, 0 for none."""

    accepted: list[Accepted]
    refused: list[Refused]
    answered: int


def take(payload: bytes, channel: Channel, ledger: Ledger) -> Intake:
    """Read one message into the ledger. Never raises on bytes; each record stands for itself.

    A copy of a record that is already committed is counted and answered, but not kept again.
    """
    accepted: list[Accepted] = []
    refused: list[Refused] = []
    answered = 0
    try:
        parts = split(payload)
    except WireError as error:
        refused.append(Refused(MESSAGE, error.reason, payload, keep=True))
        return Intake(accepted, refused, answered)
    for sealed in parts:
        sequence = sequence_of(sealed)
        try:
            record = decode(sealed, channel)
        except WireError as error:
            refused.append(Refused(sequence, error.reason, sealed, keep=True))
            continue
        verdict = ledger.admit(sequence, sealed[-SEAL_BYTES:])
        if verdict != NEW:
            refused.append(Refused(sequence, verdict, sealed, keep=verdict == TAMPER))
            if ledger.has(sequence):
                answered = max(answered, sequence)
            continue
        answered = max(answered, sequence)
        if type(record) is Tombstone:
            ledger.cover(record.first, record.last)
        accepted.append(Accepted(record, sealed))
    return Intake(accepted, refused, answered)
