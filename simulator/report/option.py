"""The options by which a command writes a report, and the writing."""

import argparse
from pathlib import Path

from host.base.catalogue import LANGUAGES
from host.base.errors import ResguardoError, UsageError
from simulator.report.page import page_of
from simulator.report.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--report",
        type=Path,
        metavar="OUT.html",
        help="write a page to look at as well; it holds the positions of both parties",
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, default=LANGUAGES[0], help="its (default: %(default)s)"
    )


def require_folder(report: Path | None) -> None:
    """Refuse early what could not be written in the end. Raises UsageError."""
    if report is not None and not report.absolute().parent.is_dir():
        raise UsageError(f"--report {report}: there is no folder {report.parent}")


def write_report(report: Path, run: Run, language: str) -> None:
    """Write the page. Only its owner may read it: it says where both parties were."""
    try:
        report.touch(mode=0o600)
        report.write_text(page_of(run, language), encoding="utf-8")
    except OSError as error:
        raise ResguardoError(f"--report {report}: {error.strerror}") from error
