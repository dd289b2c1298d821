"""A unit's message, read: rows for the input log, and news for the orders of its wearer."""

from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any

from host.ingest.intake import MESSAGE, Part
from host.ingest.judge import (
    UNTIMELY,
    believable,
    corrected,
    judge,
    judge_time,
    resolved,
    time_ms_of,
)
from host.ingest.ledger import DUPLICATE, MAYBE_REPLAYED, TAMPER
from host.ingest.news import Alarmed, CameLate, Doubted, Moved, News, Receipted, Unsure
from host.ingest.row import RecordRow, log_row
from host.ingest.wearer import FALSE_REST, STATES, Wearer
from host.proximity.track import LATE
from host.proximity.types import Fix
from protocol import record

# Named reasons, as they are counted and stored.
EARLIER_WEARER = "earlier_wearer"  # it speaks of a person who wore the unit before
IMPOSSIBLE_RANGE = "impossible_range"  # a tombstone for what is yet to come
WENT_BACK = "went_back"  # the unit's newest position, of before one that it told earlier
WRONG_TIME = UNTIMELY | {WENT_BACK}

EVENT_NAMES = {
    record.STRAP: "strap",
    record.CASE: "case",
    record.BATTERY_LOW: "battery_low",
    record.PANIC: "panic",
    record.MOTION: "motion",
    record.GNSS_LOST: "gnss_lost",
    record.NO_COVER: "no_cover",
    record.RADIO_CONTACT: "radio_contact",
    record.JAMMING: "jamming",
    record.SPOOFING: "spoofing",
    record.CHARGING: "charging",
}
_KINDS = {
    record.Fix: "fix",
    record.Event: "event",
    record.Boot: "boot",
    record.Receipt: "receipt",
    record.Tombstone: "tombstone",
}
_TIMED = (record.Fix, record.Event, record.Boot, record.Receipt)
LATE_MS = 60_000  # what is older is evidence of the past; the other party has moved since
_NO_ALARM = ("charging",)
_LATCHED = ("strap", "case", "panic")


def said_ms(parts: list[Part], newest: int, now_ms: int) -> int:
    """When the newest record of a message was made, as far as it says so; `now_ms` else."""
    for part in parts:
        if part.sequence == newest and not part.reason:
            at_ms = _told_ms(part.record, now_ms)
            return now_ms if at_ms is None else at_ms
    return now_ms


