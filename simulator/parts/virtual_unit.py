"""A unit on virtual time: the firmware's own core on a flash in memory, and what it senses."""

from collections.abc import Iterator

from firmware.gnss.fix import THREE_D
from firmware.gnss.fix import Fix as Epoch
from firmware.identity import Identity, adopt
from firmware.journal import Journal
from firmware.modem import read
from firmware.storage import open_journal, open_settings
from firmware.unit import Unit
from host.commands.provision import BUILT_AS
from host.registry.types import Role
from protocol.record import A95_DM_MAX, POWER_ON, SPEED_CM_S_MAX
from simulator.parts.modem import TAKES_MS, Modem
from simulator.parts.noise import Noise, Sight
from simulator.parts.ram_flash import RamFlash
from simulator.scenario.movement import STILL_M_S, Path
from simulator.scenario.schema.units import Unit as Said

FLASH_BYTES = 1 << 18
EPOCH_MS = 1000  # how often a receiver usually speaks
_SATELLITES = 9

Signal = tuple[int, int, int, int]  # pattern, level, text, warning id


class VirtualUnit:
    """Everything is in the world's milliseconds; the core gets its own, which begin at its boot."""

    def __init__(
        self, name: str, said: Said, key: bytes, path: Path, noise: Noise, modem: Modem
    ) -> None:
        self.name = name
        self._path = path
        self._noise = noise
        self._modem = modem
        self._answers_ms: int | None = None  # when the modem does; None: it was not asked
        self._acquire_ms = round(said.gnss.acquire_s * 1000)
        self._pins = {"strap": 0, "case": 0, "panic": 0}
        self._battery_pct = said.battery_pct
        self._identity = Identity(name, BUILT_AS[Role(said.role)], key, 1)
        self._flash = RamFlash(said.flash_kb * 1024 if said.flash_kb else FLASH_BYTES)
        adopt(open_settings(self._flash), self._identity, said.floor_s)
        self._core: Unit | None = None
        self._booted_ms = 0
        self._epoch_ms: int | None = None  # when the receiver speaks next; None: it is off

    # Power

    def boot(self, now_ms: int) -> None:
        """Power on: the core starts from its flash and senses what there is."""
        settings = open_settings(self._flash)
        journal = open_journal(self._flash, settings, self._identity)
        self._booted_ms = now_ms
        self._core = Unit(self._identity, settings, journal, POWER_ON, 0)
        self._core.battery(self._battery_pct, 0)
        self._core.motion(self._path.speed_m_s(now_ms) >= STILL_M_S, 0)
        for name, value in self._pins.items():
            self._core.pin(name, value, 0)
        self._switch_receiver(now_ms)

    def power_off(self) -> None:
        """Everything that is not on flash is gone."""
        self._core = self._epoch_ms = self._answers_ms = None

    # What happens. While the power is off nothing does.

    def motion(self, moving: bool, now_ms: int) -> None:
        """The wearer begins to move, or stops."""
        if self._core is not None:
            self._core.motion(moving, self._own_ms(now_ms))

    def pin(self, name: str, value: int, now_ms: int) -> None:
        """A contact changes."""
        self._pins[name] = value
        if self._core is not None:
            self._core.pin(name, value, self._own_ms(now_ms))

    def connected(self, now_ms: int) -> None:
        """Its link is there again."""
        if self._core is not None:
            self._core.connected(self._own_ms(now_ms))

    def battery(self, pct: int, now_ms: int) -> None:
        """The charge changes."""
        self._battery_pct = pct
        if self._core is not None:
            self._core.battery(pct, self._own_ms(now_ms))

    def command(self, sealed: bytes, now_ms: int) -> None:
        """A message from the host arrives."""
        if self._core is not None:
            self._core.command(sealed, self._own_ms(now_ms))

    def run(self, now_ms: int) -> None:
        """`due_ms` has come: the receiver speaks, or the core has something to do."""
        core = self._core
        if core is None:
            return
        if self._epoch_ms is not None and now_ms >= self._epoch_ms:
            self._epoch_ms = now_ms + EPOCH_MS
            sight = self._noise.see(self._path.at(now_ms), now_ms)
            if sight is None:
                blind_ms = (self._noise.blind_until_ms(now_ms) or self._epoch_ms) - now_ms
                self._epoch_ms = now_ms + max(EPOCH_MS, blind_ms + -blind_ms % EPOCH_MS)
            else:
                core.gnss(self._epoch(sight, now_ms), self._own_ms(now_ms))
        if self._answers_ms is not None and now_ms >= self._answers_ms:
            self._answers_ms = None
            line = self._modem.tell(self._path.at(now_ms), now_ms)
            fix = None if line is None else read(line)
            if fix is not None:
                core.located(fix, self._own_ms(now_ms))
        if self._own_ms(now_ms) >= core.due_ms:
            core.tick(self._own_ms(now_ms))

    # What comes of it

    @property
    def runs(self) -> bool:
        """Whether it has power."""
        return self._core is not None

    def messages(self, now_ms: int, connected: bool) -> Iterator[bytes]:
        """What it sends now. Call it after whatever has happened."""
        core = self._core
        if core is None:
            return
        while connected and (message := core.outbox(self._own_ms(now_ms))) is not None:
            yield message
        self._switch_receiver(now_ms)

    def signals(self) -> list[Signal]:
        """What the wearer has felt since the last call."""
        if self._core is None:
            return []
        felt = list(self._core.signals)
        self._core.signals.clear()
        return felt

    @property
    def due_ms(self) -> int | None:
        """When `run` has something to do, if ever."""
        if self._core is None:
            return None
        waits = [self._epoch_ms, self._answers_ms, int(self._core.due_ms) + self._booted_ms]
        return min(at_ms for at_ms in waits if at_ms is not None)

    @property
    def has_power(self) -> bool:
        """Whether it runs at all."""
        return self._core is not None

    @property
    def searches(self) -> bool:
        """Whether its receiver is on."""
        return self._epoch_ms is not None

    @property
    def assured_until_ms(self) -> int:
        """Until when it holds that nobody can come near its wearer unseen; 0 for no promise."""
        assurance = None if self._core is None else self._core.assurance
        if assurance is None or not assurance.promised:
            return 0
        return int(assurance.until_ms) + self._booted_ms

    @property
    def uncovered(self) -> bool:
        """Whether it says that there is no cover."""
        assurance = None if self._core is None else self._core.assurance
        return assurance is not None and bool(assurance.lost)

    def pending(self) -> list[bytes]:
        """The sealed records on its flash that the host has not acknowledged."""
        return list(self._journal().pending())

    def given_up(self) -> int:
        """The greatest sequence of a record that was given up because its flash was full."""
        return int(self._journal().given_up)

    # Inside

    def _journal(self) -> Journal:
        return open_journal(self._flash, open_settings(self._flash), self._identity)

    def _own_ms(self, now_ms: int) -> int:
        return now_ms - self._booted_ms

    def _switch_receiver(self, now_ms: int) -> None:
        if self._core is not None and self._core.asks():
            self._answers_ms = now_ms + TAKES_MS
        wanted = self._core is not None and self._core.gnss_wanted
        if not wanted:
            self._epoch_ms = None
        elif self._epoch_ms is None:
            ready_ms = now_ms + self._acquire_ms
            self._epoch_ms = ready_ms + -ready_ms % EPOCH_MS

    def _epoch(self, sight: Sight, now_ms: int) -> Epoch:
        at_ms = now_ms + sight.clock_error_ms
        epoch = Epoch()
        epoch.lat_e7, epoch.lon_e7 = sight.spot
        if sight.dated:
            epoch.time_s, epoch.ms = at_ms // 1000, at_ms % 1000
        epoch.time_resolved, epoch.valid = sight.dated, True
        epoch.a95_dm = min(A95_DM_MAX - 1, max(1, round(sight.accuracy_m * 10)))
        epoch.speed_cm_s = min(SPEED_CM_S_MAX, round(self._path.speed_m_s(now_ms) * 100))
        epoch.course = round(self._path.course_deg(now_ms) * 256 / 360) % 256
        epoch.satellites = _SATELLITES
        epoch.mode = THREE_D
        return epoch
