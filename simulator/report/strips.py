"""Strips: what held from when until when, one under the other on one axis of time."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from markupsafe import Markup

from host.proximity.types import Level
from simulator.report.axis import TimeAxis
from simulator.report.run import Run, Trouble, instant_ms
from simulator.report.svg import element, line, polygon, rect, text
from simulator.report.words import Words
from simulator.worlds.report import Event

T = TypeVar("T")

_LETTER_PX = 6.6
_PIXEL = 0.7
_HEIGHTS = {"clear": 3.0, "pre_alert": 9.0, "alert": 15.0, "breach": 21.0}
_LEFT_MOST_MS = 3_600_000  # a promise that reaches farther is drawn as an hour's


class Strip(NamedTuple):
    """A strip as drawn from its top at 0: its height without its title."""

    title: str
    height: float
    parts: list[Markup]


def level_strip(run: Run, axis: TimeAxis, words: Words, order: str, cause: str, name: str) -> Strip:
    """Levels as bars: the higher, the nearer."""
    changes = [(run.start_ms, str(Level.CLEAR))]
    changes += [
        (instant_ms(event), event["to"])
        for event in run.of("transition", order)
        if event["cause"] == cause
    ]
    parts = []
    for from_ms, until_ms, level in spans_of(changes, run.end_ms):
        left, right = axis.x(from_ms), axis.x(until_ms)
        height = _HEIGHTS[level]
        said = f"{words.level(level)}, {_span(from_ms, until_ms, words)}"
        parts.append(rect(left, 22 - height, right - left, height, f"level {level}", said))
        if level != "clear":
            kind = "on dark" if level == "breach" else "on"
            parts += _label(left, right, 18 if height > 12 else 9, words.level(level), kind)
    return Strip(words("level_of", name=name), 22, parts)


def condition_strip(run: Run, axis: TimeAxis, words: Words, order: str) -> Strip:
    """What the order could promise."""
    parts = []
    for from_ms, until_ms, condition in spans_of(run.promises.get(order, ()), run.end_ms):
        left, right = axis.x(from_ms), axis.x(until_ms)
        name = words.condition(condition)
        said = f"{name}, {_span(from_ms, until_ms, words)}"
        parts.append(rect(left, 0, right - left, 20, f"condition {condition}", said))
        parts += _label(left, right, 14, name, "on plated")
    return Strip(words("condition"), 20, parts)


def assured_strip(run: Run, axis: TimeAxis, words: Words, order: str) -> Strip | None:
    """For how long the promise reached on from each moment; None where there never was one."""
    spans = [
        (from_ms, until_ms, promised_ms)
        for from_ms, until_ms, promised_ms in spans_of(run.assured.get(order, ()), run.end_ms)
        if promised_ms > from_ms
    ]
    if not spans:
        return None
    longest_ms = max(promised_ms - from_ms for from_ms, _, promised_ms in spans)
    most_ms = min(longest_ms, _LEFT_MOST_MS)
    parts = [line(axis.left, 34, axis.right, 34, "rule")]
    since_ms, drawn_ms = 0, 0  # from when less than a pixel is not drawn yet; until when all is
    for began_ms, until_ms, promised_ms in spans:
        ends_ms = min(until_ms, promised_ms)
        from_ms = since_ms if began_ms == drawn_ms else began_ms
        drawn_ms = ends_ms
        if axis.x(ends_ms) - axis.x(from_ms) < _PIXEL:
            since_ms = from_ms
            continue
        since_ms = ends_ms
        bend_ms = min(ends_ms, max(from_ms, promised_ms - most_ms))  # from when it is less
        tops = [
            (axis.x(at_ms), 34 - 34 * min(1.0, (promised_ms - at_ms) / most_ms))
            for at_ms in (from_ms, bend_ms, ends_ms)
        ]
        parts.append(polygon([(axis.x(from_ms), 34.0), *tops, (axis.x(ends_ms), 34.0)], "assured"))
    key = "assured_left" if longest_ms <= most_ms else "assured_beyond"
    return Strip(words(key, most=words.seconds(most_ms / 1000)), 34, parts)


def warning_strip(
    run: Run, axis: TimeAxis, words: Words, order: str, unit: str, who: str
) -> Strip | None:
    """Each warning of an order to a unit: filled where its receipt came."""
    parts = []
    for warned in warnings_of(run):
        if (warned.event["order"], warned.event["unit"]) != (order, unit):
            continue
        x, level = axis.x(instant_ms(warned.event)), warned.event["level"]
        filled = "" if warned.receipt_ms is None else "filled"
        corners = [(x, 1.0), (x + 8, 16.0), (x - 8, 16.0)]
        parts.append(polygon(corners, f"warning {level} {filled}", warned.said(words)))
    notices = [event for event in run.of("notice") if event["unit"] == unit]
    for index, event in enumerate(notices):
        x, name = axis.x(instant_ms(event)), words.notice(event["number"])
        last = index + 1 == len(notices)
        ends = axis.right if last else axis.x(instant_ms(notices[index + 1])) - 6
        parts.append(rect(x - 5, 4, 10, 10, "notice", f"{name}, {event['at'][11:19]}"))
        parts += _label(x + 2, ends, 13, name, "on")
    return Strip(words("warnings_to", who=who), 17, parts) if parts else None


def lead_strip(run: Run, axis: TimeAxis, words: Words, order: str) -> Strip | None:
    """From the first warning until the breach that it foretold."""
    rows: list[float] = []  # where each row of bars ends
    parts = []
    for event in run.of("breach", order):
        at_ms, lead_s = instant_ms(event), event["lead_time_s"]
        right = axis.x(at_ms)
        left = right if lead_s is None else axis.x(at_ms - max(0.0, lead_s) * 1000)
        said = words("nobody") if lead_s is None else words.seconds(lead_s)
        ends = right + 14 + _LETTER_PX * len(said)
        flipped = ends > axis.right
        row = next((index for index, end in enumerate(rows) if end < left - 4), len(rows))
        rows[row : row + 1] = [right + 10 if flipped else ends]
        y = 18.0 * row
        parts.append(rect(left, y + 5, right - left, 6, "lead"))
        corners = [(right, y + 1), (right + 7, y + 8), (right, y + 15), (right - 7, y + 8)]
        parts.append(polygon(corners, "breach-mark missed" if event["missed"] else "breach-mark"))
        x, anchor = (left - 4, "end") if flipped else (right + 11, "start")
        parts.append(text(x, y + 12, said, "label", anchor))
    return Strip(words("leads"), 18.0 * len(rows), parts) if parts else None


def alarm_strip(run: Run, axis: TimeAxis, words: Words, order: str) -> Strip | None:
    """What wanted an operator, from when until when: a row for each kind."""
    events = run.of("incident", order)
    kinds = list(dict.fromkeys(event["kind"] for event in events))
    parts = []
    for row, kind in enumerate(kinds):
        name, y = words.cause(kind), 18.0 * row
        alike = [event for event in events if event["kind"] == kind]
        for cause in dict.fromkeys(event["causes"][0] for event in alike):
            own = [event for event in alike if event["causes"][0] == cause]
            changes = [(instant_ms(event), event["opened"]) for event in own]
            for from_ms, until_ms, waits in spans_of(changes, run.end_ms):
                if waits:
                    left, right = axis.x(from_ms), axis.x(until_ms)
                    said = f"{name}, {_span(from_ms, until_ms, words)}"
                    parts.append(rect(left, y, max(2.0, right - left), 14, "alarm", said))
        times = sum(event["opened"] for event in alike)
        label = f"{name} x {times}"
        parts.append(rect(axis.left, y, 6 + _LETTER_PX * len(label), 14, "plate"))
        parts.append(text(axis.left + 3, y + 11, label, "label"))
    return Strip(words("alarms"), 18.0 * len(kinds), parts) if parts else None


def unit_strip(run: Run, axis: TimeAxis, words: Words, unit: str, who: str) -> Strip | None:
    """When a unit's receiver was on, over when its wearer rests."""
    if unit not in run.searches:
        return None
    parts = [
        rect(axis.x(from_ms), 10, axis.x(until_ms) - axis.x(from_ms), 6, "rest")
        for from_ms, until_ms in run.rests.get(unit, ())
    ]
    for from_ms, until_ms, searches in spans_of(run.searches[unit], run.end_ms):
        if searches:
            left, right = axis.x(from_ms), axis.x(until_ms)
            said = _span(from_ms, until_ms, words)
            parts.append(rect(left, 0, max(1.0, right - left), 9, "search", said))
    return Strip(words("receiver_of", who=who), 16, parts)


