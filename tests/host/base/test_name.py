"""Two names that look alike are one, or one of them is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from host.base.document import Model
from host.base.name import Name, plain


class Form(Model):
    name: Name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("P-311", "P-311"),
        ("Jose\u0301", "Jos\u00e9"),
        ("Jos\u00e9", "Jos\u00e9"),
        ("\u00c5sa", "\u00c5sa"),
        ("\u212bsa", "\u00c5sa"),  # the sign of a unit of length
        (" P-205 ", "P-205"),
        ("Ana  L\u00f3pez", "Ana L\u00f3pez"),
        ("O'Neill, 2.\u00ba \u00d1", "O'Neill, 2.\u00ba \u00d1"),
        ("\u674e\u56db", "\u674e\u56db"),
    ],
)
def test_a_name_is_taken_in_one_form(written: str, name: str) -> None:
    assert plain(written) == name


BLANK, HYPHEN, NOTHING = "an ordinary blank", "the hyphen -", "leave it out"


@pytest.mark.parametrize(
    ("character", "called", "instead"),
    [
        ("\u00a0", "NO-BREAK SPACE (U+00A0)", BLANK),
        ("\u2009", "THIN SPACE", BLANK),
        ("\u3000", "IDEOGRAPHIC SPACE", BLANK),
        ("\u2028", "LINE SEPARATOR", BLANK),
        ("\u2800", "BRAILLE PATTERN BLANK", BLANK),
        ("\u3164", "HANGUL FILLER", BLANK),
        ("\u2010", "HYPHEN (U+2010)", HYPHEN),
        ("\u2011", "NON-BREAKING HYPHEN", HYPHEN),
        ("\u2013", "EN DASH", HYPHEN),
        ("\u2212", "MINUS SIGN", HYPHEN),
        ("\uff0d", "FULLWIDTH HYPHEN-MINUS", HYPHEN),
        ("\u00ad", "SOFT HYPHEN", HYPHEN),
        ("\n", "without a name (U+000A)", NOTHING),
        ("\x00", "without a name (U+0000)", NOTHING),
        ("\u200b", "ZERO WIDTH SPACE", NOTHING),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE", NOTHING),
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE", NOTHING),
        ("\ufe0f", "VARIATION SELECTOR-16", NOTHING),
        ("\u034f", "COMBINING GRAPHEME JOINER", NOTHING),
        ("\ue000", "without a name (U+E000)", NOTHING),
    ],
)
def test_what_looks_like_something_else_is_refused(
    character: str, called: str, instead: str
) -> None:
    for written, place in ((f"P{character}311", 2), (f"P-311{character}", 6)):
        with pytest.raises(ValueError, match=f"its character {place} is ") as refused:
            plain(written)
        assert called in str(refused.value)
        assert instead in str(refused.value)


@pytest.mark.parametrize("written", ["", " ", "   "])
def test_no_name_is_empty(written: str) -> None:
    with pytest.raises(ValidationError):
        Form.model_validate({"name": written})


@given(st.text())
def test_a_name_that_is_taken_stays_as_it_is(written: str) -> None:
    try:
        name = plain(written)
    except ValueError:
        return
    assert plain(name) == name == unicodedata.normalize("NFC", name)
    assert name.isprintable()
    assert name == " ".join(name.split())


def test_blanks_that_are_left_out_are_said() -> None:
    notes: list[str] = []
    for written in ("P-205 ", "P-205", "Jose\u0301"):
        Form.model_validate({"name": written}, context=notes)
    assert notes == ['"P-205 " is taken as "P-205": it has blanks too many']
    assert Form.model_validate({"name": "P-205 "}).name == "P-205"
