"""How far apart, and how probably within a limit: the Rice distribution of a noisy distance.

Each fix scatters about the truth as a round normal distribution, whose 95 % radius is 2.4477
standard deviations (the square root of -2 ln 0.05). The difference of two such fixes scatters
with the root of the summed squares, and the true distance is then Rice-distributed about the
measured one (S. O. Rice, Bell System Technical Journal 24, 1945).
"""

from math import exp, log, sqrt

RADIUS_95_SIGMAS = 2.4477
ENTER_PROBABILITY = 0.25
LEAVE_PROBABILITY = 0.05
# Normal quantiles of the two: the disc of radius L lies within the half-plane that touches it,
# so beyond these many sigmas outside of L the probability is below the threshold for certain.
_ENTER_SIGMAS = 0.6744897501960817
_LEAVE_SIGMAS = 1.6448536269514722
# Sigmas within a limit: at fewer P(D <= L) = 1 - exp(-L^2 / 2 sigma^2) is below the threshold even
# where the two are measured at one place.
_SHOWN_SIGMAS = sqrt(-2 * log(1 - LEAVE_PROBABILITY))
_STEPS = 64
_REACH_SIGMAS = 8.0


def sigma_m(a95_a_m: float, a95_b_m: float) -> float:
    """Standard deviation per axis of the difference of two fixes, in metres."""
    return sqrt(a95_a_m * a95_a_m + a95_b_m * a95_b_m) / RADIUS_95_SIGMAS


def probability_within(distance_m: float, limit_m: float, sigma: float) -> float:
    """P(true distance <= limit_m) for a measured distance: the Rice cumulative distribution.

    Simpson's rule over the density r exp(-(r - a)^2 / 2) I0e(r a), which is smooth; the error
    stays below 2e-6 (tests hold it against scipy's noncentral chi-squared).
    """
    if sigma <= 0:
        return 1.0 if distance_m <= limit_m else 0.0
    a, b = distance_m / sigma, limit_m / sigma
    low, high = max(0.0, a - _REACH_SIGMAS), min(b, a + _REACH_SIGMAS)
    if high <= low:
        return 0.0
    step = (high - low) / _STEPS
    total = 0.0
    for i in range(_STEPS + 1):
        r = low + i * step
        weight = 1 if i in (0, _STEPS) else 4 if i % 2 else 2
        total += weight * r * exp(-0.5 * (r - a) ** 2) * _i0e(r * a)
    return min(1.0, total * step / 3)


def entered(distance_m: float, limit_m: float, sigma: float, straight: bool = False) -> str:
    """The rule by which a distance enters a limit: "distance", "probability", or "" for none.

    `straight`: the limit is a zone's edge and not a circle about the other party; it is taken
    as a half-plane, which is never less probable than the zone within it.
    """
    if distance_m <= limit_m:
        return "distance"
    if distance_m > limit_m + _ENTER_SIGMAS * sigma:
        return ""
    if straight or probability_within(distance_m, limit_m, sigma) >= ENTER_PROBABILITY:
        return "probability"
    return ""


def can_show(limit_m: float, sigma: float) -> bool:
    """Whether a scatter is narrow enough to show anybody within a limit.

    At a wider one it is 95 % sure, wherever he is measured, that he is not within.
    """
    return limit_m >= _SHOWN_SIGMAS * sigma


def left(distance_m: float, limit_m: float, sigma: float, straight: bool = False) -> bool:
    """Whether a distance is evidence of being outside: beyond L + max(50 m, L / 10), 95 % sure."""
    widened_m = limit_m + max(50.0, 0.1 * limit_m)
    if distance_m <= widened_m:  # a scatter so wide that it is seldom near anything is no evidence
        return False
    if distance_m >= widened_m + _LEAVE_SIGMAS * sigma:
        return True
    if straight:
        return False
    return probability_within(distance_m, widened_m, sigma) <= LEAVE_PROBABILITY


def _i0e(x: float) -> float:
    """exp(-x) I0(x) for x >= 0 (Abramowitz and Stegun 9.8.1 and 9.8.2, error below 2e-7)."""
    if x < 3.75:
        t = (x / 3.75) ** 2
        series = 1.0 + t * (
            3.5156229
            + t * (3.0899424 + t * (1.2067492 + t * (0.2659732 + t * (0.0360768 + t * 0.0045813))))
        )
        return exp(-x) * series
    t = 3.75 / x
    series = 0.39894228 + t * (
        0.01328592
        + t
        * (
            0.00225319
            + t
            * (
                -0.00157565
                + t
                * (
                    0.00916281
                    + t * (-0.02057706 + t * (0.02635537 + t * (-0.01647633 + t * 0.00392377)))
                )
            )
        )
    )
    return series / sqrt(x)