GAPS, SKY = ("cut", "hold"), ("dropout", "coarse")


def trouble_strips(
    run: Run, axis: TimeAxis, words: Words, unit: str, who: str
) -> Iterator[Strip | None]:
    """What was broken on purpose, of a unit or of the host: its network, its sky, all else."""
    mine = [trouble for trouble in run.troubles if trouble.unit == unit]
    for key, kinds in (("gaps_of", GAPS), ("sky_of", SKY)):
        yield _trouble_strip([one for one in mine if one.what in kinds], axis, words, key, who)
    others = [one for one in mine if one.what not in (*GAPS, *SKY)]
    yield _trouble_strip(others, axis, words, "faults_of", who)


def _trouble_strip(
    troubles: list[Trouble], axis: TimeAxis, words: Words, key: str, who: str
) -> Strip | None:
    parts: list[Markup] = []
    for trouble in troubles:
        left, right = edges(trouble, axis)
        name = words.fault(trouble.what)
        parts.append(rect(left, 0, right - left, 18, "trouble", name))
        parts += _label(left, max(right, left + 9 + _LETTER_PX * len(name)), 13, name, "on plated")
    return Strip(words(key, who=who), 18, parts) if parts else None


def edges(trouble: Trouble, axis: TimeAxis) -> tuple[float, float]:
    """From where to where a trouble is drawn: a moment has some width too."""
    left = axis.x(trouble.from_ms)
    return left, max(left + 3, axis.x(trouble.until_ms or trouble.from_ms))


