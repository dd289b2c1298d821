"""A policy: what is done, when and for whom, per kind of incident. Data, judged when entered.

The format is that of default.yaml beside this file, where it is explained.
"""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml

from host.errors import UsageError
from host.escalation.delivery import Channel, Recipient
from host.escalation.incident import WEIGHTS
from host.registry import Role

Reach = Mapping[Recipient, Set[Channel]]  # the verified channels of each recipient

# The offender hears of being near, and of nothing else: a pre-alert would tell him where to
# look, and the rest is hers or the centre's.
OFFENDER_HEARS = ("alert", "breach")

# Who can be reached how where nothing else is known: units by assignment, telephones by enrolment.
DEFAULT_REACH: Reach = {
    Recipient.VICTIM: {Channel.UNIT, Channel.CALL},
    Recipient.OFFENDER: {Channel.UNIT, Channel.CALL},
    Recipient.CENTRE: {Channel.CONSOLE},
    Recipient.SUPERVISOR: {Channel.CONSOLE},
    Recipient.PATROL_TO_VICTIM: {Channel.CALL},
    Recipient.PATROL_TO_OFFENDER: {Channel.CALL},
}


class PolicyError(UsageError):
    """A policy that cannot be taken into force."""


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient on one channel."""

    recipient: Recipient
    channel: Channel


@dataclass(frozen=True, slots=True)
class Rung:
    """What is done after waiting `wait_ms` from the rung before (the first: from the rise)."""

    wait_ms: int
    targets: tuple[Target, ...] = ()
    ask: tuple[Role, ...] = ()
    pattern: int = 0
    escalates: bool = False
    only_if_contact: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order. `last_wait_ms`: how long after the last rung the ladder is exhausted;
    None when nothing more is expected. `call_ms`: an operator calls whose unit gave no receipt
    by then; None for never."""

    rungs: tuple[Rung, ...]
    last_wait_ms: int | None = None
    call_ms: int | None = None

    def wait_ms(self, step: int) -> int | None:
        """The wait before rung `step`, or before exhaustion when there is no such rung."""
        return self.rungs[step].wait_ms if step < len(self.rungs) else self.last_wait_ms


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, parsed. `document` is what it was made from; `digest` names that content."""

    name: str
    digest: str
    document: str
    acknowledgement_ms: int
    shelving_max_ms: int
    warning_life_ms: int
    retry_ms: tuple[int, ...]
    ladders: Mapping[str, Ladder]

    def ladder(self, kind: str) -> Ladder:
        """The ladder of a kind of incident."""
        return self.ladders.get(kind) or self.ladders["other"]

    def spacing_ms(self, attempt: int) -> int:
        """How long to wait for a receipt after attempt 1, 2, ..."""
        return self.retry_ms[min(attempt, len(self.retry_ms)) - 1]


def parse(document: object, reach: Reach = DEFAULT_REACH) -> Policy:
    """Judge a policy's document and make it usable.

    Raises PolicyError naming the policy, the place and the bad value, also for a recipient
    without a verified channel.
    """
    if not isinstance(document, dict) or not isinstance(document.get("name"), str):
        raise PolicyError("a policy is a mapping with a name")
    reader = _Reader(f"policy {document['name']}", reach)
    reader.keys(document, "", _POLICY_KEYS, _POLICY_KEYS)
    retry_s = document["retry_s"]
    if not isinstance(retry_s, list) or not retry_s:
        raise reader.error("retry_s", retry_s, "a list of seconds")
    ladders = document["ladders"]
    if not isinstance(ladders, dict):
        raise reader.error("ladders", ladders, "a mapping from kind to ladder")
    if missing := [kind for kind in _LADDERS_NEEDED if kind not in ladders]:
        raise reader.error("ladders", missing, "also these kinds")
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Policy(
        name=document["name"],
        digest=sha256(text.encode()).hexdigest()[:16],
        document=text,
        acknowledgement_ms=reader.ms(document["acknowledgement_s"], "acknowledgement_s"),
        shelving_max_ms=reader.ms(document["shelving_max_s"], "shelving_max_s"),
        warning_life_ms=reader.ms(document["warning_life_s"], "warning_life_s"),
        retry_ms=tuple(reader.ms(wait_s, "retry_s") for wait_s in retry_s),
        ladders={kind: reader.ladder(kind, ladder) for kind, ladder in ladders.items()},
    )


@cache
def default() -> Policy:
    """The policy of default.yaml."""
    text = files(__package__).joinpath("default.yaml").read_text(encoding="utf-8")
    return parse(yaml.safe_load(text))


_POLICY_KEYS = (
    "name",
    "acknowledgement_s",
    "shelving_max_s",
    "warning_life_s",
    "retry_s",
    "ladders",
)
_LADDERS_NEEDED = ("pre_alert", "alert", "breach", "unassured", "panic", "strap", "ladder", "other")


class _Reader:
    """Reads the parts of one document; every complaint says where and what."""

    def __init__(self, name: str, reach: Reach) -> None:
        self._name = name
        self._reach = reach

    def error(self, where: str, value: object, wanted: str) -> PolicyError:
        return PolicyError(f"{self._name}: {where}: {value!r} is wrong, wanted: {wanted}")

    def keys(
        self, given: Mapping[str, Any], where: str, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> None:
        for key in given:
            if key not in known:
                raise self.error(where or "keys", key, "one of " + ", ".join(known))
        for key in needed:
            if key not in given:
                raise PolicyError(f"{self._name}: {where or 'keys'}: {key} is missing")

    def ms(self, value: object, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86400:
            raise self.error(where, value, "seconds, above 0 and at most a day")
        return round(value * 1000)

    def ladder(self, kind: str, given: object) -> Ladder:
        where = f"ladders.{kind}"
        if kind not in WEIGHTS:
            raise self.error("ladders", kind, "one of " + ", ".join(WEIGHTS))
        if not isinstance(given, dict) or not isinstance(given.get("steps"), list):
            raise self.error(where, given, "a mapping with steps")
        self.keys(given, where, ("steps", "call_without_receipt_s"), ("steps",))
        call_ms = None
        if "call_without_receipt_s" in given:
            call_ms = self.ms(given["call_without_receipt_s"], f"{where}.call_without_receipt_s")
        rungs: list[Rung] = []
        wait_ms = 0
        for number, step in enumerate(given["steps"], 1):
            at = f"{where}.steps[{number}]"
            if not isinstance(step, dict):
                raise self.error(at, step, "a mapping: wait, notify, escalate or ask_fix")
            if "wait" in step:
                self.keys(step, at, ("wait",), ())
                wait_ms += self.ms(step["wait"], f"{at}.wait")
            else:
                rungs.append(self._rung(kind, step, wait_ms, at, calls=call_ms is not None))
                wait_ms = 0
        if not rungs:
            raise self.error(where, given["steps"], "at least one step that is not a wait")
        if wait_ms and kind == "ladder":
            raise self.error(where, given["steps"][-1], "no wait at the end: nobody is above it")
        return Ladder(tuple(rungs), wait_ms or None, call_ms)

    def _rung(
        self, kind: str, step: Mapping[str, Any], wait_ms: int, at: str, *, calls: bool
    ) -> Rung:
        actions = [action for action in ("notify", "escalate", "ask_fix") if action in step]
        if len(actions) != 1:
            raise self.error(at, dict(step), "exactly one of wait, notify, escalate, ask_fix")
        (action,) = actions
        self.keys(step, at, (action, "pattern", "only_if_contact"), ())
        names = step[action]
        if not isinstance(names, list) or not names:
            raise self.error(f"{at}.{action}", names, "a list")
        only_if_contact = step.get("only_if_contact", False)
        if not isinstance(only_if_contact, bool):
            raise self.error(f"{at}.only_if_contact", only_if_contact, "true or false")
        if action == "ask_fix":
            if unknown := [name for name in names if name not in tuple(Role)]:
                raise self.error(f"{at}.ask_fix", unknown, "offender or victim")
            return Rung(
                wait_ms, ask=tuple(Role(name) for name in names), only_if_contact=only_if_contact
            )
        targets = tuple(self._target(kind, name, f"{at}.{action}", calls=calls) for name in names)
        pattern = step.get("pattern", 0)
        to_units = any(target.channel is Channel.UNIT for target in targets)
        if pattern not in ((1, 2, 3) if to_units else (0,)):
            raise self.error(f"{at}.pattern", pattern, "1, 2 or 3 for units, none for others")
        return Rung(
            wait_ms,
            targets,
            pattern=pattern,
            escalates=action == "escalate",
            only_if_contact=only_if_contact,
        )

    def _target(self, kind: str, name: object, at: str, *, calls: bool) -> Target:
        recipient, _, channel = str(name).partition(".")
        if recipient not in tuple(Recipient) or channel not in tuple(Channel):
            wanted = f"recipient.channel of {', '.join(Recipient)} and {', '.join(Channel)}"
            raise self.error(at, name, wanted)
        target = Target(Recipient(recipient), Channel(channel))
        needed = {target.channel}
        if target.channel is Channel.UNIT:
            if target.recipient is Recipient.OFFENDER and kind not in OFFENDER_HEARS:
                raise PolicyError(
                    f"{self._name}: {at}: {name} must not hear of {kind}, "
                    f"only of {' and '.join(OFFENDER_HEARS)}"
                )
            if calls:
                needed.add(Channel.CALL)
        verified = self._reach.get(target.recipient, frozenset())
        for missing in sorted(needed - set(verified)):
            raise PolicyError(
                f"{self._name}: {at}: {recipient} has no verified channel {missing} "
                f"(verified: {', '.join(sorted(verified)) or 'none'})"
            )
        return target
