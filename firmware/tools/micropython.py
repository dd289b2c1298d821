"""Where the Unix port of MicroPython comes from, with words of either size.

A microcontroller's words have 32 bits: objects half as large as on a desk, small integers of 31
bits, ticks that wrap after 12.4 days. So a unit is measured, and run, with words of 32 bits; with
64 bits it is tested too.

Run as `python3 -m firmware.tools.micropython 32` (or 64) it leaves
`.build/micropython/32/micropython`, which starts it. One on PATH whose words have that size is used
as it is; otherwise Debian's package and the libraries that it needs are unpacked there (for 32 bits
the package for i386, which a 64-bit kernel of a PC runs too), fetched by an apt with its own state
from the mirror that the machine already uses and verified with Debian's own keyring. Nothing is
installed. Standard library only.
"""

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from firmware.tools.paths import BUILD

HOME = BUILD / "micropython"
NARROW, WIDE = 32, 64  # bits of a word
WORDS = (NARROW, WIDE)
HEAPS_KB = {NARROW: 64, WIDE: 128}  # in which a whole unit lives
OLDEST = (1, 24)  # the first with everything that the unit needs in the Unix port
SUITE = "trixie"  # the first suite of Debian that packages it
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
APT = Path("/etc/apt")


class MicroPythonMissing(Exception):
    """It cannot be had here; the message says what would help."""


def mirrors(apt: Path = APT) -> Iterator[str]:
    """Yield the addresses of Debian itself in the machine's apt sources, third parties left out."""
    for file in sorted([apt / "sources.list", *(apt / "sources.list.d").glob("*")]):
        if file.suffix == ".sources":
            for stanza in re.split(r"\n\s*\n", file.read_text()):
                yield from _from_stanza(stanza)
        elif file.suffix == ".list" and file.exists():
            for line in file.read_text().splitlines():
                yield from _from_line(line)


def _from_stanza(stanza: str) -> Iterator[str]:
    """Read one deb822 paragraph; continued lines belong to the field before them."""
    lines = [line for line in stanza.splitlines() if not line.startswith("#")]
    unfolded = re.sub(r"\n\s+", " ", "\n".join(lines))
    pairs = (line.split(":", 1) for line in unfolded.splitlines() if ":" in line)
    field = {name.strip().lower(): value.split() for name, value in pairs}
    binary = "deb" in field.get("types", []) and field.get("enabled") != ["no"]
    suites, components = field.get("suites", []), field.get("components", [])
    if binary and _is_debian(suites, components, field.get("signed-by")):
        yield from field.get("uris", [])


def _from_line(line: str) -> Iterator[str]:
    """Read one classic line: `deb [options] address suite component...`."""
    match = re.fullmatch(r"deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+(.*)", line.split("#")[0].strip())
    if match:
        options, address, suite, components = match.groups()
        signed = re.search(r"signed-by=(\S+)", options or "")
        if _is_debian([suite], components.split(), [signed[1]] if signed else None):
            yield address


def _is_debian(suites: list[str], components: list[str], signed_by: list[str] | None) -> bool:
    """A plain suite (no updates, no security) of `main`, under no key but Debian's own."""
    plain = any(not re.search(r"[-/]", suite) for suite in suites)
    own_key = signed_by is None or all("debian-archive" in key for key in signed_by)
    return plain and own_key and "main" in components


def executable(bits: int) -> Path:
    """What starts the MicroPython whose words have so many bits."""
    return HOME / str(bits) / "micropython"


def in_its_heap(bits: int, more_kb: int = 0) -> list[str]:
    """The command that starts it with the heap of a unit; its arguments are to follow.

    more_kb: for what else lives in that heap
    """
    return [str(executable(bits)), "-X", f"heapsize={HEAPS_KB[bits] + more_kb}K"]


