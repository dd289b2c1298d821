"""Earth-centred coordinates (WGS 84) to latitude and longitude, in integers alone.

Older u-blox receivers report only these, and the floats of a small port would move a position by
up to a metre. Positions come out within 2e-7 degrees of the true ones up to aircraft heights.
"""

_SCALE = 1000  # inner lengths are 10 micrometres
_A = 637813700 * _SCALE  # semi-axes, in cm
_B = 635675231 * _SCALE + 425
_EP2_B = 4284131 * _SCALE + 151  # second eccentricity squared times b
_E2_A = 4269767 * _SCALE + 271  # first eccentricity squared times a

_ONE = 1 << 40
_E7_PER_RADIAN = 572957795


def isqrt(n: int) -> int:
    """The whole part of the square root of n >= 0, by Newton's method."""
    root = 1
    while root * root < n:
        root <<= 1
    while root * root > n:
        root = (root + n // root) >> 1
    return root


def atan2_e7(y: int, x: int) -> int:
    """The angle of (x, y) in 1e-7 degrees, -180 to 180 degrees; 0 for (0, 0)."""
    across, along = abs(y), abs(x)
    if not (across or along):
        return 0
    t = min(across, along) * _ONE // max(across, along)
    for _ in range(3):  # atan t = 2 atan(t / (1 + sqrt(1 + t^2))): below 6 degrees after three
        t = t * _ONE // (_ONE + isqrt(_ONE * _ONE + t * t))
    angle, power, t2 = t, t, t * t
    for divisor in (-3, 5, -7, 9):
        power = power * t2 // (_ONE * _ONE)
        angle += power // divisor
    angle = (angle * 8 * _E7_PER_RADIAN + _ONE // 2) // _ONE
    if across > along:
        angle = 900000000 - angle
    if x < 0:
        angle = 1800000000 - angle
    return -angle if y < 0 else angle


def geodetic_e7(x_cm: int, y_cm: int, z_cm: int) -> tuple[int, int]:
    """(lat_e7, lon_e7) of a point at or above the ground (Bowring 1976, one step)."""
    p = isqrt((x_cm * x_cm + y_cm * y_cm) * _SCALE * _SCALE)
    z = z_cm * _SCALE
    sine, cosine = z * _A, p * _B  # of the parametric latitude, times r
    r = isqrt(sine * sine + cosine * cosine) or 1
    north = z + _EP2_B * sine**3 // r**3
    out = p - _E2_A * cosine**3 // r**3
    return atan2_e7(north, out), atan2_e7(y_cm, x_cm)


def level(x: int, y: int, z: int, vx: int, vy: int, vz: int) -> tuple[int, int]:
    """(north, east) parts of a velocity at a point, in the velocity's unit.

    "Up" is taken from the earth's centre, at most 0.2 degrees off: little for a course.
    """
    p = isqrt(x * x + y * y) or 1
    r = isqrt(p * p + z * z)
    outward = (x * vx + y * vy) // p
    return (p * vz - z * outward) // (r or 1), (x * vy - y * vx) // p
