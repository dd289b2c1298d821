"""What the report says: its own texts by language, and the catalogue's names of levels and
conditions, as an operator reads them."""

from functools import cache
from importlib.resources import files

import yaml

from host.base.catalogue import LANGUAGES, Catalogue, catalogue
from host.registry.types import Role
from simulator.report.run import DOWN


@cache
def _texts() -> Catalogue:
    """The report's own texts, read once."""
    folder = files("simulator.report").joinpath("locale")
    return Catalogue(
        {
            language: yaml.safe_load(folder.joinpath(f"{language}.yaml").read_text("utf-8"))
            for language in LANGUAGES
        }
    )


class Words:
    """One language. Texts that only the catalogue has are had there."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text under a key, with its {names} filled in."""
        return _texts().text(key, self.language, **values)

    def level(self, level: str) -> str:
        """A level's name."""
        return catalogue().text(f"level.{level}", self.language)

    def condition(self, condition: str) -> str:
        """A condition's name."""
        if condition == DOWN:
            return self(DOWN)
        return catalogue().text(f"condition.{condition}", self.language)

    def reason(self, reason: str) -> str:
        """Why a condition changed."""
        key = f"reason.{reason}"
        return catalogue().text(key, self.language) if catalogue().has(key) else reason

    def cause(self, kind: str) -> str:
        """What an incident is about; one that has no words yet is told by its own."""
        for section in ("cause", "level"):
            if catalogue().has(f"{section}.{kind}"):
                return catalogue().text(f"{section}.{kind}", self.language)
        return kind.replace("_", " ")

    def fault(self, fault: str) -> str:
        """A fault's name; one that has no words yet is told by its own."""
        key = f"fault.{fault}"
        return self(key) if _texts().has(key) else fault.replace("_", " ")

    def notice(self, number: int) -> str:
        """What a unit tells its wearer by itself."""
        key = f"unit_text.{number}"
        return catalogue().text(key, self.language) if catalogue().has(key) else str(number)

    def person(self, person: str) -> str:
        """A person's name; those whom a replay only knows by their role are told by it."""
        return self(person) if person in (Role.OFFENDER, Role.VICTIM) else person

    def number(self, value: float, digits: int = 0) -> str:
        """A number as the language writes it."""
        written = f"{value:,.{digits}f}"
        return written if self.language == "en" else written.translate({44: "\u202f", 46: ","})

    def metres(self, value: float) -> str:
        """A distance: metres, or kilometres from ten on."""
        if value < 10_000:
            return f"{self.number(value, 1 if 0 < value < 10 else 0)} m"
        return f"{self.number(value / 1000, 1)} km"

    def seconds(self, value: float) -> str:
        """How long something took: seconds, or minutes from three on."""
        if abs(value) < 180:
            return f"{self.number(value, 1)} s"
        return f"{self.number(value / 60, 1)} min"
