import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.base.errors import UsageError
from simulator.tracks.numbers import degrees, number, numbers, place


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("14.5", ".", 14.5), (" -14.5 ", ".", -14.5), ("\u221214.5", ".", -14.5), ("+.5", ".", 0.5),
        ("1e3", ".", 1000.0), ("1,800.5", ".", 1800.5), ("1,800", ".", 1800.0),
        ("14,5", ",", 14.5), ("1.800,5", ",", 1800.5), ("1.800", ",", 1800.0), ("18", ",", 18.0),
        ("1.8", ",", None), ("14,5", ".", None), ("1,80.5", ".", None), ("", ".", None),
        ("nan", ".", None), ("inf", ".", None), ("1e999", ".", None), ("1_0", ".", None),
        ("\u0663", ".", None), ("1 2", ".", None),
    ],
)  # fmt: skip
def test_numbers_have_one_decimal_mark(text: str, mark: str, value: float | None) -> None:
    assert number(text, mark) == value


@given(st.floats(-1e6, 1e6))
def test_what_was_written_is_read_with_either_mark(value: float) -> None:
    text = f"{value:.7f}"
    assert number(text) == number(text.replace(".", ","), ",") == float(text)


@pytest.mark.parametrize(
    ("text", "letters", "value"),
    [
        ("14.5 N", "NS", 14.5), ("S14.5", "NS", -14.5), ("90.5°w", "EW", -90.5),
        ("-90.5", "EW", -90.5), ("90.5 O", "EW", None), ("14.5 N", "EW", None),
        ("-14.5 S", "NS", None), ("14°30'N", "NS", None), ("N14.5N", "NS", None),
    ],
)  # fmt: skip
def test_degrees_may_name_their_hemisphere(text: str, letters: str, value: float | None) -> None:
    assert degrees(text, ".", letters) == value


def test_an_options_place() -> None:
    assert place("--at", "14.6,-90.5") == (146_000_000, -905_000_000)
    assert place("--at", "track.gpx") is place("--at", "1,2,3") is None
    with pytest.raises(UsageError, match="--at 95,0: no such place"):
        place("--at", "95,0")


def test_an_options_numbers_are_finite() -> None:
    assert numbers(["1", "2.5"]) == [1, 2.5]
    assert numbers(["nan"]) is numbers(["x"]) is None
