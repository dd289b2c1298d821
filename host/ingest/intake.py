"""One message of a unit: cut, verify, deduplicate. Good records go on, bad ones are kept aside."""

from typing import Any, NamedTuple

from host.ingest.ledger import NEW, Ledger
from protocol.errors import Truncated, WireError
from protocol.record import decode, sequence_of, split
from protocol.seal import SEAL_BYTES, Channel

MESSAGE = -1  # sequence of what could not be cut into records


class Part(NamedTuple):
    """One record of a message. `reason` "" says that it is authentic and new.

    `record` None is then of a type not known here. MAYBE_REPLAYED is authentic and may be new;
    with any other reason nothing of it is believed.
    """

    sequence: int
    sealed: bytes
    record: Any
    reason: str


class Intake(NamedTuple):
    """What one message held, in its order.

    `answered` is its greatest committed sequence, `newest` its greatest surely new one; 0 for none.
    """

    parts: list[Part]
    answered: int
    newest: int


def take(payload: bytes, channel: Channel, ledger: Ledger) -> Intake:
    """Read one message into the ledger. Never raises on bytes; each record stands for itself."""
    records, rest, unread = split(payload)
    parts: list[Part] = []
    answered = newest = 0
    for sealed in records:
        sequence = sequence_of(sealed)
        record, flaw = None, ""
        try:
            record = decode(sealed, channel)
        except WireError as error:
            flaw = error.reason
            if not (type(error) is Truncated and _authentic(sealed, channel)):
                parts.append(Part(sequence, sealed, None, flaw))
                continue
        verdict = ledger.admit(sequence, sealed[-SEAL_BYTES:])
        if verdict == NEW and sequence > newest:
            newest = sequence
        if sequence > answered and ledger.has(sequence):
            answered = sequence
        parts.append(Part(sequence, sealed, record, verdict or flaw))
    if unread:
        parts.append(Part(MESSAGE, rest, None, unread))
    return Intake(parts, answered, newest)


def _authentic(sealed: bytes, channel: Channel) -> bool:
    """Whether the unit itself sealed these bytes: its own fault will not heal by sending again."""
    return channel.fits(sealed[:-SEAL_BYTES], sealed[-SEAL_BYTES:])
