"""The way down: commands numbered, sealed for their unit, and handed to the transport."""

from collections.abc import Callable
from typing import Any

from host.core.outcome import Answer, Clear, Outcome, Warn
from host.ingest.reception import EVENT_NAMES
from host.registry.types import Unit
from protocol import command
from protocol.seal import Channel, down_channel

ANSWER_LIFE_S = 60
FIX_NOW_LIFE_S = 60
CLEAR_LATCH_LIFE_S = 86_400
_BURST = 1000  # by how much a unit's numbers may have run ahead of the clock

_CODES = {name: code for code, name in EVENT_NAMES.items()}


class Downlink:
    """Command numbers rise per unit: one more than the last, or the time in milliseconds.

    `publish` takes unit and sealed command. `last_ms`: when earlier runs were
    last at work: where the machine's clock went back, numbers go on from there, so that none is
    used twice (a number is a keystream's, too) or taken for old.
    """

    def __init__(
        self,
        publish: Callable[[str, bytes], None],
        unit_of: Callable[[str], Unit],
        last_ms: int,
    ) -> None:
        self._publish = publish
        self._unit_of = unit_of
        self._floor = last_ms + _BURST
        self._numbers: dict[str, int] = {}
        self._channels: dict[str, tuple[int, Channel]] = {}

    def send(self, outcome: Outcome, now_ms: int, *, warned: bool = False) -> None:
        """All that a committed outcome sends to units; `warned`: its warnings have left already."""
        if not warned:
            self.warn(outcome, now_ms)
        for answer in outcome.answers:
            self._answer(answer, now_ms)
        for unit in outcome.fix_now:
            self._fix_now(unit, now_ms)
        for clear in outcome.clear_latch:
            self._clear_latch(clear, now_ms)

    def warn(self, outcome: Outcome, now_ms: int) -> None:
        """Its warnings alone."""
        for warn in outcome.warnings:
            self._warn(warn, now_ms)

    def _answer(self, answer: Answer, now_ms: int) -> None:
        """The host's word on a message: custody, lease, assurance."""
        number = self._next_number(answer.unit, now_ms)
        self._seal(
            answer.unit,
            command.Answer(
                number,
                answer.flags,
                number // 1000 + ANSWER_LIFE_S,
                answer.watermark,
                answer.bitmap,
                answer.answered,
                answer.lease_s,
                answer.assured_until_s,
                answer.shrink_pct,
                answer.quiet_s,
            ),
        )

    def _warn(self, warn: Warn, now_ms: int) -> None:
        """A warning to the wearer; the unit presents each id once."""
        number = self._next_number(warn.unit, now_ms)
        expires_s = warn.expires_ms // 1000
        self._seal(
            warn.unit,
            command.Warning(
                number, 0, expires_s, warn.warning_id, warn.level, warn.pattern, warn.text
            ),
        )

    def _fix_now(self, unit: str, now_ms: int) -> None:
        """Ask for a fix at once."""
        number = self._next_number(unit, now_ms)
        self._seal(unit, command.FixNow(number, 0, number // 1000 + FIX_NOW_LIFE_S))

    def _clear_latch(self, clear: Clear, now_ms: int) -> None:
        """The centre has dealt with a latched alarm."""
        number = self._next_number(clear.unit, now_ms)
        expires_s, code = number // 1000 + CLEAR_LATCH_LIFE_S, _CODES[clear.code]
        said = command.ClearLatch(number, 0, expires_s, clear.delivery_id, code)
        self._seal(clear.unit, said)

    def _next_number(self, unit: str, now_ms: int) -> int:
        number = max(self._numbers.get(unit, self._floor) + 1, now_ms)
        self._numbers[unit] = number
        return number

    def _seal(self, unit: str, told: Any) -> None:
        enrolled = self._unit_of(unit)
        epoch, channel = self._channels.get(unit, (None, None))
        if channel is None or epoch != enrolled.epoch:
            channel = down_channel(enrolled.key, unit, enrolled.epoch)
            self._channels[unit] = (enrolled.epoch, channel)
        self._publish(unit, command.encode(told, channel))
