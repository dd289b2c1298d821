"""The places in a checkout that the simulator and the tests share."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"  # made by the Makefile or by running; never committed
