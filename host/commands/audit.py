"""Who did, saw and entered what: verify the chains, keep their ends elsewhere, read them."""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from host.base.clock import Clock, iso
from host.base.errors import ResguardoError, UsageError
from host.commands.config import add_database, database
from host.evidence.anchor import signed
from host.evidence.chains import verify_chains
from host.store.store import Store

_PAGE = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with them."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="name what was altered, removed or moved")
    verify.add_argument(
        *("--anchors",),
        type=Path,
        metavar="FILE",
        help="lines that 'anchor' wrote: they show what was cut off or written anew",
    )
    anchor = acts.add_parser("anchor", help="sign the chains' ends, to be kept elsewhere")
    anchor.add_argument("--to", type=Path, metavar="FILE", help="append to this (default: print)")
    show = acts.add_parser("show", help="who came in, looked at what, or was refused, as JSON")
    show.add_argument("--after", type=int, default=0, metavar="N", help="begin after entry N")
    for one in (verify, anchor, show):
        add_database(one)


def run(arguments: argparse.Namespace) -> int:
    """Raises ResguardoError with every chain's first difference."""
    acts = {"verify": _verify, "anchor": _anchor, "show": _show}
    return acts[arguments.act](arguments)


def _verify(arguments: argparse.Namespace) -> int:
    path = database(arguments)
    found = verify_chains(path, _lines(arguments.anchors))
    if found.differences:
        raise ResguardoError(f"{path}: {'; '.join(map(str, found.differences))}")
    lengths = ", ".join(f"{name} {length}" for name, length in found.lengths.items())
    print(f"{path}: every link holds: {lengths} entries; {found.erased} erased by right")
    for at in found.anchored:
        print(f"anchored {at}: still there")
    if not found.anchored:
        print("what was cut off at an end shows only against an anchor (resguardo audit anchor)")
    return 0


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"anchors {file}: {error}") from error


def _anchor(arguments: argparse.Namespace) -> int:
    with closing(Store.open(database(arguments), make=False)) as store:
        line = signed(store.secret(), iso(Clock().now_ms()), store.heads())
    if arguments.to is None:
        print(line)
        return 0
    try:
        with arguments.to.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    except OSError as error:
        raise ResguardoError(f"the anchor {arguments.to}: {error.strerror}") from error
    return 0


def _show(arguments: argparse.Namespace) -> int:
    after = arguments.after
    with closing(Store.open(database(arguments), make=False)) as store:
        while True:
            with store.accounts.reading() as book:
                entries = book.told(after, _PAGE)
            for one in entries:
                data = None if one.data is None else json.loads(one.data)
                said = {"number": one.number, "at": iso(one.at_ms), "kind": one.kind}
                line = {**said, "order": one.order, "data": data}
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            if len(entries) < _PAGE:
                return 0
            after = entries[-1].number
