from host.ingest.row import RecordRow
from protocol import record
from protocol.seal import up_channel
from simulator.judges.custody import Account, Custody

CHANNEL = up_channel(bytes(32), "B1", 1)


def _fix(sequence: int) -> bytes:
    return record.encode(record.Fix(sequence, 1, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0), CHANNEL)


def _event(sequence: int) -> bytes:
    return record.encode(record.Event(sequence, 1, 0, 0, record.PANIC, 1, 0, 0, 0), CHANNEL)


def _row(sequence: int, kind: str = "fix") -> RecordRow:
    return RecordRow(0, "B1", kind, sequence, 0, None, None, None, "", b"")


def test_every_record_is_stored_waiting_or_lost() -> None:
    custody = Custody()
    custody.sent("B1", _fix(1) + _fix(2))
    custody.sent("B1", _fix(2) + _event(3) + _fix(4))
    pending = {"B1": [_fix(5), _fix(4)]}
    assert custody.account([_row(1), _row(4)], pending) == Account(
        fixes_made=4, stored=2, waiting=1, lost=2
    )


def test_what_the_log_refused_is_not_stored() -> None:
    custody = Custody()
    custody.sent("B1", _fix(1))
    assert custody.account([_row(1, "record")], {}).lost == 1


def test_only_fixes_are_given_up_and_only_as_far_as_the_unit_remembers() -> None:
    custody = Custody()
    custody.sent("B1", _fix(1) + _event(2) + _fix(3) + _fix(4))
    custody.sent("B2", _fix(1))
    assert custody.account([], {}, {"B1": 3}).lost == 3
