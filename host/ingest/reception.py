"""A unit's message, read: rows for the input log, and news for the orders of its wearer."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from host.ingest.intake import MESSAGE, Part
from host.ingest.judge import believable, judge, resolved, time_ms_of
from host.ingest.ledger import DUPLICATE, TAMPER, TOO_MANY_GAPS
from host.ingest.news import Alarmed, CameLate, Doubted, Moved, News, Presented
from host.outcome import RecordRow
from host.proximity.bound import MARGIN_S
from host.proximity.track import LATE
from host.transcript import log_row
from host.wearer import Wearer
from protocol import record

# Named reasons, as they are counted and stored.
EARLIER_WEARER = "earlier_wearer"  # it speaks of a person who wore the unit before
IMPOSSIBLE_RANGE = "impossible_range"  # a tombstone for what is yet to come

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
_TIMED = (record.Event, record.Boot, record.Receipt)
_NO_ALARM = ("motion", "charging")
_MARGIN_MS = int(MARGIN_S * 1000)


def read(
    wearer: Wearer,
    parts: list[Part],
    now_ms: int,
    counters: Counter[str],
    tell: Callable[[News], None],
) -> list[RecordRow]:
    """Take the parts of a message into the wearer's track; rejections are counted by reason.

    Oldest first, so that a backlog that comes with the newest fix is not late against it; `tell`
    is called as soon as the track has taken one, for the next one moves it on. Returns the rows
    for the log in the order of the message. A copy of what is known to be stored leaves none.
    """
    reader = _Reader(wearer, now_ms, tell)
    rows: dict[int, RecordRow] = {}
    tampered = False
    for place in sorted(range(len(parts)), key=lambda place: parts[place].sequence):
        part = parts[place]
        reason = part.reason
        if not reason:
            row = rows[place] = reader.read(part)
            counters["accepted"] += 1
            reason = row.verdict
        elif reason != DUPLICATE:
            kind = "message" if part.sequence == MESSAGE else "record"
            unit = wearer.unit.id
            rows[place] = log_row(now_ms, unit, kind, part.sealed, part.sequence, reason)
        if reason:
            counters[reason] += 1
            tampered |= reason == TAMPER
    if tampered:
        wearer.track.doubt()  # last, for the first copy may be in this very message
        tell(Alarmed("tamper", True, now_ms))
        tell(Doubted())
    return [rows[place] for place in sorted(rows)]


class _Reader:
    """The new records of one message, and what they mean."""

    def __init__(self, wearer: Wearer, now_ms: int, tell: Callable[[News], None]) -> None:
        self._tell = tell
        self._wearer = wearer
        self._now_ms = now_ms

    def read(self, part: Part) -> RecordRow:
        told = part.record
        if type(told) is record.Fix:
            return self._fix(told, part.sealed)
        kind, verdict = "unknown", ""
        at_ms = _told_ms(told, self._now_ms)
        if type(told) is record.Event:
            kind = "event"
            self._event(told, at_ms)
        elif type(told) is record.Receipt:
            kind = "receipt"
            self._tell(Presented(told.warning_id, told.outcome))
        elif type(told) is record.Tombstone:
            kind, verdict = "tombstone", self._tombstone(told)
        elif type(told) is record.Boot:
            kind = "boot"
        unit = self._wearer.unit.id
        return log_row(self._now_ms, unit, kind, part.sealed, part.sequence, verdict, at_ms)

    def _fix(self, fix: Any, sealed: bytes) -> RecordRow:
        wearer = self._wearer
        self._battery(fix)
        verdict = judge(fix, self._now_ms)
        if not verdict:
            verdict = self._believe(fix)
        return RecordRow(
            self._now_ms,
            wearer.unit.id,
            "fix",
            fix.sequence,
            time_ms_of(fix),
            fix.lat_e7,
            fix.lon_e7,
            fix.a95_dm * 100,
            verdict,
            sealed,
        )

    def _believe(self, fix: Any) -> str:
        wearer, tell = self._wearer, self._tell
        believed = believable(wearer.unit.id, fix)
        if believed.time_ms < wearer.since_ms:
            tell(CameLate(believed))
            return EARLIER_WEARER
        verdict = wearer.track.believe(believed, resolved(fix))
        if not verdict:
            tell(Moved(believed))
        elif verdict == LATE:
            tell(CameLate(believed))
        else:
            tell(Doubted())
        return verdict

    def _event(self, event: Any, at_ms: int) -> None:
        wearer = self._wearer
        self._battery(event)
        code = EVENT_NAMES.get(event.code, f"event_{event.code}")
        if code not in _NO_ALARM:
            self._alarm(code, bool(event.raised), event.sequence, at_ms)
        elif code == "motion" and event.raised and wearer.track.resting:
            fix = wearer.track.fix
            if fix is None or event.sequence > fix.sequence:  # else he has come to rest since
                wearer.track.moved_off(at_ms, _MARGIN_MS)
                self._tell(Doubted())

    def _alarm(self, code: str, raised: bool, sequence: int, at_ms: int) -> None:
        """Whatever was raised is told, however late; what is late never has the last word."""
        told = self._wearer.told.get(code, 0)
        if sequence > abs(told):
            newest = {code: sequence if raised else -sequence}
            self._wearer.told = {**self._wearer.told, **newest}
            self._tell(Alarmed(code, raised, at_ms))
        elif raised:
            self._tell(Alarmed(code, True, at_ms))
            if told < 0:
                self._tell(Alarmed(code, False, at_ms))

    def _tombstone(self, told: Any) -> str:
        if not 0 < told.first <= told.last < told.sequence:
            return IMPOSSIBLE_RANGE
        return "" if self._wearer.ledger.cover(told.first, told.last) else TOO_MANY_GAPS

    def _battery(self, told: Any) -> None:
        wearer = self._wearer
        if told.sequence > wearer.charge_sequence:
            wearer.charge_sequence, wearer.charge = told.sequence, told.battery


def _told_ms(told: Any, now_ms: int) -> int:
    """A record's own time where it is UTC and not in the future, else that of its receipt."""
    timed = type(told) in _TIMED and told.flags & record.UTC
    return min(time_ms_of(told), now_ms) if timed else now_ms
