"""Joins the NMEA sentences of one epoch into one fix.

A receiver says one instant in several sentences and no word when it is done. An epoch ends for
certain when a sentence bears another time; but that would make each fix one epoch late. So the
last kind of sentence of an epoch (the *ender*) is learned, and the fix leaves when it comes.
"""

from firmware.gnss.fix import NO_FIX, THREE_D, TWO_D, Fix
from firmware.gnss.nmea import Said
from protocol.clock import DAY_S
from protocol.record import A95_DM_MAX, SPEED_CM_S_MAX

_DAY_MS = DAY_S * 1000
# A time of day without a date is dated from an epoch at most this long before.
_CARRY_MS = 600000

# 95 % radius of a circular error from its sigma in one direction: sqrt(-2 ln 0.05) = 2.448.
_A95_PER_SIGMA_E2 = 245
# User-equivalent range error 5 m (civil GPS in the open), doubled for 95 %.
_A95_DM_PER_HDOP = 100

_POSITION_KINDS = (b"RMC", b"GGA", b"GLL")


class Epochs:
    """Take sentences in order; fixes are appended to the list that is passed in."""

    def __init__(self) -> None:
        self._said: Said | None = None
        self._tells_position = False
        self._emitted = True
        self._last_kind: bytes | None = None
        self._ender: bytes | None = None
        self._ender_missed = False
        self._mode = NO_FIX
        self._dated_ms: int | None = None

    def take(self, kind: bytes, said: Said, fixes: list[Fix]) -> bool:
        """Take over one sentence. A sentence without a time belongs to the running epoch.

        Returns False when there is no epoch yet for it to belong to.
        """
        now = self._said
        if said.day_ms is not None and (now is None or said.day_ms != now.day_ms):
            self._end(fixes)
            self._said = now = Said()
            self._tells_position = self._emitted = False
        elif now is None or (said.day_ms is None and kind in _POSITION_KINDS):
            return False
        now.merge(said)
        self._tells_position |= kind in _POSITION_KINDS
        self._last_kind = kind
        # Without a date the epoch waits: one may still come in a sentence after the ender.
        if kind == self._ender and now.date_s is not None:
            self._emit(fixes)
        return True

    def flush(self, fixes: list[Fix]) -> None:
        """The stream pauses or ends: the running epoch is all there is of it."""
        self._emit(fixes)

    def _end(self, fixes: list[Fix]) -> None:
        # One epoch without its ender may have lost it on the line; two in a row have another.
        if self._emitted or self._ender_missed or self._ender is None:
            self._ender = self._last_kind
            self._ender_missed = False
        else:
            self._ender_missed = True
        self._emit(fixes)
        if self._said:
            self._mode = self._said.mode or self._mode

    def _emit(self, fixes: list[Fix]) -> None:
        if self._said and not self._emitted:
            self._emitted = True
            if self._tells_position:
                fixes.append(self._fix(self._said))

    def _fix(self, said: Said) -> Fix:
        fix = Fix()
        fix.lat_e7, fix.lon_e7 = said.lat_e7, said.lon_e7
        fix.valid = bool(said.valid) and said.lat_e7 is not None
        at_ms = self._instant_ms(said)
        if at_ms is not None:
            fix.time_s, fix.ms = at_ms // 1000, at_ms % 1000
            if fix.valid:  # without a fix the receiver's clock may never have been set
                fix.time_resolved = True
                self._dated_ms = at_ms
        if said.lat_e7 is not None:
            fix.mode = said.mode or self._mode
            if fix.mode == NO_FIX:  # no GSA, or none for the constellation in use
                fix.mode = THREE_D if (said.satellites or 0) > 3 else TWO_D
            _set_accuracy(fix, said)
        fix.speed_cm_s = min(said.speed_cm_s or 0, SPEED_CM_S_MAX)
        fix.course = said.course or 0
        fix.satellites = said.satellites or 0
        return fix

    def _instant_ms(self, said: Said) -> int | None:
        """The epoch's instant in milliseconds since 1970, or None without a date to go by."""
        if said.day_ms is None:
            return None
        if said.date_s is not None:
            return said.date_s * 1000 + said.day_ms
        if self._dated_ms is None:
            return None
        passed_ms = (said.day_ms - self._dated_ms) % _DAY_MS
        return self._dated_ms + passed_ms if passed_ms <= _CARRY_MS else None


def _set_accuracy(fix: Fix, said: Said) -> None:
    fix.estimated = said.sigma_mm is None
    if said.sigma_mm is not None:
        a95_dm = (said.sigma_mm * _A95_PER_SIGMA_E2 + 9999) // 10000
    elif said.hdop_milli is not None:
        a95_dm = (said.hdop_milli * _A95_DM_PER_HDOP + 999) // 1000
    else:
        a95_dm = A95_DM_MAX
    fix.a95_dm = min(a95_dm, A95_DM_MAX)