def set_up(bits: int) -> None:
    """Leave a working `executable(bits)`.

    Raises `MicroPythonMissing` where it can neither be found nor fetched, nor started.
    """
    target = executable(bits)
    home = target.parent
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    installed = _on_path(bits)
    if installed:
        _write_wrapper(target, shlex.quote(str(installed)))
        return
    oldest = ".".join(map(str, OLDEST))
    advice = f"put a MicroPython {oldest} or later, with words of {bits} bits, on PATH"
    mirror = next(mirrors(), None)
    if mirror is None or not KEYRING.exists():
        raise MicroPythonMissing(f"no source of Debian's, with its keyring, in {APT}: {advice}")
    architecture = "i386" if bits == NARROW else _native()
    try:
        _unpack(mirror, architecture, home)
    except subprocess.CalledProcessError as failed:
        raise MicroPythonMissing(f"Debian's package could not be fetched: {advice}") from failed
    loader = next(file for file in home.rglob("ld-linux*.so.*") if not file.is_symlink())
    try:
        subprocess.run([loader, "--version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as failed:
        raise MicroPythonMissing(
            f"this machine does not run programs for {architecture} ({_why(failed)}). What helps: "
            "on a PC, a kernel that is booted with ia32_emulation=1; elsewhere, the package "
            f"qemu-user-static; or {advice}"
        ) from failed
    _write_wrapper(target, _loaded_by(loader, home))
    if not _fits(target, bits):
        raise MicroPythonMissing(f"{SUITE}, for {architecture}, has another: {advice}")


def _on_path(bits: int) -> Path | None:
    """The first on PATH that fits, whatever else is called so."""
    for folder in os.get_exec_path():
        candidate = Path(folder) / "micropython"
        if candidate.is_file() and os.access(candidate, os.X_OK) and _fits(candidate, bits):
            return candidate.absolute()
    return None


def _fits(program: Path, bits: int) -> bool:
    """Whether it runs, is new enough, and its words have so many bits."""
    ask = "import sys; print(64 if sys.maxsize >> 32 else 32, *sys.implementation.version[:2])"
    try:
        ran = subprocess.run([program, "-c", ask], capture_output=True, text=True, check=True)
        words, *version = map(int, ran.stdout.split())
    except (OSError, subprocess.CalledProcessError, ValueError):
        return False
    return words == bits and tuple(version) >= OLDEST


def _why(failed: OSError | subprocess.CalledProcessError) -> str:
    """What the system said, or which status or signal ended it."""
    return str(failed.strerror if isinstance(failed, OSError) else failed)


def _native() -> str:
    """Debian's name of this machine's architecture."""
    ran = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def _unpack(mirror: str, architecture: str, home: Path) -> None:
    """Fetch the package and its libraries with a private apt and unpack them into `home/root`."""
    state = home / "apt"
    for folder in ("sources", "lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    # An empty list of installed packages, so that its own C library comes along.
    (state / "status").touch()
    (state / "sources" / "debian.sources").write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: {SUITE}\nComponents: main\nSigned-By: {KEYRING}\n"
    )
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,  # whatever else this machine takes
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": state / "sources",
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::Status": state / "status",
        "Dir::Cache": state,
        "Dir::Cache::Archives": state / "archives",
        "APT::Sandbox::User": pwd.getpwuid(os.getuid()).pw_name,
        "APT::Update::Post-Invoke": "true",
        "Debug::NoLocking": "true",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in settings.items())]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run(
        [*apt, "install", "--yes", "--no-install-recommends", "--download-only", "micropython"],
        check=True,
    )
    for package in (state / "archives").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, home / "root"], check=True)
    shutil.rmtree(state)


def _loaded_by(loader: Path, home: Path) -> str:
    """The command that starts what was unpacked, by its own loader and with its own libraries."""
    libraries = {library.parent for library in home.rglob("lib*.so.*")}
    at = '"${0%/*}"/'  # the starter's own folder, so that the checkout can be moved
    search = ":".join(at + str(folder.relative_to(home)) for folder in sorted(libraries))
    return f"{at}{loader.relative_to(home)} --library-path {search} {at}root/usr/bin/micropython"


def _write_wrapper(target: Path, command: str) -> None:
    """Write the starter. It execs, so that its process id is MicroPython's own."""
    target.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    target.chmod(0o755)


if __name__ == "__main__":
    try:
        set_up(int(sys.argv[1]))
    except MicroPythonMissing as missing:
        sys.exit(f"micropython: {missing}")
