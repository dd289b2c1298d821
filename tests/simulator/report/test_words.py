import pytest

from host.base.catalogue import LANGUAGES
from simulator.report.run import DOWN
from simulator.report.words import Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_conditions_and_faults_have_words(language: str) -> None:
    words = Words(language)
    said = [words.level("breach"), words.condition(DOWN), words.condition("assured")]
    said += [words.reason("near"), words.fault("host_crash"), words.notice(200)]
    assert all(said)
    assert len(set(said)) == len(said)


def test_what_has_no_words_yet_is_told_by_its_name() -> None:
    words = Words("es")
    assert words.fault("solar_storm") == "solar storm"
    assert words.reason("solar_storm") == "solar_storm"
    assert words.notice(9999) == "9999"
    assert words.person("ana") == "ana"
    assert words.person("offender") == "agresor"


def test_numbers_are_written_as_the_language_does() -> None:
    es, en = Words("es"), Words("en")
    assert (es.number(1234.5, 1), en.number(1234.5, 1)) == ("1\u202f234,5", "1,234.5")
    assert (es.metres(6.14), es.metres(999.6), es.metres(41_954)) == (
        "6,1 m",
        "1\u202f000 m",
        "42,0 km",
    )
    assert (en.seconds(81.546), en.seconds(-600)) == ("81.5 s", "-10.0 min")
