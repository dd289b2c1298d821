"""Settings: file and flags, and errors that say where the mistake stands."""

from pathlib import Path

import pytest

from host.base.errors import UsageError
from host.commands.config import Settings, load
from host.service.broker_address import BrokerAddress


def written(folder: Path, text: str) -> Path:
    file = folder / "host.yaml"
    file.write_text(text)
    return file


def test_without_a_file_there_are_defaults() -> None:
    settings = load(None, {})
    assert settings == Settings()
    assert settings.folder == Path("resguardo-data")
    assert settings.database == Path("resguardo-data/resguardo.db")
    assert (settings.console_host, settings.console_port) == ("127.0.0.1", 8000)
    assert (settings.broker, settings.language) == (None, "es")


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load(written(tmp_path, "# language: en\n"), {}) == Settings()


def test_a_file_and_flags_which_win(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "folder: /var/lib/resguardo\n"
        "broker_authority: ca.pem\n"
        "console: '[::1]:9000'\n"
        "language: en\n",
    )
    flags = {
        "language": "es",
        "console": None,
        "emergency": "~/e.jsonl",
        "broker": "mqtts://centre:p%40ss@broker.example:8884",
    }
    settings = load(file, flags)
    assert settings.folder == Path("/var/lib/resguardo")
    assert settings.database == Path("/var/lib/resguardo/resguardo.db")
    assert settings.emergency == Path.home() / "e.jsonl"
    assert settings.broker == BrokerAddress(
        "broker.example", 8884, True, "centre", "p@ss", authority=Path("ca.pem")
    )
    assert (settings.console_host, settings.console_port) == ("::1", 9000)
    assert settings.language == "es"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "consle: x",
            'consle is "x": no such key; did you mean console? there are',
        ),
        ("- a\n- b", "settings are 'key: value' lines"),
        ("a: [", "no YAML: line 1, column 5"),
        ("language: es\nlanguage: en", "no YAML: line 2: the key language stands there once more"),
        ("console: 80", "console is 80: input should be a valid string"),
        ("console: 127.0.0.1", 'console is "127.0.0.1": an address and a port are wanted'),
        ("console: 127.0.0.1:99999", "an address and a port are wanted"),
        ("console: 0.0.0.0:8000", "console 0.0.0.0:8000 would send passwords and positions"),
        ("console: centre.example:8000", "give console_certificate and console_key"),
        ("console_certificate: a.pem", "console_certificate and console_key go together"),
        ("console_name: a.example:443", "a host's name is wanted, without a port"),
        ("present: eva\nconsole_name: a.example", "present eva would let in anybody"),
        ("language: fr", 'language is "fr": one of es, en is wanted'),
        ("time_zone: Mars/Olympus", 'time_zone is "Mars/Olympus": no time zone has this name'),
        ("time_zone: ../etc", "no time zone has this name"),
        ("folder: [1]", "folder is [1]: input should be a valid string"),
        ("folder: ''", 'folder is "": a path is wanted'),
        ("broker: http://x", "broker: a broker is mqtt://host:port"),
        ("broker: 5", "broker: a broker is mqtt://host:port"),
        ("broker: mqtt://h:1/topic", "with no path"),
        ("broker: mqtt://h:port", "a broker is mqtt://host:port"),
        ("broker: mqtt://h\nbroker_authority: a", "certificates are for mqtts://"),
        ("broker: mqtts://h\nbroker_key: a", "go together"),
        ("broker_key: a", "need a broker"),
        ("broker_port: 0", "broker_port is 0: input should be greater than or equal to 1"),
        ("broker_port: 1883\nbroker: mqtt://h", "broker_port is for a broker of the host's own"),
    ],
)
def test_a_mistake_is_one_line_with_file_key_and_value(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path, text), {})
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert "more)" not in message
    assert message.startswith(f"{tmp_path / 'host.yaml'}: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml: No such file"):
        load(tmp_path / "none.yaml", {})


def test_a_flag_is_named_as_it_is_written() -> None:
    with pytest.raises(UsageError, match=r'^--time-zone is "x": no time zone'):
        load(None, {"time_zone": "x"})


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(UsageError) as caught:
        load(None, {"broker": "mqtt://centre:secret@host:1/x"})
    assert str(caught.value).startswith("--broker: a broker is mqtt://")
    assert "secret" not in str(caught.value)
    with pytest.raises(UsageError) as caught:
        load(None, {"broker": "mqtt://centre:secret@host:1", "language": "fr"})
    assert "secret" not in str(caught.value)
    address = load(None, {"broker": "mqtt://centre:secret@host:1"}).broker
    assert "secret" not in f"{address} {address!r}"
    assert str(address) == "mqtt://host:1"
