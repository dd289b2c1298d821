"""The input log can be read back: every input that changes something leaves all of itself."""

import orjson
import pytest

from host.core.outcome import Changed, Connection, Found, Input, Placed, Received
from host.core.transcript import (
    Unreadable,
    digest_of,
    inputs_of,
    item_json,
    sealed_of,
)
from host.escalation.act import Act, Verb
from host.ingest.row import log_row
from host.proximity.fix import make_fix
from host.registry.types import Assignment, Order, Registry, Role, Weekly, Zone
from tests.host.driven_centre import REGISTRY, DrivenCentre, at_ms, unit
from tests.host.proximity.pair import PLACE

ZONE = Zone(
    "z",
    "school",
    (PLACE, (1, 2), (3, 4)),
    holes=(((5, 6), (7, 8), (5, 9)),),
    schedule=(Weekly((3,), 1, 2),),
)
ITEMS = (
    unit("B1", Role.OFFENDER, floor_s=7, listen_s=None),
    Assignment("B1", "juan", 5, None),
    Order("O1", 3, "juan", ("ana", "eva"), zones=(ZONE,), schedule=(Weekly((1, 2), 3, 4),)),
)
PLACED = make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True)
LATE = make_fix("B1", 7, at_ms(3), *PLACE, a95_m=12.5, at_rest=True)

INPUTS: list[Input] = [
    Connection("B1", True, at_ms(1)),
    Act(Verb.ACKNOWLEDGE, "00ff", "Olga Ñandú", at_ms(2)),
    Act(Verb.SHELVE, "00ff", "Olga", at_ms(2), "audiencia a las 10", 900_000),
    Act(Verb.CALL, "00fe", "Olga", at_ms(2), reached=True),
    *(Changed(item, at_ms(3)) for item in ITEMS),
    Placed("ana", PLACED, at_ms(4)),
    Found("O1", LATE, PLACED, at_ms(5)),
]


@pytest.mark.parametrize("item", INPUTS, ids=lambda item: type(item).__name__)
def test_an_input_is_read_back_from_its_row(item: Input) -> None:
    driven = DrivenCentre(REGISTRY)
    told = driven.step(item)
    expected = [] if isinstance(item, Found) and not told.signals else [item]
    known = {item_json(one): one for one in ITEMS}
    assert inputs_of(told.records, (), known) == expected
    assert [row.sealed for row in told.records] == [sealed_of(one) for one in expected]


def test_no_key_is_in_the_log() -> None:
    enrolled = ITEMS[0]
    assert isinstance(enrolled, type(REGISTRY.units[0]))
    said = item_json(enrolled)
    assert enrolled.key not in said
    assert enrolled.key.hex().encode() not in said
    assert len(orjson.loads(said)["key"]) == 64


def test_messages_are_put_together_again_as_they_came() -> None:
    rows = [
        log_row(at_ms(1), "B1", "fix", b"a"),
        log_row(at_ms(1), "B1", "record", b"b", 3, "bad_seal"),
        log_row(at_ms(1), "B1", "event", b"c"),
        log_row(at_ms(1), "V1", "fix", b"d"),
        log_row(at_ms(1), "V1", "connection", b'{"up":true}'),
        log_row(at_ms(1), "V1", "fix", b"e"),
        log_row(at_ms(2), "V1", "fix", b"f"),
        log_row(at_ms(2), "V1", "message", b"g"),
    ]
    assert inputs_of(rows, (2,), {}) == [
        Received("B1", b"ab", at_ms(1)),
        Received("B1", b"c", at_ms(1)),
        Received("V1", b"d", at_ms(1)),
        Connection("V1", True, at_ms(1)),
        Received("V1", b"e", at_ms(1)),
        Received("V1", b"fg", at_ms(2)),
    ]


def test_two_messages_within_a_millisecond_are_told_apart() -> None:
    driven = DrivenCentre()
    sealer = driven.sealers["B1"]
    messages = [Received("B1", sealer.fix(1) + sealer.fix(1), at_ms(1)) for _ in range(2)]
    told = driven.step(*messages)
    assert told.parted == [2]
    assert inputs_of(told.records, told.parted, {}) == messages


@pytest.mark.parametrize(
    ("kind", "sealed", "why"),
    [
        ("registry", b"{}", "the registry holds no such entry"),
        ("act", b"{}", "it cannot be read"),
        ("act", b'{"verb":"dance","subject":"1","operator":"x"}', "it cannot be read"),
        ("connection", b"\xff", "it cannot be read"),
        ("placed", b'{"person":"ana","fix":null}', "a fix is missing"),
        ("dance", b"{}", "no kind of input"),
    ],
)
def test_what_cannot_be_read_says_why(kind: str, sealed: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        inputs_of([log_row(0, "", kind, sealed)], (), {})


def test_a_registrys_digest_is_of_all_that_it_says_and_not_of_its_number() -> None:
    registry = Registry(REGISTRY.units, REGISTRY.assignments, REGISTRY.orders, 99)
    assert digest_of(registry) == digest_of(REGISTRY)
    for other in (
        Registry((unit("B1", Role.OFFENDER, floor_s=6),), (), ()),
        Registry(REGISTRY.units, (), REGISTRY.orders),
        Registry(REGISTRY.units, REGISTRY.assignments, ()),
    ):
        assert digest_of(other) != digest_of(REGISTRY)
