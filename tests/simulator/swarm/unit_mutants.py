"""Wrong rules of units, custody, the wire and the evidence, beside those of what the host decides.

Each is a function that makes the patches of one wrong rule, by its name; its docstring says what
would come of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from firmware.alerts import Alerts
from firmware.assurance import Assurance
from firmware.inputs import Motion
from firmware.journal import Journal
from firmware.outbox import Outbox
from firmware.reporting import Reporting
from host.core.audit import Chain
from host.core.outcome import Outcome
from host.escalation.outbox import Outbox as HostOutbox
from host.ingest.ledger import Ledger
from host.service.downlink import Downlink
from protocol.command import Answer
from protocol.seal import Channel
from protocol.seal import up_channel as sound_channel
from simulator.parts.virtual_host import VirtualHost

Patch = tuple[Any, str, Any]
MUTANTS: dict[str, Callable[[], list[Patch]]] = {}


def mutant(rule: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    MUTANTS[rule.__name__] = rule
    return rule


@contextmanager
def wrong(name: str) -> Iterator[None]:
    """Units and host follow a wrong rule."""
    patches = [patch.object(*one) for one in MUTANTS[name]()]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


# Custody


@mutant
def everything_is_acknowledged() -> list[Patch]:
    """A unit erases what the host never got."""
    return [(Ledger, "bitmap", lambda ledger, answered: (1 << 64) - 1)]


@mutant
def what_is_sent_is_erased() -> list[Patch]:
    """The sender's acknowledgement is taken for the store's."""
    message = Outbox.message

    def erased(outbox: Outbox, now_ms: int) -> bytes | None:
        sent = message(outbox, now_ms)
        if sent is not None:
            newest = outbox._journal.next_sequence() - 1
            outbox._journal.acknowledge(newest, newest, 1)
        return sent

    return [(Outbox, "message", erased)]


@mutant
def it_answers_before_it_commits() -> list[Patch]:
    """A host that dies in between has acknowledged what is nowhere."""
    release = VirtualHost._release
    held: list[Outcome] = []

    def late(host: VirtualHost, outcome: Outcome, now_ms: int, *, warned: bool) -> Any:
        host._downlink.send(outcome, now_ms, warned=warned)
        held.append(outcome)
        if len(held) < 40:
            return []
        for one in held:
            if one != Outcome():
                host._store.log.commit([one])
        held.clear()
        return []

    assert release
    return [(VirtualHost, "_release", late)]


# Seals and numbers


class Credulous:
    """A channel that believes whatever it can read."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def fits(self, message: bytes, seal: bytes) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


@mutant
def records_are_believed_unsealed() -> list[Patch]:
    """Anybody on the way can say where he is."""
    from host.ingest import wearer

    return [(wearer, "up_channel", lambda *given: Credulous(sound_channel(*given)))]


@mutant
def command_numbers_are_used_again() -> list[Patch]:
    """A unit takes a new command for an old one."""
    return [(Downlink, "_next_number", lambda downlink, unit, now_ms: now_ms // 60_000 * 60_000)]


# Warnings


@mutant
def a_warning_is_felt_each_time_it_comes() -> list[Patch]:
    """Every retry shakes her."""
    return [(Alerts, "knows", lambda alerts, warning_id: False)]


@mutant
def a_warning_leaves_once() -> list[Patch]:
    """What the network loses is lost."""
    return [(HostOutbox, "timer", lambda outbox, name, now_ms, incident: None)]


@mutant
def no_warning_leaves() -> list[Patch]:
    """The host knows, and says nothing."""
    return [(Downlink, "warn", lambda downlink, outcome, now_ms: None)]


@mutant
def receipts_are_never_given() -> list[Patch]:
    """She is called by telephone of what she has felt, and the bracelet's is never quiet."""
    return [(Alerts, "settled", lambda alerts: [])]


# Her unit's promise


@mutant
def a_promise_is_never_withdrawn() -> list[Patch]:
    """Her unit goes on by what it was told first."""
    answer = Assurance.answer

    def deaf(self: Assurance, flags: int, until_ms: int | None, *rest: Any) -> None:
        before = self.until_ms, self.promised
        answer(self, flags, until_ms, *rest)
        if until_ms is None:
            self.until_ms, self.promised = before

    return [(Assurance, "answer", deaf)]


@mutant
def a_promise_outlives_its_time() -> list[Patch]:
    """Her unit adds a minute, so as to be quiet."""
    answer = Assurance.answer

    def longer(self: Assurance, flags: int, until_ms: int | None, *rest: Any) -> None:
        answer(self, flags, None if until_ms is None else until_ms + 60_000, *rest)

    return [(Assurance, "answer", longer)]


@mutant
def moving_off_shortens_no_promise() -> list[Patch]:
    """She drives towards him on a promise that counted on her rest."""
    return [(Assurance, "moved", lambda assurance, at_ms: None)]


# Rest and leases


@mutant
def who_moves_off_says_nothing() -> list[Patch]:
    """A party at rest is believed to be there for as long as the lease."""
    sensed = Motion.sensed

    def silent(motion: Motion, moving: bool, now_ms: int) -> Any:
        sensed(motion, moving, now_ms)
        return []

    return [(Motion, "sensed", silent)]


@mutant
def a_lease_is_taken_from_any_answer() -> list[Patch]:
    """An answer that was on its way for long lets a unit sleep that the host expects."""
    answer = Reporting.answer

    def any_answer(reporting: Reporting, answered: int, lease_s: int) -> None:
        answer(reporting, reporting._newest, lease_s)

    return [(Reporting, "answer", any_answer)]


@mutant
def a_lease_counts_twice() -> list[Patch]:
    """The unit sleeps for twice as long as it may."""
    answer = Reporting.answer
    return [
        (Reporting, "answer", lambda one, answered, lease_s: answer(one, answered, 2 * lease_s))
    ]


# What a bracelet hears


@mutant
def a_bracelet_is_told_until_when() -> list[Patch]:
    """Its wearer learns how far she is."""
    from host.core import centre

    told = centre.answer

    def told_all(wearer: Any, answered: int, now_ms: int) -> Any:
        said = told(wearer, answered, now_ms)
        return said._replace(assured_until_s=now_ms // 1000 + 60) if wearer.is_bracelet else said

    assert Answer
    return [(centre, "answer", told_all)]


# Evidence


@mutant
def the_chain_leaves_out_what_it_cannot_place() -> list[Patch]:
    """A court gets another story than the one that was."""
    append = Chain.append

    def forgetful(chain: Chain, kind: str, order: str, data: Any, at_ms: int) -> Any:
        return append(chain, kind, order, {key: data[key] for key in sorted(data)[:1]}, at_ms)

    return [(Chain, "append", forgetful)]


@mutant
def the_journal_forgets_what_does_not_fit() -> list[Patch]:
    """A unit out of contact loses records, and says nothing of it."""
    return [
        (Journal, "tombstones", lambda journal: []),
        (Journal, "pending", lambda journal: iter(())),
    ]
