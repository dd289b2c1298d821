"""Brokers that let in only whom they know, each to its own topics, as README.md asks for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import NARROW
from host.base.loopback import LOOPBACK
from host.service.broker import Broker, MosquittoBroker
from host.service.broker_rights import logins
from protocol import command, record
from tests.firmware.shipped_unit import Host, ShippedUnit

pytestmark = pytest.mark.live

UNIT = "V17"
CHOSEN = {Broker: "a:word@heart", MosquittoBroker: "a word@heart"}  # its file takes no ":"


@pytest.fixture(params=CHOSEN, ids=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker", passwords={"V18": CHOSEN[request.param]}) as broker:
        yield broker


@pytest.fixture
def host(broker: Broker) -> Iterator[Host]:
    with Host(broker.port, UNIT, url=broker.url) as running:
        yield running


@pytest.fixture
def shipped(tmp_path: Path, host: Host) -> ShippedUnit:
    return ShippedUnit(NARROW, compile_all(), tmp_path, host)


def test_a_unit_that_is_admitted_is_let_in_and_heard_and_told(
    broker: Broker, shipped: ShippedUnit, host: Host
) -> None:
    broker.admit(logins([shipped.unit]))
    with shipped.run() as board:
        board.expect("say connected")
        host.await_status(b"1")
        host.expect(record.Boot, boots=1)
        host.send(command.Warning, 0xABC, command.ALERT, command.PATTERN_URGENT, 5)
        board.expect("feel 3 2 5")
        host.expect(record.Receipt, delivery_id=0xABC)
        board.stop()
        (password,) = logins([shipped.unit]).values()
        assert not any(password in line for line in board.lines)


def test_a_unit_may_be_given_another_login(
    broker: Broker, shipped: ShippedUnit, host: Host
) -> None:
    password = CHOSEN[type(broker)]
    broker.admit({UNIT: password})
    with shipped.run(f"{UNIT}:{password}@{LOOPBACK}:{host.port}") as board:
        board.expect("say connected")
        host.expect(record.Boot, boots=1)
        board.stop()


@pytest.mark.parametrize("login", ["", f"{UNIT}:wrong@"], ids=["its own", "a wrong password"])
def test_a_unit_that_the_broker_does_not_know_is_refused(
    shipped: ShippedUnit, host: Host, login: str
) -> None:
    with shipped.run(f"{login}{LOOPBACK}:{host.port}") as board:
        board.expect("say disconnected refused")
        board.stop()


def test_a_unit_with_anothers_password_is_not_heard(
    broker: Broker, shipped: ShippedUnit, host: Host
) -> None:
    with shipped.run(f"V18:{CHOSEN[type(broker)]}@{LOOPBACK}:{host.port}") as board:
        board.expect("say connected")
        board.stop()
    broker.admit(logins([shipped.unit]))
    with shipped.run():
        host.expect(record.Boot, boots=2)
        assert b"0" not in host.status  # which the run before said when it stopped
