"""SVG as text: elements, their escaping, and the pictures' frame."""

from markupsafe import Markup, escape


def element(name: str, *inside: str, **attributes: object) -> Markup:
    """An element. `_` in names of attributes is `-`; one that ends in `_` is without it."""
    said = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _number(value))
        for key, value in attributes.items()
        if value is not None
    )
    body = Markup("").join(escape(part) for part in inside)
    return Markup("<{0}{1}>{2}</{0}>").format(name, said, body)


def _number(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> Markup:
    """A line of text."""
    return element("text", said, x=float(x), y=float(y), class_=kind or None, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line."""
    ends = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2)}
    return element("line", class_=kind, **ends)


def rect(
    x: float, y: float, width: float, height: float, kind: str, said: str | None = None
) -> Markup:
    """A rectangle, with what a pointer over it is told."""
    told = () if said is None else (element("title", said),)
    size = {"width": float(max(0.0, width)), "height": float(max(0.0, height))}
    return element("rect", *told, x=float(x), y=float(y), class_=kind, **size)


def polyline(points: list[tuple[float, float]], kind: str) -> Markup:
    """A line through points."""
    return element("polyline", points=_listed(points), class_=kind)


def polygon(points: list[tuple[float, float]], kind: str, said: str | None = None) -> Markup:
    """An area."""
    told = () if said is None else (element("title", said),)
    return element("polygon", *told, points=_listed(points), class_=kind)


def disc(x: float, y: float, radius: float, kind: str, said: str | None = None) -> Markup:
    """A circle."""
    told = () if said is None else (element("title", said),)
    return element("circle", *told, cx=float(x), cy=float(y), r=float(radius), class_=kind)


def badge(x: float, y: float, number: str, kind: str, said: str | None = None) -> Markup:
    """A number in a disc, or in a pill where it needs the room."""
    told = () if said is None else (element("title", said),)
    width = max(20.0, 9.0 + 7.5 * len(number))
    pill = element(
        "rect", x=x - width / 2, y=y - 10.0, width=width, height=20.0, rx=10.0, class_="pill"
    )
    label = text(x, y + 4.2, number, "number", "middle")
    return element("g", *told, pill, label, class_=f"badge {kind}")


def _hatch(name: str, way: str) -> Markup:
    """Stripes of a kind of their own, so that colour is never all that tells."""
    stripes = element("path", d=way, class_=f"hatch {name}")
    return element("pattern", stripes, id=name, width=8, height=8, patternUnits="userSpaceOnUse")


def hatches() -> Markup:
    """The stripes that all pictures of a page fill with, in a picture of no size."""
    patterns = (
        _hatch("watched", "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4"),
        _hatch("unassured", "M0,0 l8,8 M0,8 l8,-8"),
        _hatch("trouble", "M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4"),
    )
    defs = element("defs", *patterns)
    return element("svg", defs, width=0, height=0, class_="hatches", aria_hidden="true")


def picture(
    width: float, height: float, name: str, title: str, described: str, *inside: str
) -> Markup:
    """A whole picture with a title and a description for whoever does not see it."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", described, id=f"{name}-desc"),
        *inside,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=round(width),
        height=round(height),
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _listed(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
