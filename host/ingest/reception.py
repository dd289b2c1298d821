"""A unit's message, read: rows for the input log, and news for the orders of its wearer."""

from collections import Counter
from typing import Any, NamedTuple

from host.ingest.intake import take
from host.ingest.judge import believable, judge, resolved, time_ms_of
from host.ingest.ledger import TAMPER
from host.ingest.news import Alarmed, CameLate, Doubted, Moved, News, Presented
from host.outcome import RecordRow
from host.proximity.bound import MARGIN_S
from host.proximity.track import LATE
from host.wearer import Wearer
from protocol import record

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
    record.Event: "event",
    record.Boot: "boot",
    record.Receipt: "receipt",
    record.Tombstone: "tombstone",
}
_TIMED = (record.Event, record.Boot, record.Receipt)
_NO_ALARM = ("motion", "charging")
_MARGIN_MS = int(MARGIN_S * 1000)


class Reception(NamedTuple):
    """What one message came to. `answered` is its greatest authentic sequence, 0 for none."""

    rows: list[RecordRow]
    news: list[News]
    answered: int


def receive(wearer: Wearer, payload: bytes, now_ms: int, counters: Counter[str]) -> Reception:
    """Take a message into the wearer's ledger and track. Rejections are counted by reason."""
    intake = take(payload, wearer.channel, wearer.ledger)
    rows: list[RecordRow] = []
    news: list[News] = []
    unit = wearer.unit.id
    for refused in intake.refused:
        counters[refused.reason] += 1
        if refused.keep:
            rows.append(
                log_row(now_ms, unit, "record", refused.sealed, refused.sequence, refused.reason)
            )
        if refused.reason == TAMPER:
            wearer.track.doubt()
            news += [Alarmed("tamper", True, now_ms), Doubted()]
    # Oldest first: a backlog that comes with the newest fix is not late against it.
    for told, sealed in sorted(intake.accepted, key=lambda one: record.sequence_of(one.sealed)):
        counters["accepted"] += 1
        if type(told) is record.Fix:
            row = _fix(wearer, told, sealed, now_ms, news)
            if row.verdict:
                counters[row.verdict] += 1
        else:
            kind = _KINDS.get(type(told), "unknown")
            at_ms = _told_ms(told, now_ms)
            if kind == "event":
                _event(wearer, told, at_ms, news)
            elif kind == "receipt":
                news.append(Presented(told.warning_id, told.outcome))
            row = log_row(now_ms, unit, kind, sealed, record.sequence_of(sealed), time_ms=at_ms)
        rows.append(row)
    return Reception(rows, news, intake.answered)


def log_row(
    now_ms: int,
    unit: str,
    kind: str,
    sealed: bytes,
    sequence: int = 0,
    verdict: str = "",
    time_ms: int = 0,
) -> RecordRow:
    """A row of the input log that holds no position."""
    return RecordRow(now_ms, unit, kind, sequence, time_ms, None, None, None, verdict, sealed)


def _fix(
    wearer: Wearer, fix: record.Fix, sealed: bytes, now_ms: int, news: list[News]
) -> RecordRow:
    wearer.battery = fix.battery
    verdict = judge(fix, now_ms)
    if not verdict:
        believed = believable(wearer.unit.id, fix)
        verdict = wearer.track.believe(believed, resolved(fix))
        if not verdict:
            news.append(Moved(believed))
        elif verdict == LATE:
            news.append(CameLate(believed))
        else:
            news.append(Doubted())
    return RecordRow(
        now_ms,
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


def _event(wearer: Wearer, event: record.Event, at_ms: int, news: list[News]) -> None:
    code = EVENT_NAMES.get(event.code, f"event_{event.code}")
    raised = bool(event.raised)
    wearer.battery = event.battery
    if code not in _NO_ALARM:
        others = tuple(alarm for alarm in wearer.alarms if alarm != code)
        wearer.alarms = (*others, code) if raised else others
        news.append(Alarmed(code, raised, at_ms))
    elif code == "motion" and raised and wearer.track.resting:
        wearer.track.moved_off(at_ms, _MARGIN_MS)
        news.append(Doubted())


def _told_ms(told: Any, now_ms: int) -> int:
    """A record's own time where it is UTC and not in the future, else that of its receipt."""
    timed = type(told) in _TIMED and told.flags & record.UTC
    return min(time_ms_of(told), now_ms) if timed else now_ms
