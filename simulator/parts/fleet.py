"""The live units of one run: made, enrolled over a cable, and fed with what they sense."""

from pathlib import Path

from firmware.boards.file_flash import FileFlash
from firmware.identity import load
from firmware.storage import open_journal, open_settings
from host.commands.provision import BUILT_AS, enrol, open_port
from host.registry.types import Role
from host.store.store import Store
from simulator.parts.cable import Cable
from simulator.parts.live_unit import Hear, LiveUnit
from simulator.parts.noise import Noise
from simulator.parts.receiver import epoch
from simulator.scenario.movement import STILL_M_S
from simulator.scenario.scenario import Scenario
from simulator.worlds.pace import Pace

FLASH_BYTES = 1 << 20  # as the Unix board has it
_NOWHERE = "127.0.0.1:9"  # while it is enrolled, a unit needs no broker


class Fleet:
    """`folder` takes the units' flashes; `code` holds the compiled firmware."""

    def __init__(self, scenario: Scenario, folder: Path, code: Path, hear: Hear) -> None:
        self._scenario = scenario
        self._folder = folder
        self._code = code
        self._hear = hear
        self._units: dict[str, LiveUnit] = {}
        self._heard_from_ms: dict[str, int] = {}  # when a receiver that is on has its first fix
        self._pins: dict[str, dict[str, int]] = {}
        self._battery_pct: dict[str, int] = {}
        self._noise: dict[str, Noise] = {}
        for name, said in scenario.document.units.items():
            self._pins[name] = {"strap": 0, "case": 0, "panic": 0}
            self._battery_pct[name] = said.battery_pct
            self._noise[name] = Noise(
                scenario.seed, name, said.gnss, scenario.document.faults, scenario.start_ms
            )

    def enrol(self, store: Store) -> None:
        """Make every unit, let it make its key, and enter it into the registry."""
        start_ms = self._scenario.start_ms
        for name, said in self._scenario.document.units.items():
            with Cable() as cable:
                unit = self._make(name, {"serial": cable.unit_end, "broker": _NOWHERE})
                unit.start()
                with open_port(cable.host_end) as port:
                    enrol(
                        port,
                        name,
                        Role(said.role),
                        lambda enrolled: store.save_unit(enrolled, start_ms),
                        floor_s=said.floor_s,
                    )
                unit.stop()

    def power_on(self, name: str, broker: str, pace: Pace) -> None:
        """Start a unit; it senses what there is."""
        now_ms = pace.now_ms()
        clock = {"epoch_ms": now_ms, "speed": pace.speed}
        unit = self._units[name] = self._make(name, {"broker": broker, "clock": clock})
        unit.start()
        unit.say(f"battery {self._battery_pct[name]}")
        self.motion(name, self._scenario.paths[name].speed_m_s(now_ms) >= STILL_M_S)
        for pin, value in self._pins[name].items():
            unit.say(f"pin {pin} {value}")

    def power_off(self, name: str) -> None:
        """The power fails."""
        self._units[name].kill()

    def stop(self) -> None:
        """A clean end of all."""
        for unit in self._units.values():
            unit.stop()

    def motion(self, name: str, moving: bool) -> None:
        """A wearer begins to move, or stops."""
        self._units[name].say(f"motion {int(moving)}")

    def pin(self, name: str, pin: str, value: int) -> None:
        """A contact changes."""
        self._pins[name][pin] = value
        self._units[name].say(f"pin {pin} {value}")

    def battery(self, name: str, pct: int) -> None:
        """The charge changes."""
        self._battery_pct[name] = pct
        self._units[name].say(f"battery {pct}")

    def speak(self, now_ms: int) -> None:
        """One epoch of every receiver that is on."""
        for name, unit in self._units.items():
            if not unit.gnss_on:
                self._heard_from_ms.pop(name, None)
                continue
            acquire_ms = round(self._scenario.document.units[name].gnss.acquire_s * 1000)
            if now_ms < self._heard_from_ms.setdefault(name, now_ms + acquire_ms):
                continue
            path = self._scenario.paths[name]
            sight = self._noise[name].see(path.at(now_ms), now_ms)
            time_ms = now_ms + (0 if sight is None else sight.clock_error_ms)
            said = epoch(sight, time_ms, path.speed_m_s(now_ms), path.course_deg(now_ms))
            unit.say(f"gnss {said.hex()}")

    def pending(self) -> dict[str, list[bytes]]:
        """What each unit's flash holds unacknowledged. Once the units have ended."""
        held: dict[str, list[bytes]] = {}
        for name in self._scenario.document.units:
            flash = FileFlash(str(self._flash(name)), FLASH_BYTES)
            settings = open_settings(flash)
            identity = load(settings)
            held[name] = list(open_journal(flash, settings, identity).pending()) if identity else []
            flash.close()
        return held

    def _make(self, name: str, config: dict[str, object]) -> LiveUnit:
        role = BUILT_AS[Role(self._scenario.document.units[name].role)]
        config = {"role": role, "flash": str(self._flash(name)), **config}
        return LiveUnit(name, config, self._folder, self._code, self._hear)

    def _flash(self, name: str) -> Path:
        return self._folder / f"{name}.flash"
