"""What a judge holds against the host."""

from typing import NamedTuple

from host.base.clock import iso


class Finding(NamedTuple):
    """`who`: an order or a unit. `said`: what the host said; `allowed`: what it might have."""

    at_ms: int
    who: str
    rule: str
    said: str
    allowed: str

    def __str__(self) -> str:
        return (
            f"{iso(self.at_ms)} {self.who} {self.rule}: said {self.said}; allowed: {self.allowed}"
        )
