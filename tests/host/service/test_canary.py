"""The host's own canary on real brokers that lose, refuse, hang, or let anybody in."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from host.base.clock import Clock
from host.service import canary as canary_module
from host.service.broker import Broker, MosquittoBroker
from host.service.broker_address import parse_address
from host.service.canary import CANARY, Canary
from host.service.faults import BROKER_LOSES, BROKER_OPEN, BROKER_REFUSES
from host.service.inbox import Inbox
from host.service.mqtt import MqttTransport
from protocol import topics

pytestmark = pytest.mark.live
BROKERS = [Broker, MosquittoBroker]
WITHIN_S = 20.0


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary_module, "ROUND_S", 1.0)
    monkeypatch.setattr(canary_module, "PAUSE_S", 0.1)


@contextmanager
def host(
    broker: Broker, renew: Callable[[], None] | None = None, url: str = ""
) -> Iterator[MqttTransport]:
    address = parse_address(url or broker.url)
    canary = Canary(address, renew)
    transport = MqttTransport(address, Clock(), client="host", enrolled=bool, canary=canary)
    transport.start(Inbox())
    try:
        yield transport
    finally:
        transport.stop()


def told(transport: MqttTransport) -> dict[str, str]:
    return {fault: reason for (fault, _), reason in transport.troubles(Clock().now_ms()).items()}


@pytest.mark.parametrize("kind", BROKERS)
def test_it_goes_round_and_says_that_anybody_may_publish(
    tmp_path: Path, kind: type[Broker]
) -> None:
    with kind(tmp_path) as broker, host(broker) as transport:
        _until(lambda: BROKER_OPEN in told(transport))
        for _ in range(20):  # some rounds
            time.sleep(0.05)
            assert told(transport) == {BROKER_OPEN: broker.url}
        assert transport.counters["foreign_topic"] == 0


@pytest.mark.parametrize("kind", BROKERS)
def test_an_own_broker_that_hangs_is_told_and_started_afresh(
    tmp_path: Path, kind: type[Broker]
) -> None:
    with kind(tmp_path) as broker, host(broker, broker.renew) as transport:
        _until(lambda: BROKER_OPEN in told(transport))
        hung = broker.pid
        os.kill(hung, signal.SIGSTOP)  # what it has accepted stays connected, and hears nothing
        _until(lambda: BROKER_LOSES in told(transport))
        assert told(transport)[BROKER_LOSES] in ("CONNECT", "timed out")
        _until(lambda: broker.pid != hung)
        _until(lambda: BROKER_LOSES not in told(transport))


class LosingBroker(MosquittoBroker):
    """Grants, acknowledges, and delivers nothing to the host, until it is started again."""

    rights = "topic read status/+"

    def _arguments(self) -> list[str]:
        arguments = super()._arguments()
        rights = "topic readwrite #" if self.restarts else self.rights
        (self._folder / "rights").write_text(f"{rights}\n")
        with Path(arguments[-1]).open("a") as configuration:
            configuration.write(f"acl_file {self._folder / 'rights'}\n")
        return arguments


@pytest.mark.parametrize(
    ("rights", "missing"),
    [("topic read status/+", topics.up(CANARY)), ("topic readwrite up/+", topics.down(CANARY))],
    ids=["up", "down"],
)
def test_a_broker_that_grants_and_acknowledges_and_delivers_nothing_is_told_and_cured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rights: str, missing: str
) -> None:
    monkeypatch.setattr(LosingBroker, "rights", rights)
    with LosingBroker(tmp_path) as broker, host(broker, broker.renew) as transport:
        _until(lambda: told(transport).get(BROKER_LOSES) == missing)
        _until(lambda: broker.restarts == 1 and BROKER_LOSES not in told(transport))
        # First the host comes back by itself where its subscription may be what is lost.
        assert transport.counters["disconnected"] == 1 + (missing == topics.up(CANARY))


@pytest.mark.parametrize("kind", BROKERS)
def test_a_broker_of_somebody_elses_is_told_and_left_as_it_is(
    tmp_path: Path, kind: type[Broker]
) -> None:
    with kind(tmp_path) as broker, host(broker) as transport:
        _until(lambda: BROKER_OPEN in told(transport))
        hung = broker.pid
        os.kill(hung, signal.SIGSTOP)
        _until(lambda: BROKER_LOSES in told(transport))
        time.sleep(3 * canary_module.ROUND_S)
        os.kill(hung, signal.SIGCONT)
        _until(lambda: BROKER_LOSES not in told(transport))
        assert (broker.pid, broker.restarts) == (hung, 0)


class RefusingBroker(Broker):
    """Has room for one subscription at QoS 1, and `rights` are what anybody may subscribe to."""

    rights = ">"

    def _arguments(self) -> list[str]:
        arguments = super()._arguments()
        configuration = Path(arguments[-1])
        written = configuration.read_text().replace("consumers: -1", "consumers: 1")
        rights = f'{{ subscribe: ["{self.rights}"], publish: [">"] }}'
        user = f"{{ user: host, password: secret, permissions: {rights} }}"
        configuration.write_text(f"{written}authorization {{ users: [ {user} ] }}\n")
        return arguments


def _as_host(broker: Broker, password: str = "secret") -> str:
    return broker.url.replace("://", f"://host:{password}@")


def test_a_broker_that_refuses_units_a_subscription_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RefusingBroker, "rights", 'up.*", "status.*')
    with RefusingBroker(tmp_path) as broker, host(broker, url=_as_host(broker)) as transport:
        _until(lambda: BROKER_REFUSES in told(transport))
        assert transport.connected.is_set()
        assert told(transport) == {BROKER_REFUSES: f"SUBSCRIBE {topics.down(CANARY)}"}


def test_a_broker_that_refuses_the_host_its_subscription_is_named(tmp_path: Path) -> None:
    with RefusingBroker(tmp_path) as broker, host(broker, url=_as_host(broker)) as first:
        assert first.connected.wait(WITHIN_S)
        address = parse_address(_as_host(broker))
        second = MqttTransport(address, Clock(), client="second", enrolled=bool)
        second.start(Inbox())
        _until(lambda: BROKER_REFUSES in told(second))
        assert told(second) == {BROKER_REFUSES: "SUBSCRIBE up/+ status/+"}
        assert not second.connected.is_set()
        second.stop()


def test_a_broker_that_does_not_let_the_host_in_is_named(tmp_path: Path) -> None:
    with RefusingBroker(tmp_path) as broker, host(broker, url=_as_host(broker, "x")) as transport:
        _until(lambda: BROKER_REFUSES in told(transport))
        assert told(transport) == {BROKER_REFUSES: "CONNECT: Not authorized"}


def _until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_round_that_is_refused_is_no_fault() -> None:
    """A broker that is busy, or takes its list of units anew, may refuse one."""
    canary = Canary(parse_address("mqtt://127.0.0.1:1"))
    seen = []
    for refused in ("CONNECT: busy", "", "CONNECT: busy", "CONNECT: busy", ""):
        canary._judge(refused, "")
        seen.append(dict(canary.troubles))
    assert seen == [{}, {}, {}, {BROKER_REFUSES: "CONNECT: busy"}, {}]
