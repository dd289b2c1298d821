"""Where the Unix port of MicroPython comes from: the machine itself, or Debian.

Run as `python3 -m firmware.tools.micropython` it leaves `.build/micropython/micropython`, which
starts it. A MicroPython on PATH is used as it is; otherwise Debian's package and the libraries it
needs are unpacked under `.build`, fetched by an apt with its own state from the mirror that the
machine already uses and verified with Debian's own keyring. Nothing is installed. Standard library
only.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from firmware.tools.paths import BUILD

HOME = BUILD / "micropython"
EXECUTABLE = HOME / "micropython"
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


def _unpack(mirror: str) -> None:
    """Fetch the package and its libraries with a private apt and unpack them into `HOME/root`."""
    state = HOME / "apt"
    for folder in ("sources", "lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    # An empty list of installed packages, so that its own C library comes along.
    (state / "status").touch()
    (state / "sources" / "debian.sources").write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: {SUITE}\nComponents: main\nSigned-By: {KEYRING}\n"
    )
    settings = {
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
        subprocess.run(["dpkg-deb", "-x", package, HOME / "root"], check=True)
    shutil.rmtree(state)


def _write_wrapper(command: str) -> None:
    """Write the starter. It execs, so that its process id is MicroPython's own."""
    EXECUTABLE.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    EXECUTABLE.chmod(0o755)


def _version(executable: Path | str) -> tuple[int, ...]:
    program = "import sys; print(*sys.implementation.version[:2])"
    ran = subprocess.run([executable, "-c", program], capture_output=True, text=True, check=True)
    return tuple(int(number) for number in ran.stdout.split())


def set_up() -> None:
    """Leave a working `EXECUTABLE`.

    Raises `MicroPythonMissing` where it can neither be found nor fetched.
    """
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    installed = shutil.which("micropython")
    if installed and _version(installed) >= OLDEST:
        _write_wrapper(installed)
        return
    advice = f"put a MicroPython {'.'.join(map(str, OLDEST))} or later on PATH"
    mirror = next(mirrors(), None)
    if mirror is None or not KEYRING.exists():
        raise MicroPythonMissing(f"no source of Debian's, with its keyring, in {APT}: {advice}")
    try:
        _unpack(mirror)
    except subprocess.CalledProcessError as failed:
        raise MicroPythonMissing(f"Debian's package could not be fetched: {advice}") from failed
    loader = next((HOME / "root").rglob("ld-linux*.so.*"))
    libraries = {library.parent for library in (HOME / "root").rglob("lib*.so.*")}
    at = '"${0%/*}"/'  # the wrapper's own folder, so that the checkout can be moved
    search = ":".join(at + str(folder.relative_to(HOME)) for folder in sorted(libraries))
    binary = at + "root/usr/bin/micropython"
    _write_wrapper(f"{at}{loader.relative_to(HOME)} --library-path {search} {binary}")
    if _version(EXECUTABLE) < OLDEST:
        raise MicroPythonMissing(f"Debian's {SUITE} has too old a MicroPython: {advice}")


if __name__ == "__main__":
    try:
        set_up()
    except MicroPythonMissing as missing:
        sys.exit(f"micropython: {missing}")
