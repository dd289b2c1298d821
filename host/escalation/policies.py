"""The policies of a house: by name the one in force, by digest every one that there ever was."""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from host.base.errors import UsageError
from host.escalation.policy import Policy, default, parse
from host.registry.types import DEFAULT_POLICY, PolicyDocument

_log = logging.getLogger(__name__)


class Policies:
    """What is opened goes by the policy that its order names, as it is then; what is open keeps
    the one that it was opened with, though its name means another by now, or none.

    A name that means none stands for the default.
    """

    def __init__(
        self, in_force: Iterable[PolicyDocument] = (), earlier: Mapping[str, Policy] | None = None
    ) -> None:
        """`earlier`: by digest, those that something may have been opened with."""
        self._named = {DEFAULT_POLICY: default()}
        self._known = {**(earlier or {}), default().digest: default()}
        for document in in_force:
            try:
                self.put(document)
            except UsageError as error:  # a host must start all the same
                _log.error("orders under %s go by the default: %s", document.name, error)

    def put(self, document: PolicyDocument) -> None:
        """A new version, or the end of a name. Raises UsageError for what cannot be understood."""
        if document.retires:
            self._named.pop(document.name, None)
            return
        policy = self._known.get(document.digest) or parsed(document)
        self.put_policy(document.name, policy)

    def put_policy(self, name: str, policy: Policy) -> None:
        """The same, understood already."""
        self._named[name] = self._known[policy.digest] = policy

    def named(self, name: str) -> Policy:
        """What an incident of an order that names it is opened with now."""
        return self._named.get(name) or self._named[DEFAULT_POLICY]

    def opened_with(self, digest: str, name: str) -> Policy:
        """What an incident goes by that was opened with this digest, by an order that names `name`.

        One that is known no more is replaced by that in force: a ladder must not stop because a
        file is gone.
        """
        return self._known.get(digest) or self.named(name)

    def digests(self) -> dict[str, str]:
        """By name, those in force."""
        return {name: policy.digest for name, policy in sorted(self._named.items())}


def parsed(document: PolicyDocument) -> Policy:
    """Raises UsageError."""
    try:
        written = json.loads(document.text)
    except ValueError as error:
        raise UsageError(f"policy {document.name}: no JSON: {error}") from error
    if not isinstance(written, dict):
        raise UsageError(f"policy {document.name}: it has a name, waits and ladders")
    return replace(parse(written), document=document)


def readable(documents: Iterable[PolicyDocument]) -> dict[str, Policy]:
    """Policies of earlier times by digest. One that is understood no more is logged and left out:
    what was opened with it goes on with the policy in force."""
    policies = {}
    for document in documents:
        if document.retires:
            continue
        try:
            policies[document.digest] = parsed(document)
        except UsageError as error:
            _log.warning("an earlier policy is left out: %s", error)
    return policies
