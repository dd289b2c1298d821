"""The published vectors, under both interpreters."""

import json
from binascii import hexlify, unhexlify

from protocol import command, record
from protocol.errors import WireError
from protocol.seal import derive, down_channel, hmac_sha256, login, up_channel


def _load():
    # From bytecode, the checkout is two folders up.
    for folder in ("", "../../"):
        try:
            with open(folder + "protocol/vectors.json") as file:
                return json.load(file)
        except OSError:
            pass
    raise OSError("run in the checkout or in .build/mpy")


VECTORS = _load()
KEY, UNIT, EPOCH = unhexlify(VECTORS["unit_key"]), VECTORS["unit"], VECTORS["epoch"]
UP, DOWN = up_channel(KEY, UNIT, EPOCH), down_channel(KEY, UNIT, EPOCH)


def reason_of(read, *arguments):
    try:
        read(*arguments)
    except WireError as error:
        return error.reason
    return ""


def said(module, vector):
    fields = dict(vector["fields"])
    if "exception" in fields:
        fields["exception"] = unhexlify(fields["exception"])
    return getattr(module, vector["type"])(**fields)


def test_hmac():
    for case in VECTORS["hmac"]:
        mac = hmac_sha256(unhexlify(case["key"]), unhexlify(case["message"]))
        assert hexlify(mac).decode() == case["mac"], case["name"]


def test_derived_keys():
    for purpose, key in VECTORS["keys"].items():
        assert derive(KEY, purpose.encode(), UNIT, EPOCH) == unhexlify(key), purpose
    assert login(KEY, UNIT, EPOCH) == VECTORS["keys"]["login"][:32]


def test_records():
    for vector in VECTORS["records"]:
        told, sealed = said(record, vector), unhexlify(vector["sealed"])
        assert record.encode(told, UP) == sealed, vector["name"]
        assert record.decode(sealed, UP) == told, vector["name"]


def test_commands():
    for vector in VECTORS["commands"]:
        told, sealed = said(command, vector), unhexlify(vector["sealed"])
        assert command.encode(told, DOWN) == sealed, vector["name"]
        assert command.decode(sealed, DOWN) == told, vector["name"]


def test_what_is_not_known_is_passed_over():
    assert record.decode(unhexlify(VECTORS["unknown_record"]), UP) is None
    assert command.decode(unhexlify(VECTORS["unknown_command"]), DOWN) is None
    told = record.decode(unhexlify(VECTORS["appended_field"]), UP)
    assert told == record.Tombstone(70, 0, 6, 69, record.RESERVED)


def test_refused_records():
    for vector in VECTORS["refused_records"]:
        data = unhexlify(vector["bytes"])
        assert reason_of(record.decode, data, UP) == vector["reason"], vector["name"]


def test_refused_commands():
    for vector in VECTORS["refused_commands"]:
        data = unhexlify(vector["bytes"])
        assert reason_of(command.decode, data, DOWN) == vector["reason"], vector["name"]


def test_cut_messages():
    for vector in VECTORS["cut_messages"]:
        records, rest, reason = record.split(unhexlify(vector["bytes"]))
        assert [hexlify(one).decode() for one in records] == vector["records"], vector["name"]
        assert (hexlify(rest).decode(), reason) == (vector["rest"], vector["reason"])
