"""Decisions are made by numbered rules: what other rules have led to is kept, and not judged."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from host.core.batch import RULES, TAKEN, VOUCHED
from host.evidence.verify import verify
from tests.host.evidence.day import Host, live
from tests.host.evidence.tamper import tampering

# What a day of every kind of input leads to. Whoever makes other decisions of the same inputs, or
# keeps them in another form, raises RULES in host/core/batch.py and puts the new number here.
GOLDEN = {12: "2e77126046a5c076"}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / "day.db", b"s" * 32)
    live(host)
    yield host
    host.store.close()


def test_the_same_inputs_lead_to_the_same_decisions_by_the_same_rules(host: Host) -> None:
    digest = sha256()
    for entry in host.store.audit():
        digest.update(entry.hash)
    assert {RULES: digest.hexdigest()[:16]} == GOLDEN


def follow_other_rules(mocker: MockerFixture) -> None:
    for module in ("host.core.batch", "host.evidence.chain", "host.service.revive"):
        mocker.patch(f"{module}.RULES", RULES + 1)


def test_what_other_rules_led_to_is_taken_over_and_verifies(
    host: Host, mocker: MockerFixture
) -> None:
    path = host.store.path
    host.begin(5001)
    assert host.centre.origin["states"] == VOUCHED
    host.step(now_s=5002)
    follow_other_rules(mocker)
    report = verify(path)
    assert report.identical, report.difference
    assert report.lacks == ["decisions: other rules led to them, and are not applied any more"]
    for start in (TAKEN, VOUCHED):
        host.begin(5003)
        assert host.centre.origin["states"] == start
        host.step(now_s=5004)
    report = verify(path)
    assert (report.identical, report.lacks) == (True, []), report.difference


@pytest.mark.parametrize(
    "statement",
    ["UPDATE incident SET priority = 9", "UPDATE delivery SET state = 'presented'"],
)
def test_what_was_altered_of_then_is_named_all_the_same(
    host: Host, mocker: MockerFixture, statement: str
) -> None:
    follow_other_rules(mocker)
    host.begin(5003)
    host.step(now_s=5004)
    with tampering(host.store.path) as connection:
        connection.execute(statement)
    difference = verify(host.store.path).difference
    assert difference is not None
    assert difference.table == statement.split()[1]
