"""The places in a checkout that tools, simulator and tests share."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"  # made by the Makefile or by running; never committed
