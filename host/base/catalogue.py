"""The message catalogue: every text that a person reads, by key and language."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter

import yaml

from host.base.errors import ResguardoError

LANGUAGES = ("es", "en")


class CatalogueError(ResguardoError):
    """The languages do not say the same things, or a text is asked for that is not there."""


class Catalogue:
    """Texts by language and dotted key. Numbers are put into texts by who makes them."""

    def __init__(self, documents: Mapping[str, object]) -> None:
        """`documents`: one nested mapping per language. Raises CatalogueError on any key or
        {name} that one language has and another has not."""
        self._texts = {
            language: dict(_flatten(document, language)) for language, document in documents.items()
        }
        reference = next(iter(self._texts), "")
        for language, texts in self._texts.items():
            expected = self._texts[reference]
            for key in expected.keys() ^ texts.keys():
                lacking = language if key in expected else reference
                raise CatalogueError(f"locale {lacking}: {key} is missing")
            for key, text in texts.items():
                if _names(text) != _names(expected[key]):
                    raise CatalogueError(
                        f"locale {language}: {key} has other {{names}} than in {reference}"
                    )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are; the first is the one of a reader who has not chosen."""
        return tuple(self._texts)

    def text(self, key: str, language: str, **values: object) -> str:
        """The text under `key` with its {names} filled in. Raises CatalogueError."""
        texts = self._texts.get(language, {})
        if key not in texts:
            raise CatalogueError(f"locale {language}: no text under {key}")
        try:
            return texts[key].format(**values)
        except KeyError as error:
            name = error.args[0]
            raise CatalogueError(f"locale {language}: {key} wants a value for {name}") from error

    def has(self, key: str) -> bool:
        """Whether there is a text under `key`."""
        return all(key in texts for texts in self._texts.values())

    def section(self, name: str, language: str) -> dict[str, str]:
        """All texts below a key, unfilled, by the rest of their keys: for a page."""
        prefix = f"{name}."
        return {
            key.removeprefix(prefix): text
            for key, text in self._texts[language].items()
            if key.startswith(prefix)
        }


@cache
def catalogue() -> Catalogue:
    """The catalogue of host/base/locale, read once."""
    folder = files("host.base").joinpath("locale")
    return Catalogue(
        {
            language: yaml.safe_load(folder.joinpath(f"{language}.yaml").read_text("utf-8"))
            for language in LANGUAGES
        }
    )


def _flatten(document: object, language: str, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(document, str):
        return [(prefix, document)]
    place = prefix or "the file"
    if not isinstance(document, dict):
        raise CatalogueError(f"locale {language}: {place}: {document!r} is no text")
    entries: list[tuple[str, str]] = []
    for key, value in document.items():
        if not isinstance(key, str):
            raise CatalogueError(f"locale {language}: the key {key!r} in {place} wants quotes")
        entries += _flatten(value, language, f"{prefix}.{key}" if prefix else key)
    return entries


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
