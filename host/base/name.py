"""Names that people write: of two that look alike, either both are the same or one is refused.

"José" is the same in all normal forms (NFC, Unicode Standard Annex 15), and blanks about a name
are no part of it. What cannot be seen, or is seen for something else, is refused: with a hyphen
that is another character, P-311 would be another person.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

# Letters and symbols to Unicode, and blank to the eye.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Marks to Unicode, and nothing to the eye: joiner, vowel separators, variation selectors.
_UNSEEN = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_HYPHENS = frozenset("\u02d7\u2043\u2212")  # and all that Unicode calls a dash


def trimmed(written: str) -> str:
    """In NFC, without blanks about it, and with no two together in it."""
    return " ".join(one for one in unicodedata.normalize("NFC", written).split(" ") if one)


def plain(written: str) -> str:
    """The name that is written. Raises ValueError, saying what would be right."""
    name = trimmed(written)
    for place, character in enumerate(name, 1):
        if wanted := _instead_of(character):
            code = f"U+{ord(character):04X}"
            called = _called(character) or "without a name"
            raise ValueError(f"its character {place} is {called} ({code}): {wanted}")
    if not name:
        raise ValueError("a name cannot be empty")
    return name


def _instead_of(character: str) -> str:
    """What to write instead of a character that a name cannot have; "" for any other."""
    kind = unicodedata.category(character)
    if character == " ":
        return ""
    if kind in ("Zs", "Zl", "Zp") or character in _BLANKS:
        return "write an ordinary blank"
    if (kind == "Pd" and character != "-") or character in _HYPHENS or character == "\u00ad":
        return "write the hyphen - of the keyboard"
    if kind.startswith("C") or character in _UNSEEN or "VARIATION SELECTOR" in _called(character):
        return "leave it out"
    return ""


def _called(character: str) -> str:
    return unicodedata.name(character, "")


def _taken(written: str, info: ValidationInfo) -> str:
    name = plain(written)
    if isinstance(info.context, list) and name != unicodedata.normalize("NFC", written):
        info.context.append(f'"{written}" is taken as "{name}": it has blanks too many')
    return name


# A model that is judged with a list as its context finds there what was taken otherwise.
Name = Annotated[str, Field(min_length=1), AfterValidator(_taken)]
