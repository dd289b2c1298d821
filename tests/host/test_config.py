"""Settings: file and flags, and errors that say where the mistake stands."""

from pathlib import Path

import pytest

from host.config import KEYS, Settings, load
from host.errors import UsageError
from host.mqtt import BrokerAddress


def written(folder: Path, text: str) -> Path:
    file = folder / "host.yaml"
    file.write_text(text)
    return file


def test_without_a_file_there_are_defaults() -> None:
    assert load(None, {}) == Settings()


def test_a_file_and_flags_which_win(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "folder: /var/lib/resguardo\n"
        "broker: mqtts://centre:p%40ss@broker.example:8884\n"
        "broker_authority: ca.pem\n"
        "console: 127.0.0.1:9000\n"
        "language: en\n",
    )
    assert load(file, {"language": "es", "console": None, "emergency": "/mnt/e.jsonl"}) == Settings(
        folder=Path("/var/lib/resguardo"),
        database=Path("/var/lib/resguardo/resguardo.db"),
        emergency=Path("/mnt/e.jsonl"),
        broker=BrokerAddress(
            "broker.example", 8884, True, "centre", "p@ss", authority=Path("ca.pem")
        ),
        console_port=9000,
        language="es",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("consle: x", "'consle' is no setting; there are: folder"),
        ("- a\n- b", "settings are 'key: value' lines"),
        ("a: [", "not YAML"),
        ("console: 80", "console: 80 is not text"),
        ("console: 127.0.0.1", "console: '127.0.0.1' is not an address and a port"),
        ("console: 127.0.0.1:99999", "is not an address and a port"),
        ("console: 0.0.0.0:8000", "console: '0.0.0.0:8000' is not 127.0.0.1: until the console"),
        ("console: centre.example:8000", "until the console has accounts"),
        ("language: fr", "language: 'fr' is not one of es, en"),
        ("time_zone: Mars/Olympus", "time_zone: 'Mars/Olympus' is not a name such as"),
        ("time_zone: ../etc", "is not a name such as"),
        ("folder: [1]", "folder: [1] is not text"),
        ("broker: http://x", "broker: a broker is mqtt://host:port"),
        ("broker: mqtt://h:1/topic", "with no path"),
        ("broker: mqtt://h:port", "a broker is mqtt://host:port"),
        ("broker: mqtt://h\nbroker_authority: a", "certificates are for mqtts://"),
        ("broker: mqtts://h\nbroker_key: a", "go together"),
        ("broker_key: a", "need a broker"),
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
    if ":" in text and "need a broker" not in said:
        assert str(tmp_path / "host.yaml") in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml: No such file"):
        load(tmp_path / "none.yaml", {})


def test_a_flag_is_named_as_it_is_written() -> None:
    with pytest.raises(UsageError, match=r"^--time-zone: 'x' is not"):
        load(None, {"time_zone": "x"})


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(UsageError) as caught:
        load(None, {"broker": "mqtt://centre:secret@host:1/x"})
    assert "secret" not in str(caught.value)
    address = load(None, {"broker": "mqtt://centre:secret@host:1"}).broker
    assert "secret" not in f"{address} {address!r}"
    assert str(address) == "mqtt://host:1"


def test_every_key_can_be_set(tmp_path: Path) -> None:
    text = "".join(f"{key}: ''\n" for key in KEYS)
    with pytest.raises(UsageError, match="is not text"):
        load(written(tmp_path, text), {})
