"""A host without threads that lives through every kind of input, of step and of start."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from host.accounts.account import Account
from host.accounts.accounts import Accounts
from host.accounts.denied import Wrong
from host.accounts.right import StaffRole
from host.accounts.sessions import Caller
from host.core.outcome import (
    Changed,
    Connection,
    CutOff,
    Entered,
    Found,
    Input,
    Outcome,
    Placed,
    Received,
)
from host.core.transcript import failed_input
from host.escalation.act import Act, Verb
from host.escalation.policy import default
from host.proximity.fix import make_fix
from host.proximity.retrospect import APART_MS
from host.registry.types import Assignment, Order, Unit
from host.service.revive import revive
from host.store.store import Store
from protocol import record
from tests.host.driven_centre import Sealer, at_ms
from tests.host.proximity.pair import PLACE
from tests.host.random_day import REGISTRY


class Host:
    """A host without threads: step, commit, ask the store."""

    def __init__(self, path: Path, secret: bytes = b"") -> None:
        self.store = Store.open(path)
        if secret:
            self.store.adopt_secret(secret)
        self.store.enter(REGISTRY, at_ms(0), by="olga")
        self.store.save_policy(default().document, at_ms(0), by="olga")
        self.store.save_person("zoe", at_ms(0), "Zoé", by="olga")
        self.sealers = {one.id: Sealer(one) for one in REGISTRY.units}
        self.told: list[Outcome] = []
        self.begin(0)

    def begin(self, at_s: float) -> None:
        """Start on what is stored, as after a crash."""
        self.centre = revive(self.store, self.store.secret(), at_ms(at_s))

    def step(self, *inputs: Input, now_s: float | None = None) -> Outcome:
        told = self.centre.step(list(inputs), inputs[-1].at_ms if now_s is None else at_ms(now_s))
        self.commit(told)
        for asked in told.lookbacks:
            fix = self.store.fix_near(asked.counterpart_unit, asked.late.time_ms, APART_MS)
            self.step(Found(asked.order, asked.late, fix, self.centre.now_ms))
        return told

    def commit(self, told: Outcome) -> None:
        self.store.log.commit([told])
        self.told.append(told)

    def receive(self, name: str, at_s: float, *sealed: bytes) -> Outcome:
        return self.step(Received(name, b"".join(sealed), at_ms(at_s)))

    def change(self, item: Unit | Assignment | Order, at_s: float) -> None:
        self.enter(item, at_s)
        entry, last_hash = self.store.registry_head()
        self.step(Changed(item, at_ms(at_s)), Entered(entry, last_hash.hex(), at_ms(at_s)))

    def enter(self, item: Unit | Assignment | Order, at_s: float) -> None:
        if isinstance(item, Unit):
            self.store.save_unit(item, at_ms(at_s))
        elif isinstance(item, Assignment):
            self.store.save_person(item.person, at_ms(at_s))
            self.store.assign(item, at_ms(at_s))
        else:
            self.store.save_order(item, at_ms(at_s))


def staff(host: Host) -> None:
    """People and a machine that ask, and somebody who guesses."""
    accounts = Accounts.over(host.store.accounts, lambda: at_ms(1))
    here = Caller("192.0.2.1")
    for name in ("olga", "eva"):
        account = Account(name, name.title(), (StaffRole.INVESTIGATOR,))
        code = accounts.staff.add(account, "", here)
        begun = accounts.desk.log_in(name, code, here)
        accounts.own.set_password(begun.key, "palabras que nadie adivina", here)
    with suppress(Wrong):
        accounts.desk.log_in("eva", "not it", here)
    accounts.staff.change(replace(accounts.staff.account("eva"), name="Eva Choc"), "olga", here)
    accounts.staff.make_token("tablero", StaffRole.ENGINEER, 9, "olga", here)
    accounts.witness.viewed(begun.seen.who, "console", here)


def live(host: Host) -> None:
    """Every kind of input, every kind of end of a step, and restarts."""
    staff(host)
    hers, his = host.sealers["V1"], host.sealers["B1"]
    host.receive("V1", 1, hers.rest(1))
    late = his.fix(4, 450)
    host.step(
        Received("B1", his.fix(5, 3000), at_ms(5)),
        Received("B1", his.fix(5, 3010), at_ms(5)),  # within one millisecond
        Connection("B1", False, at_ms(5)),
        Connection("B1", True, at_ms(6)),
        Connection("B1", True, at_ms(7)),
        now_s=9,
    )
    host.receive("B1", 20, his.fix(10, 2900), his.event(11, record.CASE), his.fix(15, 900), b"tail")
    near = host.receive("B1", 30, his.fix(30, 400))
    copied = host.centre.step([Received("B1", late[:-1] + b"?", at_ms(31))], at_ms(31))
    host.commit(copied)
    (warning,) = (warn for warn in near.warnings if warn.unit == "V1")
    host.receive("V1", 33, hers.receipt(33, warning.warning_id))
    escalation = host.centre.escalations.of("O1")
    assert escalation is not None
    name = escalation.incidents["victim:ana"].id
    host.step(*(Act(Verb.ACKNOWLEDGE, name, who, at_ms(40)) for who in ("olga", "eva")))
    host.receive("X1", 41, b"nobody knows it")
    host.begin(41)  # a crash, and back at once
    twin = Sealer(REGISTRY.units[0])
    twin.sequence = his.sequence - 1
    host.receive("B1", 50, twin.fix(1, 5000))
    host.commit(host.centre.set_aside(failed_input(Received("B1", b"poison", 0), at_ms(55))))
    host.step(now_s=58)  # deadlines only
    host.commit(host.centre.set_aside(failed_input(Received("", b"more of it", 0), at_ms(59))))
    order = host.centre.roster.orders["O1"].order
    host.change(replace(order, version=2, alert_m=800, pre_alert_m=2000), 60)
    again = replace(REGISTRY.units[0], epoch=2, key=b"k" * 32)
    host.change(again, 61)
    host.receive("B1", 62, his.fix(62), Sealer(again).fix(62, 700))
    host.enter(replace(order, version=3, zones=()), 70)  # while the host is down
    host.step(now_s=75)
    host.begin(400)
    host.step(CutOff(at_ms(380), at_ms(401)))
    host.change(Assignment("V2", "ada", at_ms(500)), 410)
    host.step(now_s=520)
    host.step(Placed("eva", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(521)))
    renewed = Sealer(again)
    renewed.sequence = 1
    old = renewed.fix(300, 300)
    hers.sequence += 5
    host.receive("V1", 530, hers.fix(299, 0))
    host.receive("B1", 600, renewed.fix(599, 9000))
    host.receive("B1", 610, old)
    panic(host, hers)
    host.step(now_s=5000)


def panic(host: Host, hers: Sealer) -> None:
    """She presses, somebody calls her and closes it; the host crashes meanwhile."""
    name = host.receive("V1", 620, hers.event(620, record.PANIC)).incidents[0].id
    task = next(one for one in host.step(now_s=655).deliveries if one.recipient == "victim")
    host.step(Act(Verb.CALL, task.id, "olga", at_ms(660), reached=True))
    host.step(Act(Verb.ACKNOWLEDGE, name, "olga", at_ms(661)))
    host.begin(662)
    refused = Act(Verb.SHELVE, name, "eva", at_ms(663), "she is well", 60_000)
    closed = host.step(refused, Act(Verb.RESOLVE, name, "eva", at_ms(664), "she is well"))
    (clear,) = closed.clear_latch
    assert (list(closed.refusals), clear.unit, clear.code) == ([refused], "V1", "panic")
    host.receive("V1", 665, hers.receipt(665, clear.delivery_id, record.DONE))
