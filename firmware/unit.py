"""The unit's core: a deterministic step. No clock, no socket, no flash driver, no randomness.

Whoever drives it (firmware/device.py live, the simulator on virtual time) hands in what happens,
each with `now_ms`, the unit's own monotonic milliseconds, which never go back:

    unit = Unit(identity, settings, journal, cause, now_ms)
    unit.gnss(fix, now_ms)              each firmware.gnss fix, valid or not
    unit.located(fix, now_ms)           what the modem says when it was asked
    unit.pin(name, value, now_ms)       "strap", "case", "panic"; 1 is open, cut or pressed
    unit.battery(pct, now_ms)
    unit.motion(moving, now_ms)         the accelerometer's word; rest is reached after a minute
    unit.command(sealed, now_ms)        one message from down/<unit>
    unit.connected(now_ms)              a link is there again
    unit.silence(now_ms)                the wearer presses: what is felt ends, or is answered
    unit.tick(now_ms)                   whatever is due; call it at unit.due_ms
    unit.stop()                         a clean shutdown follows

and takes out, after each of these:

    unit.outbox(now_ms)     the next message for up/<unit>, or None; ask again until None,
                            but only while the link can take one: asking counts as sending
    unit.despairs()         whether the link is to be opened anew, for nobody answers
    unit.due_ms             when `tick` has something to do
    unit.gnss_wanted        whether the receiver is to run
    unit.asks()             whether the modem is to be asked where it is
    unit.signals            list of (pattern, level, text, warning id), to be drained before
                            outbox is asked: a warning is receipted once its signal was taken
    unit.covered            whether something is promised to her who wears it
    unit.assurance          until when (firmware.assurance); None for a bracelet
    unit.readable           the last few of them, for the screen
    unit.counters           {reason: count} of what was refused
"""

from firmware.alerts import TEXT_CHARGE, TEXT_COVERED, TEXT_NO_COVER, Alerts, holds, with_last
from firmware.assurance import Assurance
from firmware.gnss.fix import Fix
from firmware.identity import Identity
from firmware.inputs import CONTACTS, Battery, Contacts, Motion
from firmware.journal import Journal
from firmware.outbox import Outbox
from firmware.reporting import Reporting
from firmware.scribe import Scribe
from firmware.settings import Settings
from firmware.utc import NEVER_MS, Utc
from protocol import command, record
from protocol.command import Answer, ClearLatch, FixNow
from protocol.command import Warning as Warned
from protocol.contact import missed_ms
from protocol.enrolment import BRACELET, VICTIM
from protocol.errors import WireError
from protocol.seal import down_channel

_NUMBER_MAX = (1 << 63) - 1  # what settings can keep
_OVERTAKEN = 4  # commands by which a later one may be overtaken
_URGENT = (record.STRAP, record.CASE, record.PANIC, record.MOTION)  # wants a fix too, at once
_CLEARINGS = 8  # that are remembered
_FINE_DM = 1_000  # positions no coarser need no better one


