"""Positions by cells and Wi-Fi, as a modem tells them: the detailed answer to u-blox's AT+ULOC.

    +UULOC: date,time,lat,long,alt,uncertainty,speed,direction,vertical_acc,sensor_used,...

(SARA-R4 series, AT commands manual, UBX-17003787, R16, 23.4.1). The uncertainty is of 50 %; where
errors are round and normal, 95 % take sqrt(ln 20 / ln 2) = 2.08 times as much.
"""

from firmware.gnss.fix import TWO_D, Fix
from protocol.record import A95_DM_MAX, CELL, WIFI

ASK = "AT+ULOC=2,2,1,20,1"  # once, from cells and what else it has, in detail, within 20 s
_HEAD = "+UULOC: "
# sensor_used: 0 is the last position told again, 1 satellites. That of Wi-Fi is the driver's to
# translate: modems that have it do not number it alike.
_SOURCES = {"2": CELL, "wifi": WIFI}
_DIGITS = 7


def read(line: str) -> Fix | None:
    """The position in a line, as a fix without a time; None for a line that tells none."""
    if not line.startswith(_HEAD):
        return None
    parts = line[len(_HEAD) :].strip().split(",")
    source = _SOURCES.get(parts[9]) if len(parts) > 9 else None
    if source is None:
        return None
    try:
        lat_e7, lon_e7, radius_m = _e7(parts[2]), _e7(parts[3]), int(parts[5])
    except ValueError:
        return None
    if (lat_e7, lon_e7) == (0, 0):  # it knows of none
        return None
    fix = Fix()
    fix.lat_e7, fix.lon_e7 = lat_e7, lon_e7
    fix.a95_dm = min(A95_DM_MAX, max(1, radius_m * 208 // 10))
    fix.mode, fix.source, fix.valid = TWO_D, source, True
    return fix


def _e7(text: str) -> int:
    """Degrees as a decimal fraction, in 1e-7 degrees; floats of 32 bits would lose metres."""
    whole, _, part = text.partition(".")
    value = abs(int(whole)) * 10**_DIGITS + int((part + "0" * _DIGITS)[:_DIGITS])
    return -value if text.startswith("-") else value
