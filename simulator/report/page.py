"""The page: everything in one file that asks nobody for anything, so it opens anywhere."""

import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from host.base.clock import iso
from host.proximity.types import Condition, Level
from simulator.report.map import map_picture, named
from simulator.report.moments import SETTLED_MS, Moment, moments_of
from simulator.report.run import NEAR, Run, Wearer
from simulator.report.strips import spans_of, warnings_of
from simulator.report.svg import hatches
from simulator.report.timeline import charted, timeline_picture
from simulator.report.words import Words
from simulator.worlds.report import Event, sentence

WIDTHS = (1080.0, 360.0)  # of a desk and of a telephone
ORDERS_MAX = 12
EVENTS_MAX = 5000
_UNTOLD = ("type", "tracks")  # of the summary

Row = dict[str, Any]


def page_of(run: Run, language: str) -> str:
    """The page as HTML, in one language of the house."""
    words = Words(language)
    moments = moments_of(run)
    style = files("simulator.report").joinpath("page.css").read_text("utf-8")
    orders = sorted(run.orders, key=lambda order: _nearness(run, order.id))
    environment = Environment(
        loader=PackageLoader("simulator.report", "."), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(
        "page.html"
    ).render(
        run=run,
        words=words,
        style=Markup(style),  # noqa: S704 - the project's own file
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        summary_json=_embedded(run.summary),
        span=_span(run),
        verdict=_verdict(run, words),
        figures=_figures(run, words),
        people=[(one, named(one, words)) for one in run.wearers],
        hatches=hatches(),
        circles=_circles(run, words),
        maps=[map_picture(run, moments, words, width) for width in WIDTHS],
        orders=[_order(run, order.id, moments, words) for order in orders[:ORDERS_MAX]],
        undrawn=max(0, len(orders) - ORDERS_MAX),
        moments=[_moment(run, moment, words) for moment in moments],
        breaches=[_breach(run, event, words) for event in run.of("breach")],
        warnings=[_warning(run, one, words) for one in warnings_of(run)],
        lines=[(event["at"], sentence(event)) for event in run.events[:EVENTS_MAX]],
        items=[
            (key, json.dumps(value))
            for key, value in run.summary.items()
            if key not in ("type", "tracks")
        ],
    )


def _span(run: Run) -> str:
    """From when until when; the day once, where it is one."""
    start, end = (iso(at_ms)[:19].replace("T", " ") for at_ms in (run.start_ms, run.end_ms))
    return f"{start} – {end[11:] if start[:10] == end[:10] else end}"


def _embedded(summary: Event) -> Markup:
    """JSON that no text in it can break out of."""
    text = json.dumps(summary, ensure_ascii=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - without < > and & there is nothing to escape


def _nearness(run: Run, order: str) -> float:
    pairs = [one for one in run.closeness if one.order == order and one.samples]
    return min((one.nearness for one in pairs), default=float("inf"))


def _verdict(run: Run, words: Words) -> Row:
    """Whether it passed, and one sentence that says what happened."""
    summary = run.summary
    if run.replayed:
        key = "replayed_to" if run.of("transition") else "replayed_clear"
        said = words(key, level=_highest(run, words), nearest=_nearest(run, words))
        return {"kind": "shown", "mark": "●", "name": words("shown"), "said": said}
    leads_s = [lead_s for lead_s in summary["lead_times_s"] if lead_s is not None]
    count, warned = summary["breaches"], summary["breaches_warned"]
    if not count:
        said = words("none_breached")
    elif count == warned:
        key = "once_warned" if count == 1 else "all_warned"
        said = words(key, count=count, lead=words.seconds(min(leads_s)))
    else:
        said = words("some_warned", count=count, warned=warned)
    lost_ms = max((_unassured_ms(run, order.id) for order in run.orders), default=0)
    if lost_ms:
        said += " " + words("was_unassured", time=words.seconds(lost_ms / 1000))
    if run.complaints:
        return {"kind": "failed", "mark": "✕", "name": words("failed"), "said": said}
    return {"kind": "passed", "mark": "✓", "name": words("passed"), "said": said}


def _unassured_ms(run: Run, order: str) -> int:
    """For how long a promise that an order had was lost."""
    return sum(
        until_ms - from_ms
        for from_ms, until_ms, condition in spans_of(run.promises.get(order, ()), run.end_ms)
        if condition == Condition.UNASSURED and from_ms > run.start_ms + SETTLED_MS
    )


def _figures(run: Run, words: Words) -> list[tuple[str, str]]:
    """The few numbers that matter, with what they are."""
    summary = run.summary
    if run.replayed:
        return [
            (words("highest"), _highest(run, words)),
            (words("nearest"), _nearest(run, words)),
            (words("fixes"), words.number(summary["fixes"])),
            (words("left_out"), words.number(summary["left_out"])),
        ]
    leads_s = [lead_s for lead_s in summary["lead_times_s"] if lead_s is not None]
    warned = words("of", part=summary["breaches_warned"], whole=summary["breaches"])
    return [
        (words("breaches"), warned),
        (words("least_lead"), words.seconds(min(leads_s)) if leads_s else "–"),
        (words("false_alarms"), words.number(summary["false_alarms"])),
        (words("lost"), words.number(summary["lost"])),
    ]


def _highest(run: Run, words: Words) -> str:
    levels = [str(level) for level in Level]
    reached = [levels.index(event["to"]) for event in run.of("transition")]
    return words.level(levels[max(reached, default=0)])


def _nearest(run: Run, words: Words) -> str:
    metres = run.summary["min_distance_m"]
    return "–" if metres is None else words.metres(metres)


def _circles(run: Run, words: Words) -> str:
    pairs = [one for one in run.closeness if one.cause.startswith("victim:") and one.samples]
    nearest = min(pairs, key=lambda one: one.nearest[1], default=None)
    if nearest is None or nearest.nearness > NEAR:
        return ""
    return words("circles", time=iso(nearest.nearest[0])[11:19])


def _order(run: Run, order: str, moments: list[Moment], words: Words) -> Row:
    _, told = charted(run, order)
    return {
        "name": words("timeline", order=order),
        "pictures": [timeline_picture(run, order, moments, words, width) for width in WIDTHS],
        "far": [
            words("never_near", name=one.name, distance=words.metres(one.nearest[1]))
            for one in told
        ],
        "live": not run.assured,
    }


def _moment(run: Run, moment: Moment, words: Words) -> Row:
    event = moment.event
    if moment.kind == "unassured":
        said, distance = words("unassured", reason=words.reason(event["cause"])), ""
    else:
        shown = _cause_name(run, event["cause"], words)
        said = words("rises", name=shown, level=words.level(moment.kind))
        metres = event["distance_m"]
        distance = "" if metres is None else words.metres(metres)
    return {"number": moment.number, "kind": moment.kind, "at": event["at"][11:19],
            "order": moment.order, "said": said, "distance": distance}  # fmt: skip


def _cause_name(run: Run, cause: str, words: Words) -> str:
    """Whom or what he came near."""
    kind, _, name = cause.partition(":")
    if kind != "zone":
        return words.person(name)
    zones = [one for order in run.orders for one in order.zones]
    return words("zone", name=next((one.name for one in zones if one.id == name), name))


def _breach(run: Run, event: Event, words: Words) -> Row:
    lead_s = event["lead_time_s"]
    if lead_s is None:
        warned = words("nobody")
    else:
        key = "before" if lead_s >= 0 else "after"
        warned = words(key, lead=words.seconds(abs(lead_s)))
    if event["missed"]:
        warned = f"{words('missed')}: {warned}"
    if event["expected"]:
        warned += f" ({words('expected')})"
    return {
        "at": event["at"][11:23],
        "order": event["order"],
        "cause": _cause_name(run, event["cause"], words),
        "limit": words(f"kind.{event['kind']}"),
        "warned": warned,
        "missed": event["missed"],
    }


def _warning(run: Run, one: Any, words: Words) -> Row:
    wearer: Wearer | None = next(
        (wearer for wearer in run.wearers if wearer.unit == one.event["unit"]), None
    )
    return {
        "at": one.event["at"][11:23],
        "who": one.event["unit"] if wearer is None else named(wearer, words),
        "level": one.event["level"],
        "level_name": words.level(one.event["level"]),
        "presented": one.presented(words),
        "receipt": one.receipt(words),
    }
