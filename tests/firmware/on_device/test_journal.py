"""The journal: what it keeps, in what order, and what is left when the power fails at any byte."""

import gc
import os
import time

from firmware.boards.file_flash import FileFlash
from firmware.journal import BLOCK, Journal
from protocol.record import EVENT, FIX, RESERVED, THINNED, TORN, sequence_of
from simulator.parts.ram_flash import PowerCut, RamFlash

SMALL = 256  # bytes of a sector with three records, so that every cut can be tried


def sealed(sequence, kind=FIX, size=48):
    """Bytes that look like a sealed record to the journal; each sequence's are its own."""
    head = bytes((0x10 | kind, size, 1, 0)) + sequence.to_bytes(4, "little")
    return head + bytes((sequence * 7 + i) & 0xFF for i in range(size - 8))


def store(journal, kind=FIX, size=48):
    sequence = journal.next_sequence()
    assert journal.append(sealed(sequence, kind, size))
    return sequence


def mounted(flash):
    journal = Journal(flash)
    journal.mount()
    return journal


def sequences(journal):
    return [sequence_of(record) for record in journal.pending()]


def test_the_newest_comes_first_and_a_restart_forgets_nothing():
    flash = RamFlash(8 * 1024, 1024)
    journal = mounted(flash)
    stored = []
    for i in range(60):
        kind, size = (EVENT if i % 5 == 0 else FIX), 24 + i % 25
        stored.append(sealed(store(journal, kind, size), kind, size))
    assert list(journal.pending()) == stored[::-1]
    again = mounted(flash)
    assert list(again.pending()) == stored[::-1]
    assert again.backlog == 60
    assert again.counters["torn"] == 0


def test_sequences_go_on_beyond_what_was_reserved():
    flash = RamFlash(4 * 4096)
    highest = 0
    for used in (1, 0, BLOCK, BLOCK + 1, 3 * BLOCK, 2):
        journal = mounted(flash)
        for _ in range(used):
            sequence = journal.next_sequence()
            assert highest < sequence <= highest + 2 * BLOCK
            highest = sequence
        if used:
            journal.append(sealed(highest))
    # More numbers without a record than the marks of one header can reserve.
    for _ in range(50 * BLOCK):
        sequence = journal.next_sequence()
        assert sequence > highest
        highest = sequence
    assert mounted(flash).next_sequence() > highest


def test_only_what_the_host_names_is_acknowledged():
    flash = RamFlash(4 * 4096)
    journal = mounted(flash)
    for _ in range(100):
        store(journal)
    journal.acknowledge(3, 90, 1 | 1 << 2 | 1 << 63)
    gone = {1, 2, 3, 90, 88, 27}
    left = [sequence for sequence in range(100, 0, -1) if sequence not in gone]
    assert sequences(journal) == left
    assert sequences(mounted(flash)) == left
    journal.acknowledge(100, 100, 0)
    assert journal.backlog == 0
    assert sequences(mounted(flash)) == []


def test_an_answer_to_what_was_never_sent_acknowledges_nothing_to_come():
    journal = mounted(RamFlash(4 * 4096))
    store(journal)
    journal.acknowledge(1000, 1000, (1 << 64) - 1)
    assert journal.backlog == 0
    store(journal)
    assert journal.backlog == 1
    assert journal.tombstones() == []


def test_a_record_longer_than_a_slot_is_refused():
    journal = mounted(RamFlash(4 * 4096))
    try:
        journal.append(bytes(49))
    except ValueError as error:
        assert "49 bytes" in str(error)
    else:
        raise AssertionError("stored")


def test_a_flash_without_room_to_merge_is_refused():
    try:
        Journal(RamFlash(5 * SMALL, SMALL), 2)
    except ValueError as error:
        assert "4 sectors" in str(error)
    else:
        raise AssertionError("taken")


