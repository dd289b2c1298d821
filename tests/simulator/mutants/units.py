"""Wrong rules of units, of custody, of the wire, and of the evidence."""

from typing import Any

from firmware.alerts import Alerts
from firmware.assurance import Assurance
from firmware.inputs import Motion
from firmware.outbox import Outbox
from firmware.reporting import Reporting
from host.core import centre
from host.core.audit import Chain
from host.core.outcome import Outcome
from host.ingest import wearer
from host.ingest.ledger import Ledger
from host.service.downlink import Downlink
from protocol.seal import Channel
from protocol.seal import up_channel as sound_channel
from simulator.parts.virtual_host import VirtualHost
from tests.simulator.mutants.mutant import UNITS, Patches

# Custody


@UNITS.mutant
def everything_is_acknowledged() -> Patches:
    """A unit erases what the host never got."""
    yield Ledger, "bitmap", lambda ledger, answered: (1 << 64) - 1


@UNITS.mutant
def what_is_sent_is_erased() -> Patches:
    """The sender's acknowledgement is taken for the store's."""
    message = Outbox.message

    def erased(outbox: Outbox, now_ms: int) -> bytes | None:
        sent = message(outbox, now_ms)
        if sent is not None:
            newest = outbox._journal.next_sequence() - 1
            outbox._journal.acknowledge(newest, newest, 1)
        return sent

    yield Outbox, "message", erased


@UNITS.mutant
def it_answers_before_it_commits() -> Patches:
    """A host that dies in between has acknowledged what is nowhere."""
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

    yield VirtualHost, "_release", late


# Seals and numbers


class Credulous:
    """A channel that believes whatever it can read."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def fits(self, message: bytes, seal: bytes) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


@UNITS.mutant
def records_are_believed_unsealed() -> Patches:
    """Anybody on the way can say where he is."""
    yield wearer, "up_channel", lambda *given: Credulous(sound_channel(*given))


@UNITS.mutant
def command_numbers_are_used_again() -> Patches:
    """A unit takes a new command for an old one."""
    yield Downlink, "_next_number", lambda downlink, unit, now_ms: now_ms // 60_000 * 60_000


# Warnings


@UNITS.mutant
def a_warning_is_felt_each_time_it_comes() -> Patches:
    """Every retry shakes her."""
    yield Alerts, "knows", lambda alerts, warning_id: False


@UNITS.mutant
def no_warning_leaves() -> Patches:
    """The host knows, and says nothing."""
    yield Downlink, "warn", lambda downlink, outcome, now_ms: None


# Her unit's promise


@UNITS.mutant
def a_promise_is_never_withdrawn() -> Patches:
    """Her unit goes on by what it was told first."""
    answer = Assurance.answer

    def deaf(self: Assurance, flags: int, until_ms: int | None, *rest: Any) -> None:
        before = self.until_ms, self.promised
        answer(self, flags, until_ms, *rest)
        if until_ms is None:
            self.until_ms, self.promised = before

    yield Assurance, "answer", deaf


@UNITS.mutant
def a_promise_outlives_its_time() -> Patches:
    """Her unit adds a minute, so as to be quiet."""
    answer = Assurance.answer

    def longer(self: Assurance, flags: int, until_ms: int | None, *rest: Any) -> None:
        answer(self, flags, None if until_ms is None else until_ms + 60_000, *rest)

    yield Assurance, "answer", longer


@UNITS.mutant
def moving_off_shortens_no_promise() -> Patches:
    """She drives towards him on a promise that counted on her rest."""
    yield Assurance, "moved", lambda assurance, at_ms: None


# Rest and leases


@UNITS.mutant
def who_moves_off_says_nothing() -> Patches:
    """A party at rest is believed to be there for as long as the lease."""
    sensed = Motion.sensed

    def silent(motion: Motion, moving: bool, now_ms: int) -> Any:
        sensed(motion, moving, now_ms)
        return []

    yield Motion, "sensed", silent


@UNITS.mutant
def a_lease_counts_twice() -> Patches:
    """The unit sleeps for twice as long as it may."""
    answer = Reporting.answer
    yield Reporting, "answer", lambda one, answered, lease_s: answer(one, answered, 2 * lease_s)


# What a bracelet hears


@UNITS.mutant
def a_bracelet_is_told_until_when() -> Patches:
    """Its wearer learns how far she is."""
    told = vars(centre)["answer"]

    def told_all(wearer: Any, answered: int, now_ms: int) -> Any:
        said = told(wearer, answered, now_ms)
        return said._replace(assured_until_s=now_ms // 1000 + 60) if wearer.is_bracelet else said

    yield centre, "answer", told_all


# Evidence


@UNITS.mutant
def the_chain_leaves_out_what_it_cannot_place() -> Patches:
    """A court gets another story than the one that was."""
    append = Chain.append

    def forgetful(chain: Chain, kind: str, order: str, data: Any, at_ms: int) -> Any:
        return append(chain, kind, order, {key: data[key] for key in sorted(data)[:1]}, at_ms)

    yield Chain, "append", forgetful
