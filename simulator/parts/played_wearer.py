"""Somebody who wears a unit, played by words: what they do to it, and where they go. Pure."""

from collections.abc import Callable, Iterator
from math import cos, radians, sin

from host.base.errors import UsageError
from simulator.scenario.ground import Spot, moved
from simulator.scenario.movement import Path

WALK_M_S, DRIVE_M_S = 1.4, 14.0
PRESSED_MS, HELD_MS = 1_000, 3_000
CHARGE_PCT_MS = 10_000  # a percent in ten seconds
COURSES_DEG = {
    "north": 0,
    "northeast": 45,
    "east": 90,
    "southeast": 135,
    "south": 180,
    "southwest": 225,
    "west": 270,
    "northwest": 315,
}

# Word -> what comes of it.
WORDS = {
    "press": "press the button: how do I stand?",
    "panic": "hold it down: help",
    "strap": "cut the strap, or close it",
    "case": "open the case, or close it",
    "charge": "put it on its charger, or take it off: a percent in ten seconds",
    "battery N": "have so much charge left",
    "roof": "go under a roof, where no satellite is seen, or out",
    "link down": "lose the network",
    "link up": "have it back",
    "walk WHITHER": f"north, southwest, ... at {WALK_M_S} m/s",
    "drive WHITHER": f"the same at {DRIVE_M_S:.0f} m/s",
    "stand": "stay where you are",
    "where": "say where that is",
}


class PlayedWearer:
    """`do` takes a word and yields lines for the board; `tick` those that are due by themselves.

    `way`: where they go until a word says otherwise. `link`: pulls the network, or puts it back.
    """

    def __init__(self, way: Path, battery_pct: int, link: Callable[[bool], None]) -> None:
        self.roof = False
        self.battery_pct = battery_pct
        self._way: Path | None = way
        self._speed_m_s = self._course_deg = 0.0
        self._spot, self._spot_ms = way.at(0), 0
        self._link = link
        self._open = {"strap": False, "case": False}
        self._release_ms: int | None = None
        self._charged_ms: int | None = None

    def at(self, now_ms: int) -> Spot:
        """Where they are."""
        if self._way is not None:
            return self._way.at(now_ms)
        gone_m = self._speed_m_s * (now_ms - self._spot_ms) / 1000
        angle = radians(self._course_deg)
        return moved(self._spot, gone_m * cos(angle), gone_m * sin(angle))

    def speed_m_s(self, now_ms: int) -> float:
        """How fast they move."""
        return self._speed_m_s if self._way is None else self._way.speed_m_s(now_ms)

    def course_deg(self, now_ms: int) -> float:
        """Whither, clockwise from north."""
        return self._course_deg if self._way is None else self._way.course_deg(now_ms)

    def do(self, words: str, now_ms: int) -> Iterator[str]:
        """Raises UsageError for what is none of WORDS."""
        match words.lower().split():
            case [("press" | "panic") as how]:
                self._release_ms = now_ms + (PRESSED_MS if how == "press" else HELD_MS)
                yield "pin panic 1"
            case [("strap" | "case") as pin]:
                self._open[pin] = not self._open[pin]
                yield f"pin {pin} {int(self._open[pin])}"
            case ["charge"]:
                self._charged_ms = now_ms if self._charged_ms is None else None
            case ["battery", percent] if percent.isdecimal() and int(percent) <= 100:
                self.battery_pct = int(percent)
                yield f"battery {percent}"
            case ["roof"]:
                self.roof = not self.roof
            case ["link", ("up" | "down") as how]:
                self._link(how == "up")
            case ["stand"]:
                self._go(0.0, self._course_deg, now_ms)
            case [("walk" | "drive") as how, whither] if whither in COURSES_DEG:
                speed_m_s = WALK_M_S if how == "walk" else DRIVE_M_S
                self._go(speed_m_s, COURSES_DEG[whither], now_ms)
            case ["where"]:
                pass  # whoever asks is answered with it in any case
            case _:
                known = ", ".join(WORDS)
                raise UsageError(f"{words!r} is none of what a wearer can do: {known}")

    def tick(self, now_ms: int) -> Iterator[str]:
        """What happens by itself."""
        if self._release_ms is not None and now_ms >= self._release_ms:
            self._release_ms = None
            yield "pin panic 0"
        while self._charged_ms is not None and now_ms - self._charged_ms >= CHARGE_PCT_MS:
            self._charged_ms += CHARGE_PCT_MS
            if self.battery_pct < 100:
                self.battery_pct += 1
                yield f"battery {self.battery_pct}"

    def stands(self, now_ms: int) -> str:
        """How they are, in a line."""
        lat_e7, lon_e7 = self.at(now_ms)
        speed_m_s = self.speed_m_s(now_ms)
        how = f"at {speed_m_s:.1f} m/s" if speed_m_s else "standing"
        under = ", under a roof" if self.roof else ""
        return f"{lat_e7 / 1e7:.7f},{lon_e7 / 1e7:.7f} {how}{under}, battery {self.battery_pct} %"

    def _go(self, speed_m_s: float, course_deg: float, now_ms: int) -> None:
        self._spot, self._spot_ms, self._way = self.at(now_ms), now_ms, None
        self._speed_m_s, self._course_deg = speed_m_s, course_deg
