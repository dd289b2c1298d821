import contextlib
import io
import shutil
from pathlib import Path

from mpremote.romfs import make_romfs  # type: ignore[import-untyped]

from firmware.tools.bytecode import compile_all
from firmware.tools.rom import IMAGE, PARTS, pack


def test_the_image_is_what_micropythons_own_tool_makes(tmp_path: Path) -> None:
    code = compile_all()
    for part in PARTS:
        shutil.copytree(code / part, tmp_path / part)
    with contextlib.redirect_stdout(io.StringIO()):
        expected = make_romfs(str(tmp_path), mpy_cross=False)
    assert (code / IMAGE).read_bytes() == expected


def test_it_is_written_anew_only_when_the_code_changed(tmp_path: Path) -> None:
    for part in PARTS:
        (tmp_path / part).mkdir()
    (tmp_path / "firmware" / "a.mpy").write_bytes(b"code")
    (tmp_path / "firmware" / "a.py").write_bytes(b"not packed")
    image = pack(tmp_path)
    first = image.stat().st_ino
    assert b"not packed" not in image.read_bytes()
    assert pack(tmp_path).stat().st_ino == first
    (tmp_path / "protocol" / "b.mpy").write_bytes(b"more")
    assert b"more" in pack(tmp_path).read_bytes()
