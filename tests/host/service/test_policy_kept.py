"""A policy is changed while an incident is open: what is open keeps the one it was opened with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from host.commands import cli
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused
from host.escalation.policy import Policy, default, parse, readable
from tests.host.host_at_work import HostAtWork, until

STRICTER: Policy = parse({**json.loads(default().document), "shelving_max_s": 60})
NEAR = "victim:ana"


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch) -> Callable[[Policy], None]:
    """Puts a policy into force for the hosts that begin from now on."""

    def put(taken: Policy) -> None:
        for module in ("core.escalations", "service.loop", "evidence.recompute"):
            monkeypatch.setattr(f"host.{module}.default", lambda: taken)

    return put


def test_an_open_incident_keeps_its_policy_over_a_restart_with_another(
    tmp_path: Path, in_force: Callable[[Policy], None]
) -> None:
    in_force(STRICTER)
    host = HostAtWork(tmp_path)
    host.near()
    until(lambda: NEAR in host.alarms())
    host.end()
    in_force(default())
    again = HostAtWork(tmp_path)
    incident = again.alarms()[NEAR]["incident"]
    with pytest.raises(Refused, match="shelve for at most 60 s"):
        again.service.act(Act(Verb.SHELVE, incident, "eva", reason="hearing", for_ms=61_000))
    again.service.act(Act(Verb.SHELVE, incident, "eva", reason="hearing", for_ms=60_000))
    again.end()
    assert cli.main(["verify", "--database", str(tmp_path / "a.db")]) == 0


def test_a_policy_that_is_understood_no_more_is_told_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    strange = json.dumps({**json.loads(default().document), "retry_s": []})
    assert readable([strange, default().document]) == {default().digest: default()}
    assert "an earlier policy is left out: policy default: retry_s is []" in caplog.text