def test_numbers_lost_to_a_restart_are_told_once_the_host_waits_for_them():
    flash = RamFlash(4 * 4096)
    assert store(mounted(flash)) == 1
    journal = mounted(flash)
    assert journal.tombstones() == []
    second = store(journal)
    assert second == BLOCK + 1
    journal.acknowledge(1, second, 1)
    assert journal.tombstones() == [(2, BLOCK, RESERVED)]
    assert journal.tombstones() == []  # once
    tombstone = store(journal, EVENT)
    journal.acknowledge(tombstone, tombstone, 3)
    assert journal.tombstones() == []


def test_a_torn_slot_is_told():
    flash = RamFlash(4 * 4096)
    journal = mounted(flash)
    store(journal)
    flash.cut_after = 20
    try:
        store(journal)
    except PowerCut:
        flash.cut_after = None
    journal = mounted(flash)
    assert sequences(journal) == [1]
    assert journal.counters["torn"] == 1
    journal.acknowledge(1, store(journal), 1)
    assert journal.tombstones() == [(2, BLOCK, TORN)]


def test_full_flash_thins_fixes_and_keeps_events():
    flash = RamFlash(6 * SMALL, SMALL)
    journal = mounted(flash)
    events = [sequence for sequence in range(1, 61) if sequence % 20 == 0]
    for sequence in range(1, 61):
        assert store(journal, EVENT if sequence in events else FIX) == sequence
    kept = sequences(journal)
    assert kept[:3] == [60, 59, 58]
    assert [sequence for sequence in kept if sequence % 20 == 0] == events[::-1]
    assert journal.counters["thinned"] == 60 - len(kept)
    assert kept[-1] == 1
    # Evenly: the oldest are thinnest, and no gap is out of proportion to its age.
    for newer, older in zip(kept, kept[1:]):
        assert newer - older <= 2 * max(8, 60 - older)
    assert sequences(mounted(flash)) == kept
    # Newest first, one answer: what is between is told only when all before it has gone.
    journal.acknowledge(1, 60, 1)
    assert journal.tombstones() == [(2, kept[-2] - 1, THINNED)]
    journal.acknowledge(kept[-2] - 1, 60, (1 << 59) - 1)
    assert journal.backlog == 0
    assert journal.tombstones() == [(kept[-2], 59, THINNED)]


def test_a_flash_full_of_events_refuses_fixes_and_then_gives_up_the_oldest():
    flash = RamFlash(4 * SMALL, SMALL)
    journal = mounted(flash)
    for _ in range(9):
        store(journal, EVENT)
    fix = journal.next_sequence()
    assert not journal.append(sealed(fix))
    assert journal.counters["refused"] == 1
    assert sequences(journal) == list(range(9, 0, -1))
    newest = store(journal, EVENT)
    assert journal.counters["given_up"] == 3
    assert sequences(journal) == [newest, 9, 8, 7, 6, 5, 4]
    journal.acknowledge(0, newest, 1)
    assert journal.tombstones() == [(1, 3, THINNED)]


