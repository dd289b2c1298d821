"""What a day costs a battery: a small model, to compare days and not to promise hours.

Every number is an assumption of the order of what parts of this class need; a board's own
measurements replace them here, in one place.
"""

HOUR_S = 3600.0

BATTERY_MAH = 1000.0  # a lithium cell that an ankle bears (about 20 g)
GNSS_MA = 25.0  # a single-band receiver that acquires or tracks, at 3 V (class of u-blox M8)
# One message and its answer over LTE-M: about 0.2 s of sending at 200 mA, and the network's
# inactivity timer of about 10 s in connected mode at 7 mA on average.
CONTACT_MAH = (0.2 * 200 + 10 * 7) / HOUR_S
IDLE_MA = 1.0  # processor asleep, accelerometer, and a modem that is paged every 20 s (eDRX)


def charge_mah(days: float, gnss_s: float, contacts: int) -> float:
    """What so many days take, with the receiver on for so long and so many contacts."""
    return IDLE_MA * 24 * days + GNSS_MA * gnss_s / HOUR_S + CONTACT_MAH * contacts


def battery_h(days: float, gnss_s: float, contacts: int) -> float:
    """How long a battery lasts at that, in hours."""
    return BATTERY_MAH / charge_mah(days, gnss_s, contacts) * 24 * days
