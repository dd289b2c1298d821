"""A GNSS receiver's side of the serial line: what it sees, as NMEA 0183 sentences.

One epoch is RMC, GGA, GSA and GST, as receivers send them. Positions come out exactly: a minute
has seven decimals, and 1e-7 degrees are 0.000006 minutes.
"""

from datetime import UTC, datetime

from simulator.parts.noise import A95_PER_SIGMA, Sight

_KNOT_M_S = 1852 / 3600


def epoch(sight: Sight | None, time_ms: int, speed_m_s: float, course_deg: float) -> bytes:
    """One second's sentences. Without a sight the receiver says its time, and that it is lost."""
    at = datetime.fromtimestamp(time_ms // 1000, UTC)
    clock, date = f"{at:%H%M%S}.{time_ms % 1000 // 10:02}", f"{at:%d%m%y}"
    if sight is None:
        lines = [f"GNRMC,{clock},V,,,,,,,{date},,,N", f"GNGGA,{clock},,,,,0,00,99.9,,M,,M,,"]
        return b"".join(map(sentence, [*lines, "GNGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9"]))
    lat, north = _angle(sight.spot[0], 2), "N" if sight.spot[0] >= 0 else "S"
    lon, east = _angle(sight.spot[1], 3), "E" if sight.spot[1] >= 0 else "W"
    where = f"{lat},{north},{lon},{east}"
    way = f"{speed_m_s / _KNOT_M_S:.3f},{course_deg:.1f}"
    if not sight.dated:
        clock = date = ""
    sigma_m = sight.accuracy_m / A95_PER_SIGMA
    lines = [
        f"GNRMC,{clock},A,{where},{way},{date},,,A",
        f"GNGGA,{clock},{where},1,09,0.9,1500.0,M,,M,,",
        "GNGSA,A,3,01,03,06,11,14,17,22,24,30,,,,1.6,0.9,1.3",
        f"GNGST,{clock},,,,,{sigma_m:.3f},{sigma_m:.3f},{2 * sigma_m:.3f}",
    ]
    return b"".join(map(sentence, lines))


def sentence(body: str) -> bytes:
    """A sentence with its checksum: the exclusive or of all between $ and *."""
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n".encode()


def _angle(angle_e7: int, degree_digits: int) -> str:
    """dddmm.mmmmmmm of an angle's size."""
    degrees, rest_e7 = divmod(abs(angle_e7), 10_000_000)
    minutes, fraction = divmod(rest_e7 * 60, 10_000_000)
    return f"{degrees:0{degree_digits}}{minutes:02}.{fraction:07}"