def test_acknowledged_records_are_overwritten_oldest_first_and_sectors_wear_alike():
    flash = RamFlash(8 * SMALL, SMALL)
    erased = [0] * 8
    erase = flash.erase

    def counting(at):
        erased[at // SMALL] += 1
        erase(at)

    flash.erase = counting
    journal = mounted(flash)
    for _ in range(240):
        sequence = store(journal)
        journal.acknowledge(sequence, sequence, 1)
    assert max(erased) - min(erased) <= 1
    assert journal.counters["thinned"] == 0


class Recorder(RamFlash):
    """Keeps every write, so that each can be cut at each of its bytes afterwards."""

    def __init__(self, size, sector):
        super().__init__(size, sector)
        self.writes = []

    def program(self, at, data):
        self.writes.append((at, bytes(data)))
        super().program(at, data)

    def erase(self, at):
        self.writes.append((at, None))
        super().erase(at)


def write(flash, at, data):
    if data is None:
        flash.erase(at)
    else:
        flash.program(at, data)


def cuts(flash, writes):
    """Every state that a power cut within these writes leaves; in the end `flash` has them all."""
    for at, data in writes:
        for budget in range(flash.sector if data is None else len(data)):
            broken = RamFlash(flash.size, flash.sector)
            broken.cells[:] = flash.cells
            broken.cut_after = budget
            try:
                write(broken, at, data)
            except PowerCut:
                broken.cut_after = None
            yield broken
        write(flash, at, data)


def check_every_cut(sectors, steps):
    """Run the steps; whenever the power fails, the records are those before or after the step."""
    recorder = Recorder(sectors * SMALL, SMALL)
    twin = RamFlash(sectors * SMALL, SMALL)
    journal = mounted(recorder)
    before, issued, kinds = set(), 0, {}
    tried = 0
    for step in steps:
        recorder.writes.clear()
        if step in (FIX, EVENT):
            issued = journal.next_sequence()
            kinds[issued] = step
            journal.append(sealed(issued, step))
        else:
            journal.acknowledge(*step(issued))
        after = set(sequences(journal))
        used = issued - 1 if step in (FIX, EVENT) else issued
        for broken in cuts(twin, recorder.writes):
            check_recovery(broken, before, after, used, kinds)
            tried += 1
        before = after
        gc.collect()
    assert tried > 1000
    return journal


def check_recovery(flash, before, after, used, kinds):
    blank = flash.cells[:]
    survivor = mounted(flash)
    found = sequences(survivor)
    assert before & after <= set(found) <= before | after
    assert survivor.backlog == len(found)
    assert all(newer > older for newer, older in zip(found, found[1:]))
    for record in survivor.pending():
        assert record == sealed(sequence_of(record), kinds[sequence_of(record)])
    # What repairs the flash may itself be cut.
    for budget in range(flash.written and sum(a != b for a, b in zip(blank, flash.cells)) * 3):
        again = RamFlash(flash.size, flash.sector)
        again.cells[:] = blank
        again.cut_after = budget
        try:
            mounted(again)
        except PowerCut:
            pass
        again.cut_after = None
        assert sequences(mounted(again)) == found
    new = survivor.next_sequence()
    assert new > used
    assert survivor.append(sealed(new, EVENT))
    assert next(survivor.pending()) == sealed(new, EVENT)


def test_power_cut_at_every_byte_while_all_is_acknowledged_in_time():
    everything = lambda issued: (issued, issued, 1)  # noqa: E731
    steps = []
    for i in range(14):
        steps += [EVENT if i % 3 == 0 else FIX, everything]
    journal = check_every_cut(4, steps)
    assert journal.backlog == 0


def test_power_cut_at_every_byte_while_the_journal_merges_and_thins():
    journal = check_every_cut(4, [EVENT, FIX, FIX, FIX, FIX, EVENT] + [FIX] * 9)
    assert journal.counters["thinned"] > 0


def test_power_cut_at_every_byte_while_answers_leave_gaps():
    every_second = lambda issued: (0, issued, 0x5555)  # noqa: E731
    journal = check_every_cut(5, ([FIX] * 5 + [EVENT, every_second]) * 3)
    assert journal.backlog == 9
    assert journal.counters["thinned"] == 0


def test_ten_days_at_a_fix_a_minute_fit_into_a_megabyte_and_the_heap():
    path = "/tmp/ten_days.%d.flash" % time.time_ns()
    flash = FileFlash(path, 256 * 4096)
    try:
        journal = mounted(flash)
        for _ in range(14400):
            store(journal)
        flash.close()
        flash = FileFlash(path, 256 * 4096)
        journal = mounted(flash)
        assert journal.backlog == 14400
        assert journal.counters["thinned"] == 0
        # The host answers the newest first, message by message.
        sent = 0
        while journal.backlog:
            message = []
            for record in journal.pending():
                if len(message) == 64:
                    break
                message.append(sequence_of(record))
            sent += len(message)
            watermark = message[0] if journal.backlog == len(message) else 0
            journal.acknowledge(watermark, message[0], (1 << 64) - 1)
        assert sent == 14400
    finally:
        flash.close()
        os.remove(path)
