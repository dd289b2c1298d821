"""Which policy an incident goes by: that in force when it was opened, as long as it lasts."""

import json

import pytest

from host.base.errors import UsageError
from host.escalation.policies import Policies, readable
from host.escalation.policy import default
from host.registry.types import PolicyDocument


def document(name: str, **changed: object) -> PolicyDocument:
    text = json.dumps({**json.loads(default().document.text), "name": name, **changed})
    return PolicyDocument(name, text)


STRICT, STRICTER = document("strict", shelving_max_s=60), document("strict", shelving_max_s=30)


def test_a_name_means_its_newest_version_and_none_the_default() -> None:
    policies = Policies([STRICT])
    assert policies.named("strict").shelving_max_ms == 60_000
    policies.put(STRICTER)
    assert policies.named("strict").shelving_max_ms == 30_000
    policies.put(PolicyDocument("strict", ""))
    assert policies.named("strict") is policies.named("default") is default()


def test_a_default_that_is_entered_takes_the_programs_place() -> None:
    policies = Policies([document("default", shelving_max_s=60)])
    assert policies.named("whatever").shelving_max_ms == 60_000


def test_what_was_opened_keeps_its_version() -> None:
    policies = Policies([STRICT])
    digest = policies.named("strict").digest
    policies.put(STRICTER)
    policies.put(PolicyDocument("strict", ""))
    assert policies.opened_with(digest, "strict").shelving_max_ms == 60_000
    later = Policies([STRICTER], readable([STRICT, PolicyDocument("strict", ""), STRICTER]))
    assert later.opened_with(digest, "strict").shelving_max_ms == 60_000
    assert later.opened_with("known no more", "strict").shelving_max_ms == 30_000


def test_a_version_that_is_not_understood_is_refused_and_what_was_in_force_stays() -> None:
    policies = Policies([STRICT])
    with pytest.raises(UsageError, match=r"policy strict: retry_s is \[\]"):
        policies.put(document("strict", retry_s=[]))
    assert policies.named("strict").shelving_max_ms == 60_000


@pytest.mark.parametrize("text", ["{", "[]", "7", "{}"])
def test_a_host_starts_though_one_in_force_is_not_understood(
    caplog: pytest.LogCaptureFixture, text: str
) -> None:
    policies = Policies([PolicyDocument("odd", text), STRICT])
    assert policies.named("odd") is default()
    assert policies.named("strict").shelving_max_ms == 60_000
    assert "orders under odd go by the default: policy " in caplog.text
    assert readable([PolicyDocument("odd", text)]) == {}


def test_an_earlier_one_that_is_understood_no_more_is_told_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert readable([document("odd", retry_s=[]), default().document]) == {
        default().digest: default()
    }
    assert "an earlier policy is left out: policy odd: retry_s is []" in caplog.text