class Warned(NamedTuple):
    """A warning, and when it was presented and its receipt came (UTC ms; None: never)."""

    event: Event
    presented_ms: int | None
    receipt_ms: int | None

    def said(self, words: Words) -> str:
        """In one line."""
        sent_ms = instant_ms(self.event)
        return ", ".join(
            [
                words.level(self.event["level"]),
                f"{words('sent')} {self.event['at'][11:19]}",
                f"{words('presented')} {_later(self.presented_ms, sent_ms, words)}",
                f"{words('receipt')} {_later(self.receipt_ms, sent_ms, words)}",
            ]
        )

    def presented(self, words: Words) -> str:
        """How long after it was sent it was presented."""
        return _later(self.presented_ms, instant_ms(self.event), words)

    def receipt(self, words: Words) -> str:
        """How long after it was sent its receipt came."""
        return _later(self.receipt_ms, instant_ms(self.event), words)


def warnings_of(run: Run) -> list[Warned]:
    """The warnings to units."""
    later: dict[tuple[str, str], int] = {}
    for kind in ("presented", "receipt"):
        for event in run.of(kind):
            later.setdefault((kind, event["warning"]), instant_ms(event))
    return [
        Warned(event, later.get(("presented", key)), later.get(("receipt", key)))
        for event in run.of("warning")
        for key in [event["warning"]]
    ]


def _later(at_ms: int | None, sent_ms: int, words: Words) -> str:
    if at_ms is None:
        return words("never")
    return f"+{words.seconds((at_ms - sent_ms) / 1000)}"


def spans_of(changes: Iterable[tuple[int, T]], end_ms: int) -> Iterator[tuple[int, int, T]]:
    """(from, until, what) of what holds until the next change."""
    listed = list(changes)
    ends_ms = [*(at_ms for at_ms, _ in listed[1:]), end_ms]
    for (from_ms, what), until_ms in zip(listed, ends_ms, strict=False):
        if until_ms > from_ms:
            yield from_ms, until_ms, what


def _span(from_ms: int, until_ms: int, words: Words) -> str:
    return words.seconds((until_ms - from_ms) / 1000)


def _label(left: float, right: float, y: float, said: str, kind: str) -> Iterator[Markup]:
    """A name within its bar, where there is room for it."""
    if right - left >= 8 + _LETTER_PX * len(said):
        plate = (
            [rect(left + 3, y - 11, 6 + _LETTER_PX * len(said), 14, "plate")]
            if "plated" in kind
            else []
        )
        yield element("g", *plate, text(left + 6, y, said, kind))