class Unit:
    """One enrolled unit between two restarts. `cause`: why it restarted (protocol.record)."""

    def __init__(
        self, identity: Identity, settings: Settings, journal: Journal, cause: int, now_ms: int
    ) -> None:
        self.id = identity.unit
        self.counters: dict[str, int] = {}
        self._bracelet = identity.role == BRACELET
        self._settings = settings
        self._journal = journal
        self._channel = down_channel(identity.key, identity.unit, identity.epoch)
        # Numbers of the last commands, rising. Answers count apart and need no memory across
        # restarts: what they grant is bound to a sequence of this run.
        self._numbers = [settings.get("number", 0)]
        self._answer_number = 0

        self._utc = Utc(now_ms)
        self._outbox = Outbox(journal)
        self.despairs = self._outbox.despairs
        self._scribe = Scribe(identity, journal, self._outbox, self._utc)
        self._contacts = Contacts(settings.get("latched", 0))
        self._battery = Battery()
        self._motion = Motion(now_ms)
        self._alerts = Alerts(self._bracelet, settings.get("seen", b""))
        self.signals, self.readable = self._alerts.signals, self._alerts.readable
        self._still_from = 0  # the first record since the wearer last moved, 0 while it does
        self._placed = 0  # the last position's
        floor_s = settings.get("floor_s")
        self._reporting = Reporting(floor_s, now_ms)
        # Whether the modem is to be asked; and that a link is there again, so that the host, which
        # may have missed this unit and doubt its rest, hears a word.
        self.asks, self.connected = self._reporting.asks, self._reporting.speak
        self.assurance: Assurance | None = None
        if identity.role == VICTIM:
            self.assurance = Assurance(missed_ms(0, floor_s), now_ms)
        self._first = self._boot(cause, now_ms)

    def _boot(self, cause: int, now_ms: int) -> int:
        """The first records of this run; returns the sequence of the very first."""
        settings = self._settings
        boots = settings.get("boots", 0) + 1 & 0xFFFF
        settings.put("boots", boots)
        clean, exception = settings.get("clean", 0), settings.get("exception", "")
        first = self._scribe.boot(boots, cause, clean, exception, now_ms)
        settings.put("clean", 0)
        settings.remove("exception")
        self._events(self._contacts.restarted(), now_ms)
        return first

    def stop(self) -> None:
        """A clean shutdown follows."""
        self._settings.put("clean", 1)

    # What happens

    def gnss(self, fix: Fix, now_ms: int) -> None:
        """One epoch of the receiver."""
        if fix.time_resolved:
            back_s = self._utc.learn(fix.time_s * 1000 + fix.ms, now_ms)
            if back_s:
                self._events([(record.SPOOFING, 1, back_s)], now_ms)
        if not fix.valid:
            return
        if self._reporting.lost:
            seconds = self._reporting.without_fix_s(now_ms)
            self._events([(record.GNSS_LOST, 0, seconds)], now_ms)
        if self._reporting.fix(now_ms):
            self._place(fix, now_ms, True)

    def located(self, fix: Fix, now_ms: int) -> None:
        """What the modem says of where it is. What is coarse does not end a search."""
        fix.time_resolved = self._utc.at(now_ms) is not None  # the host's time is never too late
        self._place(fix, now_ms, fix.a95_dm <= _FINE_DM)

    def pin(self, name: str, value: int, now_ms: int) -> None:
        """A contact changes, or is read again: 1 is open, cut or pressed."""
        self._events(self._contacts.pin(CONTACTS[name], value, now_ms), now_ms)

    def battery(self, pct: int, now_ms: int) -> None:
        """The charge, measured."""
        events = self._battery.measured(pct)
        self._scribe.battery = pct
        if events and events[0][1]:
            self._alerts.notify(command.PATTERN_NOTICE, command.CLEAR, TEXT_CHARGE, now_ms)
        self._events(events, now_ms)

    def motion(self, moving: bool, now_ms: int) -> None:
        """The accelerometer's word, when it changes or more often."""
        if moving:
            self._still_from = self._reporting.content_ms = 0
        elif not self._still_from:
            self._still_from = self._scribe.newest + 1
        events = self._motion.sensed(moving, now_ms)
        self._reporting.at_rest = self._motion.at_rest
        if events and self.assurance:
            self.assurance.moved(now_ms)
        self._events(events, now_ms)

    def silence(self, now_ms: int) -> None:
        """She presses: what is felt ends, with receipts; if nothing is, how she stands is told."""
        if not self.assurance:
            return
        if self._alerts.due_ms == NEVER_MS:
            text = TEXT_NO_COVER if self.assurance.lost else TEXT_COVERED
            self._alerts.notify(command.PATTERN_NOTICE, command.CLEAR, text, now_ms)
        for warning_id in self._alerts.still():
            self._receipt(warning_id, record.SILENCED, now_ms)

    def command(self, sealed: bytes, now_ms: int) -> None:
        """One sealed command; what is wrong with it is counted."""
        try:
            said = command.decode(sealed, self._channel)
        except WireError as error:
            self._count(error.reason)
            return
        if said is None:
            self._count("unknown_type")
            return
        number, _, expires_s = said[:3]  # type: ignore[index]
        if not isinstance(said, Answer) and not self._is_new(number):
            self._count("number")
            return
        made_ms = self._reporting.made_ms(said.answered) if isinstance(said, Answer) else None
        self._utc.hear(number, made_ms, now_ms)
        expired = self._utc.past(expires_s * 1000, now_ms)
        if isinstance(said, Warned):
            self._warn(said, expired, now_ms)
        elif expired:
            self._count("expired")
        elif isinstance(said, Answer):
            self._answered(said, now_ms if made_ms is None else made_ms, now_ms)
        elif isinstance(said, FixNow):
            self._reporting.hurry(now_ms)
        elif isinstance(said, ClearLatch):
            self._clear(said, now_ms)

    def _is_new(self, number: int) -> bool:
        """Whether no command had that number; one that was overtaken by a few is new as well."""
        numbers = self._numbers
        if not numbers[0] < number <= _NUMBER_MAX or number in numbers:
            return False
        numbers.append(number)
        numbers.sort()
        del numbers[:-_OVERTAKEN]
        self._settings.put("number", numbers[-1])
        return True

    def tick(self, now_ms: int) -> None:
        """Do whatever is due."""
        self._events(self._contacts.tick(now_ms), now_ms)
        if self._motion.tick(now_ms):
            self._reporting.at_rest = True
            self._events([(record.MOTION, 0, self._still_from)], now_ms)
            self._settle_down(now_ms)
        if self._reporting.tick(now_ms):
            beat = (record.MOTION, 0, self._still_from)
            if not self._motion.at_rest:
                beat = (record.GNSS_LOST, 1, self._reporting.without_fix_s(now_ms))
            self._reporting.reported(self._scribe.event(*beat, now_ms), now_ms)
        self._check_cover(now_ms)
        if now_ms >= self._alerts.due_ms:
            self._alerts.still()
        self._settle(now_ms)
        self._outbox.tick(now_ms)

    # What comes of it

    def outbox(self, now_ms: int) -> bytes | None:
        """The next message for up/<unit>; it counts as sent."""
        self._settle(now_ms)
        return self._outbox.message(now_ms)

    @property
    def due_ms(self) -> int:
        """When `tick` has something to do."""
        if self._alerts.unsettled:
            return 0  # at once: with no link nobody asks for messages, and power may be cut
        due_ms = min(
            self._contacts.due_ms,
            self._motion.due_ms,
            self._reporting.due_ms,
            self._alerts.due_ms,
            self._outbox.due_ms,
        )
        return min(due_ms, self.assurance.due_ms) if self.assurance else due_ms

    def host_s(self, now_ms: int) -> int:
        """What time it is by the host's clock, in seconds since 1970; negative if not known."""
        return self._utc.host_s(now_ms)

    @property
    def gnss_wanted(self) -> bool:
        """Whether the receiver is to run."""
        return self._reporting.searching

    @property
    def covered(self) -> bool:
        """Whether something is promised to the wearer: the light."""
        return self.assurance is not None and not self.assurance.lost

    # Inside

    def _place(self, fix: Fix, now_ms: int, fine: bool) -> None:
        """Tell a position."""
        rests, lease_s = self._motion.at_rest, self._reporting.lease_s
        sequence = self._scribe.fix(fix, rests, lease_s, now_ms)
        if fine:
            self._placed = sequence
            self._settle_down(now_ms)
        self._reporting.reported(sequence, now_ms)

    def _settle_down(self, now_ms: int) -> None:
        if self._motion.at_rest and self._placed >= self._still_from:
            self._reporting.content(now_ms)

    def _events(self, events: list[tuple[int, int, int]], now_ms: int) -> None:
        """Report what was found."""
        for code, raised, detail in events:
            self._noted(self._scribe.event(code, raised, detail, now_ms), now_ms)
            if raised and code in _URGENT:
                self._reporting.hurry(now_ms)
        self._settings.put("latched", self._contacts.latched)
        self._reporting.pinned = bool(self._contacts.latched)

    def _receipt(self, delivery_id: int, outcome: int, now_ms: int) -> None:
        self._noted(self._scribe.receipt(delivery_id, outcome, now_ms), now_ms)

    def _noted(self, sequence: int, now_ms: int) -> None:
        """A record that is no report was made: the host will count from it."""
        self._reporting.noted(sequence, now_ms)

    def _warn(self, warning: Warned, expired: bool, now_ms: int) -> None:
        if self._alerts.knows(warning.warning_id):
            self._receipt(warning.warning_id, record.PRESENTED, now_ms)
        elif expired:
            self._receipt(warning.warning_id, record.EXPIRED, now_ms)
        else:
            self._alerts.warn(warning, now_ms)

    def _clear(self, said: ClearLatch, now_ms: int) -> None:
        """Once only: a copy that comes late must not clear what was latched since."""
        cleared = self._settings.get("cleared", b"")
        if not holds(cleared, said.delivery_id):
            self._settings.put("cleared", with_last(cleared, said.delivery_id, _CLEARINGS))
            self._events(self._contacts.clear(said.code), now_ms)
        self._receipt(said.delivery_id, record.DONE, now_ms)

    def _settle(self, now_ms: int) -> None:
        settled = self._alerts.settled()
        if settled:
            self._settings.put("seen", self._alerts.seen)
        for warning_id in settled:
            self._receipt(warning_id, record.PRESENTED, now_ms)

    def _answered(self, answer: Answer, made_ms: int, now_ms: int) -> None:
        """What it acknowledges stays true; what it grants counts unless a newer one has come."""
        self._outbox.answer(answer)
        if answer.answered >= self._first and answer.number > self._answer_number:
            self._answer_number = answer.number
            self._granted(answer, made_ms, now_ms)
        for first, last, reason in self._journal.tombstones():
            self._noted(self._scribe.tombstone(first, last, reason), now_ms)

    def _granted(self, answer: Answer, made_ms: int, now_ms: int) -> None:
        """What is granted to a record of this run, made at `made_ms`."""
        self._reporting.answer(answer.answered, answer.lease_s)
        if self.assurance:
            promised_ms = answer.assured_until_s * 1000
            until_ms = self._utc.monotonic(promised_ms) if promised_ms else None
            moved_ms = None if self._motion.at_rest else self._motion.moved_ms
            quiet_ms = made_ms + answer.quiet_s * 1000
            self.assurance.answer(
                answer.flags, until_ms, answer.shrink_pct, quiet_ms, moved_ms, now_ms
            )
            self._check_cover(now_ms)

    def _check_cover(self, now_ms: int) -> None:
        if not self.assurance or not self.assurance.turned(now_ms):
            return
        alarmed = self.assurance.alarmed
        self._noted(self._scribe.event(record.NO_COVER, int(alarmed), 0, now_ms), now_ms)
        if alarmed:
            self._alerts.notify(command.PATTERN_WARNING, command.ALERT, TEXT_NO_COVER, now_ms)
        else:
            self._alerts.show(TEXT_COVERED)

    def _count(self, reason: str) -> None:
        self.counters[reason] = self.counters.get(reason, 0) + 1
