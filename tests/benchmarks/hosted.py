"""A whole host on a broker of its own, for load that comes from another process."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from host.base.clock import Clock
from host.registry.types import Registry
from host.service.broker import Broker
from host.service.broker_address import parse_address
from host.service.broker_rights import logins
from host.service.loop import Service
from host.service.mqtt import MqttTransport
from host.store.store import Store

Transport = Callable[..., MqttTransport]


@dataclass(frozen=True, slots=True)
class Hosted:
    """What a measurement needs of it."""

    service: Service
    transport: MqttTransport
    port: int


@contextmanager
def hosted(
    registry: Registry,
    transport: Transport = MqttTransport,
    broker: type[Broker] = Broker,
    *,
    guarded: bool = False,
) -> Iterator[Hosted]:
    """A host with this registry, up and connected. `guarded`: its broker asks for logins."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        store = Store.open(folder / "bench.db")
        stack.callback(store.close)
        store.enter(registry, 1)
        passwords = logins(registry.units) if guarded else None
        pipe = stack.enter_context(broker(folder / "broker", passwords=passwords))
        clock = Clock()
        enrolled = {unit.id for unit in registry.units}
        carrier = transport(
            parse_address(pipe.url), clock, client="bench", enrolled=enrolled.__contains__
        )
        service = Service(store, carrier, clock, emergency=folder / "emergency.jsonl")
        service.start()
        stack.callback(service.stop)
        carrier.connected.wait(10)
        yield Hosted(service, carrier, pipe.port)


def beside(work: Callable[..., None], *arguments: Any) -> Any:
    """Run `work(pipe, *arguments)` in another process. It says when it is ready, is told to go,
    and says its result, which is returned."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, *arguments))
    process.start()
    here.recv()
    here.send("go")
    result = here.recv()
    process.join()
    return result


def wait_for_go(pipe: Connection) -> float:
    """In the other process: say that the load is made; returns when it may begin, and when."""
    pipe.send("ready")
    pipe.recv()
    return time.perf_counter()
