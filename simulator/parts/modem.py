"""A modem that knows where it is by Wi-Fi or cells, and tells it as u-blox's do."""

from random import Random

from simulator.parts.noise import A95_PER_SIGMA
from simulator.scenario.ground import Spot, moved
from simulator.scenario.schema.units import Radio

TAKES_MS = 4_000  # from the question to the answer
_CEP_PER_A95 = 1 / 2.08
_SENSORS = {"cell": "2", "wifi": "wifi"}


class Modem:
    """One unit's. Its chance is its own, seeded by the scenario's seed and the unit's name."""

    def __init__(self, seed: int, unit: str, spells: tuple[Radio, ...], start_ms: int) -> None:
        self._spells = spells
        self._start_ms = start_ms
        self._chance = Random(f"{seed}/modem/{unit}")

    def tell(self, truth: Spot, now_ms: int) -> str | None:
        """The line that answers a question, or None where it knows of no position."""
        at_s = (now_ms - self._start_ms) / 1000
        spell = next((one for one in self._spells if one.from_s <= at_s < one.until_s), None)
        if spell is None:
            return None
        north_m, east_m = (self._chance.gauss(0, spell.sigma_m) for _ in range(2))
        lat_e7, lon_e7 = moved(truth, north_m, east_m)
        cep_m = max(1, round(A95_PER_SIGMA * spell.sigma_m * _CEP_PER_A95))
        where = f"{_degrees(lat_e7)},{_degrees(lon_e7)},0,{cep_m},0,0,0,{_SENSORS[spell.source]}"
        return f"+UULOC: 01/01/2026,00:00:00.000,{where},0,0,0"


def _degrees(e7: int) -> str:
    whole, part = divmod(abs(e7), 10_000_000)
    return f"{'-' * (e7 < 0)}{whole}.{part:07}"