class Reception:
    """One message, read record by record into its wearer's track.

    `heard_ms`: when what the unit had last been heard to say was said. `rows`: for the log, in the
    order of the message, once all is read; a copy of what is known to be stored leaves none.
    Rejections are counted by reason.
    """

    def __init__(self, wearer: Wearer, heard_ms: int, now_ms: int, counters: Counter[str]) -> None:
        self._wearer = wearer
        self._heard_ms = heard_ms
        self._now_ms = now_ms
        self._counters = counters
        self._rows: dict[int, RecordRow] = {}
        self._latest = 0  # the sequence of the unit's newest position, if that is in the message

    @property
    def rows(self) -> list[RecordRow]:
        return [self._rows[place] for place in sorted(self._rows)]

    def read(self, parts: list[Part]) -> Iterator[News]:
        """What the parts of the message mean, each news as soon as the track has taken it.

        Oldest first, so that a backlog that comes with the newest fix is not late against it.
        """
        tampered = False
        self._latest = self._latest_of(parts)
        for place in sorted(range(len(parts)), key=lambda place: parts[place].sequence):
            part = parts[place]
            reason = part.reason
            if reason in ("", MAYBE_REPLAYED):
                row = self._rows[place] = yield from self._record(part)
                if not reason:
                    self._counters["accepted"] += 1
                reason = row.verdict
            elif reason != DUPLICATE:
                kind = "message" if part.sequence == MESSAGE else "record"
                unit = self._wearer.unit.id
                row = log_row(self._now_ms, unit, kind, part.sealed, part.sequence, reason)
                self._rows[place] = row
            if reason:
                self._counters[reason] += 1
                tampered |= reason == TAMPER
        if tampered:
            self._wearer.track.doubt()  # last, for the first copy may be in this very message
            yield Alarmed("tamper", True, self._now_ms)
            yield Doubted()

    def _latest_of(self, parts: list[Part]) -> int:
        """The newest position of the message, if all that the unit has said since is in it too."""
        new = [part for part in parts if not part.reason]
        fixes = (part.sequence for part in new if type(part.record) is record.Fix)
        latest = max(fixes, default=0)
        later = sum(part.sequence > latest for part in new)
        return latest if latest + later == self._wearer.ledger.newest else 0

    def _record(self, part: Part) -> Generator[News, None, RecordRow]:
        told, verdict = part.record, part.reason
        told_ms = _told_ms(told, self._now_ms)
        if verdict:
            verdict = (yield from self._maybe_again(told, told_ms)) or verdict
        elif type(told) is record.Fix:
            verdict = yield from self._fix(told)
        elif type(told) is record.Event:
            yield from self._event(told, told_ms)
        elif type(told) is record.Receipt:
            yield Receipted(told.delivery_id, told.outcome)
        elif type(told) is record.Tombstone:
            verdict = self._tombstone(told)
        elif type(told) is record.Boot:
            yield from self._boot(told.sequence)
        return self._row(part, verdict, self._now_ms if told_ms is None else told_ms)

    def _row(self, part: Part, verdict: str, at_ms: int) -> RecordRow:
        told, unit, now_ms = part.record, self._wearer.unit.id, self._now_ms
        kind = _KINDS.get(type(told), "unknown")
        if type(told) is not record.Fix:
            return log_row(now_ms, unit, kind, part.sealed, part.sequence, verdict, at_ms)
        place = position_of(told)
        return RecordRow(now_ms, unit, kind, told.sequence, *place, verdict, part.sealed)

    def _maybe_again(self, told: Any, told_ms: int | None) -> Generator[News, None, str]:
        """It is old, and may be a copy: what it says counts where a copy would change nothing.

        So an alarm does that nothing newer has been told of; a position is evidence only.
        """
        if type(told) is record.Fix:
            return judge(told, self._now_ms)
        if type(told) is record.Event:
            if told.sequence > abs(self._wearer.told.get(_code_of(told), 0)):
                yield from self._event(told, told_ms)
        elif type(told) is record.Receipt:
            yield Receipted(told.delivery_id, told.outcome)
        elif type(told) is record.Tombstone:
            return self._tombstone(told)
        return ""

    def _fix(self, fix: Any) -> Generator[News, None, str]:
        self._battery(fix)
        verdict = judge(fix, self._now_ms)
        if not verdict:
            verdict = yield from self._believe(fix)
        elif verdict in UNTIMELY and fix.sequence == self._latest:
            yield self._sight(fix)
        if fix.sequence == self._latest:
            self._wearer.note_clock(fix.sequence, wrong=verdict in WRONG_TIME or corrected(fix))
        return verdict

    def _read(self, fix: Any) -> Fix:
        """What was on its way while the broker missed the unit proves no rest: what the unit has
        said since may be lost. Nor does what was said before it moved off, one that has lied, or
        was just seen elsewhere."""
        read, wearer = believable(self._wearer.unit.id, fix), self._wearer
        heard = wearer.connected and fix.sequence > wearer.track.stirred
        if heard and wearer.rest_counts and not wearer.track.stay.is_apart(read):
            return read
        return read._replace(at_rest=False)

    def _sight(self, fix: Any) -> Moved:
        """The unit's newest position, whose time cannot be true: it is taken at its receipt."""
        track = self._wearer.track
        at_ms = self._now_ms if track.fix is None else max(self._now_ms, track.fix.time_ms)
        seen = self._read(fix)._replace(time_ms=at_ms, dated=False)
        track.believe(seen)
        return Moved(seen)

    def _believe(self, fix: Any) -> Generator[News, None, str]:
        wearer = self._wearer
        believed = self._read(fix)
        if believed.time_ms < wearer.since_ms:
            yield CameLate(believed)
            return EARLIER_WEARER
        if fix.sequence == self._latest and wearer.track.is_late(believed):
            yield self._sight(fix)
            return WENT_BACK
        track, before = wearer.track, wearer.track.fix
        verdict = yield from self._place(believed, resolved(fix))
        if verdict != LATE and (before is None or fix.sequence > before.sequence):
            track.stay.see(believed)
            claims = fix.source_quality >> 4 & record.AT_REST and wearer.rest_counts
            if claims and (track.contested or track.stay.unsure):
                yield Unsure()
        return verdict

    def _place(
        self, believed: Fix, anchors: bool, proven: bool = False
    ) -> Generator[News, None, str]:
        verdict = self._wearer.track.believe(believed, anchors, proven)
        yield from self._wearer.track.dropped()
        late = verdict == LATE or self._now_ms - believed.time_ms > LATE_MS
        # Of a backlog only the newest shows where anybody is now.
        if not verdict and (not late or believed.sequence == self._wearer.ledger.newest):
            yield Moved(believed)
        elif verdict != LATE:
            yield Doubted()
        if late and verdict in ("", LATE):
            yield CameLate(believed)
        return verdict

    def _event(self, event: Any, told_ms: int | None) -> Iterator[News]:
        # It happened then, or, where nobody knows when, since the unit was last heard.
        at_ms, since_ms = (self._now_ms, self._heard_ms) if told_ms is None else (told_ms, told_ms)
        self._battery(event)
        code = _code_of(event)
        if code in STATES:
            self._note(code, event.sequence, bool(event.raised))
        elif code == "motion":
            if event.raised:
                self._wearer.track.memory.stir(since_ms)
                yield from self._move_off(event.sequence, since_ms)
            elif told_ms is not None:
                yield from self._rest(event, told_ms)
        elif code not in _NO_ALARM:
            raised = bool(event.raised)
            if code in _LATCHED and not _is_news(event):
                return
            before = self._wearer.track.off
            told = list(self._alarm(code, raised, event.sequence, at_ms))
            if code == "strap":
                self._strap(since_ms)
            yield from told
            if self._wearer.track.off != before:
                yield Doubted()

    def _rest(self, event: Any, at_ms: int) -> Iterator[News]:
        """It has rested since the record `detail`: where it has told since then, it still is.

        Which of several places that is, and whether it is seen elsewhere, its next position says.
        """
        wearer, track, last = self._wearer, self._wearer.track, self._wearer.track.fix
        if last is None or not last.dated or track.off or not 0 < event.detail < event.sequence:
            return
        if event.detail < track.stirred:
            return  # it has moved since, however late this comes
        if event.sequence < last.sequence or not (wearer.connected and wearer.rest_counts):
            return
        refuted = track.stay.claim(event.detail, last, at_ms)
        told = event.detail <= last.sequence
        if refuted:
            yield from self._alarm(FALSE_REST, True, event.sequence, at_ms)
            wearer.refute_rest(self._now_ms)
            yield Doubted()
        elif track.contested or track.stay.strays:
            yield Unsure()
        elif told:
            anchor = track.anchor
            anchors = anchor is not None and anchor.sequence >= event.detail
            place = anchor if anchors and anchor is not None else last
            still = place._replace(sequence=event.sequence, time_ms=at_ms, at_rest=True)
            yield from self._place(still, anchors, proven=True)

    def _move_off(self, sequence: int, at_ms: int) -> Iterator[News]:
        track = self._wearer.track
        track.stirred = max(track.stirred, sequence)
        # Else it is of an earlier time: the wearer has come to rest since.
        if track.resting and (track.fix is None or sequence > track.fix.sequence):
            self._wearer.move_off(at_ms, self._now_ms)
            yield Doubted()

    def _boot(self, sequence: int) -> Iterator[News]:
        track = self._wearer.track
        if track.fix is None or sequence > track.fix.sequence:  # else it has been heard since
            track.restarted(self._now_ms)
        yield from self._move_off(sequence, self._heard_ms)  # it remembers no rest

    def _strap(self, at_ms: int) -> None:
        """The wearer may be without the unit as long as its strap stands raised."""
        track = self._wearer.track
        if "strap" not in self._wearer.alarms:
            track.put_on()
        elif not track.off:
            self._wearer.take_off(at_ms, self._now_ms)

    def _alarm(self, code: str, raised: bool, sequence: int, at_ms: int) -> Iterator[News]:
        """Whatever was raised is told, however late; what is late never has the last word."""
        told = self._wearer.told.get(code, 0)
        if self._note(code, sequence, raised):
            yield Alarmed(code, raised, at_ms)
        elif raised:
            yield Alarmed(code, True, at_ms)
            if told < 0:
                yield Alarmed(code, False, at_ms)

    def _note(self, code: str, sequence: int, raised: bool) -> bool:
        """Whether this is the newest word on it."""
        if sequence <= abs(self._wearer.told.get(code, 0)):
            return False
        self._wearer.told = {**self._wearer.told, code: sequence if raised else -sequence}
        return True

    def _tombstone(self, told: Any) -> str:
        if not 0 < told.first <= told.last < told.sequence:
            return IMPOSSIBLE_RANGE
        self._wearer.ledger.cover(told.first, told.last)
        return ""

    def _battery(self, told: Any) -> None:
        if told.sequence > self._wearer.charge_sequence:
            self._wearer.charge_sequence, self._wearer.charge = told.sequence, told.battery


def position_of(fix: record.Fix) -> tuple[int, int, int, int]:
    """What the log keeps of a fix beside its bytes: time_ms, lat_e7, lon_e7, a95_mm."""
    return time_ms_of(fix), fix.lat_e7, fix.lon_e7, fix.a95_dm * 100


def _code_of(event: Any) -> str:
    return EVENT_NAMES.get(event.code, f"event_{event.code}")


def _is_news(event: Any) -> bool:
    """Of a latched alarm: it begins, goes on after a restart, or was cleared. It is over when the
    centre says so, not when the contact closes; how that moves meanwhile is evidence only."""
    if event.detail & 0xFF == record.MOVED:
        return False
    return bool(event.raised) or event.detail == record.CLEARED


def _told_ms(told: Any, now_ms: int) -> int | None:
    """A record's own time, which is never after its receipt; None where it tells none that can be
    true."""
    timely = type(told) in _TIMED and not judge_time(told, now_ms)
    return min(time_ms_of(told), now_ms) if timely else None
