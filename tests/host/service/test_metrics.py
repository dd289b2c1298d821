"""What a monitoring system reads of a host at work, and what it does not."""

import json
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from firmware.tools.paths import ROOT
from tests.host.host_at_work import HostAtWork, until

DASHBOARD = ROOT / "host" / "deploy" / "grafana.json"


def read(host: HostAtWork) -> dict[tuple[str, ...], float]:
    """(name, label values) -> value."""
    text = host.service.requests.metrics().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_records_alarms_orders_and_times_are_counted(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    host.near()
    until(lambda: host.warnings() and len(host.answers()) == 2)
    until(lambda: read(host)["resguardo_warning_seconds_count",] > 0)
    told = read(host)
    assert told["resguardo_records_total", "accepted"] == 2
    assert told["resguardo_orders", "watched"] == 1
    assert told["resguardo_units", "heard"] == 2
    assert told["resguardo_alarms", "alert", "unacknowledged"] == 1
    assert told["resguardo_answer_seconds_count",] >= 1
    assert told["resguardo_commit_seconds_count",] >= 1
    assert told["resguardo_waiting", "commit"] == 0
    assert told["process_resident_memory_bytes",] > 1e6
    host.end()


def test_no_name_and_no_place_is_in_them(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    host.near()
    until(host.warnings)
    text = host.service.requests.metrics().decode()
    for name in ("O1", "V1", "B1", "ana", "pedro", "14.6", "90.5"):
        assert not re.search(rf'"{name}"|[ =]-?{re.escape(name)}\d', text), name
    host.end()


def test_what_is_missing_is_said_and_a_loop_that_stands_still(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    requests = host.service.requests
    assert (requests.alive(), requests.lacks()) == (True, [])
    host.down.set()
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(lambda: requests.lacks() == ["store"])
    until(lambda: read(host).get(("resguardo_alarms", "store_down", "fault")) == 1)
    host.transport.connected.clear()
    assert requests.lacks() == ["broker", "store"]
    host.end()


def test_the_dashboard_asks_for_nothing_that_there_is_not(tmp_path: Path) -> None:
    host = HostAtWork(tmp_path)
    host.near()
    until(host.warnings)
    names = {name for name, *_ in read(host)}
    host.end()
    asked = {
        name
        for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\b(?:resguardo|process)_\w+", target["expr"])
    }
    assert len(asked) > 10
    assert asked - names == set()
