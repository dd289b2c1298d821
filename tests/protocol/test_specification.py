"""The specification, the code and the vectors say the same."""

import json
import re
from itertools import accumulate
from struct import calcsize
from typing import Any

from protocol import command, errors, record, seal, topics
from tests.protocol import make_vectors
from tests.protocol import specification as page

VECTORS = json.loads(make_vectors.FILE.read_text())
KEY = bytes.fromhex(VECTORS["unit_key"])


def test_tables_of_bytes_are_those_of_the_code() -> None:
    assert page.RECORD_HEADER.struct == record._HEADER
    assert page.COMMAND_HEADER.struct == f"{command._HEADER}{command._BODY_BYTES}s16s"
    assert page.COMMAND_HEAD.struct == f"{command._BODY_HEAD}26s"
    for written, code, common in (
        (page.RECORDS, record._BODIES, ("sequence", "flags")),
        (page.COMMANDS, command._PAYLOADS, ("number", "flags", "expires_s")),
    ):
        coded: dict[int, tuple[str, Any]] = dict(code)
        assert written.keys() == coded.keys()
        for number, (name, table) in written.items():
            layout, shape = coded[number]
            assert name == shape.__name__
            assert table.struct == layout, name
            assert common + table.fields == shape._fields, name


def test_offsets_follow_one_another() -> None:
    tables = [table for _, table in (*page.RECORDS.values(), *page.COMMANDS.values())]
    for table in (page.RECORD_HEADER, page.COMMAND_HEADER, page.COMMAND_HEAD, *tables):
        codes = re.findall(r"\d*[a-zA-Z]", table.struct)
        ends = accumulate(calcsize("<" + code) for code in codes)
        assert table.offsets == (0, *ends)[: len(codes)], table


def test_constants_are_those_of_the_code() -> None:
    written = {
        name: value
        for module in (record, command, seal, topics)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int)
    }
    assert {name: int(value) for value, name in page.CONSTANTS} == written
    assert len(page.CONSTANTS) == len(written)


def test_reasons_are_those_of_the_code() -> None:
    raised = [
        value.reason
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.WireError)
    ]
    assert set(raised) == page.REASONS


def test_sizes_are_those_of_the_code() -> None:
    bodies: list[tuple[str, Any]] = list(record._BODIES.values())
    sizes = {shape.__name__: 24 + calcsize(layout) for layout, shape in bodies}
    assert {name: int(size) for name, size in page.SIZES} == sizes
    assert max(sizes.values()) == record.RECORD_BYTES_MAX


def test_the_vectors_are_those_that_the_code_makes() -> None:
    assert make_vectors.build() == VECTORS


def test_hkdf_as_the_rfc_has_it() -> None:
    """RFC 5869, appendix A.1."""
    output = page.hkdf(bytes(range(13)), b"\x0b" * 22, bytes(range(0xF0, 0xFA)), 42)
    assert output.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_keys_by_the_page() -> None:
    for purpose, key in VECTORS["keys"].items():
        derived = page.working_key(KEY, purpose, VECTORS["unit"], VECTORS["epoch"])
        assert derived.hex() == key, purpose


def test_records_by_the_page() -> None:
    for vector in VECTORS["records"]:
        sealed = bytes.fromhex(vector["sealed"])
        header = page.RECORD_HEADER.read(sealed)
        kind, layout = page.RECORDS[int(header["version_type"]) & 15]
        body = _body(sealed, "up", int(header["sequence"]), 8)
        told = {"sequence": header["sequence"], "flags": header["flags"], **layout.read(body)}
        assert (kind, len(sealed)) == (vector["type"], header["length"])
        assert _in_json(told) == vector["fields"], vector["name"]


def test_commands_by_the_page() -> None:
    for vector in VECTORS["commands"]:
        sealed = bytes.fromhex(vector["sealed"])
        header = page.COMMAND_HEADER.read(sealed)
        body = _body(sealed, "down", int(header["number"]), 12)
        head = page.COMMAND_HEAD.read(body)
        kind, layout = page.COMMANDS[int(head["type"])]
        said = {
            "number": header["number"],
            "flags": head["flags"],
            "expires_s": head["expires_s"],
            **layout.read(body[6:]),
        }
        assert kind == vector["type"]
        assert _in_json(said) == vector["fields"], vector["name"]


def _body(sealed: bytes, direction: str, number: int, header: int) -> bytes:
    return page.unseal(sealed, KEY, direction, VECTORS["unit"], VECTORS["epoch"], number, header)


def _in_json(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()
    }
