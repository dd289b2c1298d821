"""Policies of a host at work: each order by its own, and what is open by the one that opened it."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from host.commands import cli
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused
from host.escalation.policy import default
from host.registry.types import PolicyDocument, Registry
from host.store.store import Store
from tests.host.host_at_work import HostAtWork, until
from tests.host.units import ORDER, REGISTRY

NEAR = "victim:ana"
OTHER = replace(ORDER, id="O2", policy="strict")
END = PolicyDocument("strict", "")


def strict(**changed: object) -> PolicyDocument:
    """A policy under which nobody shelves for longer than a minute, unless that is changed."""
    told = {"name": "strict", "shelving_max_s": 60, **changed}
    return PolicyDocument("strict", json.dumps({**json.loads(default().document.text), **told}))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostAtWork]:
    """Two orders about the same two people, each under a policy of its own."""
    with closing(Store.open(tmp_path / "a.db")) as store:
        store.enter(REGISTRY, 1)
        store.enter(Registry(policies=(strict(),), orders=(OTHER,)), 1)
    host = HostAtWork(tmp_path)
    yield host
    host.end()
    assert cli.main(["verify", "--database", str(tmp_path / "a.db")]) == 0


def alarm_of(host: HostAtWork, order: str) -> dict[str, Any]:
    """The open alarm about nearness of an order; {} for none."""
    shown = host.service.requests.snapshot()["incidents"]
    return next((one for one in shown if (one["order"], one["cause"]) == (order, NEAR)), {})


def shelve(host: HostAtWork, order: str, for_s: int) -> None:
    name = alarm_of(host, order)["incident"]
    host.service.requests.act(Act(Verb.SHELVE, name, "eva", reason="hearing", for_ms=1000 * for_s))


def test_two_orders_climb_the_ladders_of_their_own_policies(host: HostAtWork) -> None:
    host.near()
    until(lambda: alarm_of(host, "O1") and alarm_of(host, "O2"))
    assert [alarm_of(host, order)["shelving_max_min"] for order in ("O1", "O2")] == [60, 1]
    with pytest.raises(Refused, match="shelve for at most 60 s"):
        shelve(host, "O2", 61)
    shelve(host, "O1", 61)
    shelve(host, "O2", 60)


def test_what_is_open_keeps_its_policy_over_a_newer_version_its_end_and_a_restart(
    host: HostAtWork, tmp_path: Path
) -> None:
    host.near()
    until(lambda: alarm_of(host, "O2"))
    with closing(Store.open(tmp_path / "a.db")) as elsewhere:
        elsewhere.save_policy(strict(shelving_max_s=30), host.clock.now_ms(), "eva")
        ended = Registry(policies=(END,), orders=(replace(OTHER, policy="default"),))
        elsewhere.enter(ended, host.clock.now_ms())
    until(lambda: host.service.centre.roster.orders["O2"].order.policy == "default")
    for _ in range(2):
        assert alarm_of(host, "O2")["shelving_max_min"] == 1
        with pytest.raises(Refused, match="shelve for at most 60 s"):
            shelve(host, "O2", 61)
        host.end()
        host.store = Store.open(tmp_path / "a.db")
        host.begin()


def test_a_running_host_takes_a_policy_as_it_takes_an_order(
    host: HostAtWork, tmp_path: Path
) -> None:
    with closing(Store.open(tmp_path / "a.db")) as elsewhere:
        newer = Registry(policies=(strict(shelving_max_s=120),), orders=(replace(OTHER, id="O3"),))
        elsewhere.enter(newer, host.clock.now_ms())
    until(lambda: "O3" in host.service.centre.roster.orders)
    host.near()
    until(lambda: alarm_of(host, "O3"))
    assert alarm_of(host, "O3")["shelving_max_min"] == 2
