import pytest

from simulator.tracks.names import NAMES, Meaning, columns_of, looks_like_accuracy, plain


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("fixTime", Meaning.INSTANT), ("Fecha y hora", Meaning.INSTANT), ("Latitud", Meaning.LAT),
        ("LATITUDE", Meaning.LAT), ("lng", Meaning.LON), ("Longitud", Meaning.LON),
        ("Precisión", Meaning.ACCURACY), ("accuracy_m", Meaning.ACCURACY), ("HDOP", Meaning.HDOP),
        ("Speed (km/h)", Meaning.SPEED), ("rumbo", Meaning.COURSE), ("provider", Meaning.SOURCE),
    ],
)  # fmt: skip
def test_names_are_known_however_they_are_written(name: str, meaning: Meaning) -> None:
    assert columns_of([name]).read[meaning].name == name


def test_the_better_of_two_names_is_read_and_the_other_named() -> None:
    columns = columns_of(["servertime", "fixTime", "lat", "latitude", "acc"])
    assert columns.read[Meaning.INSTANT].name == "fixTime"
    assert columns.read[Meaning.LAT].name == "lat"
    assert columns.ignored == ("servertime", "latitude", "acc")  # acc: a car's ignition, often


@pytest.mark.parametrize(
    ("names", "factor"),
    [
        (["speed_kmh"], 1 / 3.6), (["Velocidad (nudos)"], 1852 / 3600), (["speed_mps"], 1.0),
        (["speed", "fixTime"], 1852 / 3600), (["speed", "provider"], 1.0), (["speed"], None),
        (["Speed (furlongs)"], None),
    ],
)  # fmt: skip
def test_a_speeds_unit_is_in_its_name_or_in_whose_file_it_is(
    names: list[str], factor: float | None
) -> None:
    column = columns_of(names).read.get(Meaning.SPEED)
    assert (None if column is None else column.factor) == factor


@pytest.mark.parametrize(
    "name", ["vdop", "EPE", "Precisión vertical", "sigma", "cep", "radio", "error (m)"]
)
def test_what_looks_like_accuracy_is_noticed(name: str) -> None:
    assert looks_like_accuracy(name)


@pytest.mark.parametrize("name", ["speed", "note", "lat", "time", "battery"])
def test_what_does_not_is_not(name: str) -> None:
    assert not looks_like_accuracy(name)


def test_every_known_name_is_written_as_it_is_compared() -> None:
    for names in NAMES.values():
        assert [plain(name) for name in names.split()] == names.split()
