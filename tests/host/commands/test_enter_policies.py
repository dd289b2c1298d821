"""Policies are entered beside the orders that name them, judged as a whole, and retired."""

from contextlib import closing
from pathlib import Path

import pytest

from host.store.store import Store
from tests.host.commands.test_enter import database, entered, policy

__all__ = ["database"]

UNDER = "{offender: he, protected: [she], policy: %s}"


def test_an_order_and_its_policy_are_entered_together(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(tmp_path, "strict", shelving_max_s=60)
    text = f"policies: [strict.yaml]\norders:\n  O1: {UNDER % 'strict'}"
    assert entered(tmp_path, database, text) == 0
    assert "policy strict: version " in capsys.readouterr().out
    with closing(Store.open(database)) as store:
        registry = store.registry()
    assert [one.name for one in registry.policies] == ["strict"]
    assert [one.policy for one in registry.orders] == ["strict"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            f"orders:\n  O1: {UNDER % 'strct'}",
            "order O1: policy 'strct': those in force are default, strict",
        ),
        ("policies: [none.yaml]", "none.yaml: No such file or directory"),
        ("policies: [strict.yaml, strict.yaml]", "the policy strict stands there once more"),
        ("policies: [wrong.yaml]", "wrong.yaml: retry_s is []"),
        ("retired_policies: [strict]", "order O: policy 'strict': those in force are default"),
        ("retired_policies: [none]", "policy 'none' cannot be retired: those in force are default"),
    ],
)
def test_what_is_wrong_with_policies_is_told_and_nothing_entered(
    tmp_path: Path,
    database: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    complaint: str,
) -> None:
    policy(tmp_path, "strict")
    policy(tmp_path, "wrong", retry_s=[])
    begun = f"policies: [strict.yaml]\norders:\n  O: {UNDER % 'strict'}"
    assert entered(tmp_path, database, begun) == 0
    with closing(Store.open(database)) as store:
        before = store.last_entry()
        assert entered(tmp_path, database, text) == 2
        assert complaint in capsys.readouterr().err
        assert store.last_entry() == before


def test_a_policy_is_retired_with_the_order_that_named_it_last(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(tmp_path, "strict")
    begun = f"policies: [strict.yaml]\norders:\n  O: {UNDER % 'strict'}"
    assert entered(tmp_path, database, begun) == 0
    ended = f"retired_policies: [strict]\norders:\n  O: {UNDER % 'default'}"
    assert entered(tmp_path, database, ended) == 0
    assert "policy strict: retired; what it has opened goes on by it" in capsys.readouterr().out
    with closing(Store.open(database)) as store:
        assert store.registry().policies == ()
