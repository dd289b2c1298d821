"""The pages: their template, their texts, the map of their imports, the policy they run under."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from host.base.catalogue import Catalogue

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
MODULES = HERE / "node_modules"

# Path -> (its script, its element, its title's text).
PAGES = {
    "/": ("app", "console-page", "page.title"),
    "/login": ("login-page", "login-page", "people.login"),
    "/account": ("account-page", "account-page", "people.account"),
    "/accounts": ("accounts-page", "accounts-page", "people.accounts"),
}

# What of node_modules is served, and no more: package -> folder within it.
VENDOR = {
    "lit": "",
    "lit-html": "",
    "lit-element": "",
    "@lit/reactive-element": "",
    "maplibre-gl": "dist",
    "world-atlas": "",
}
_ENTRY = {
    "lit": "index.js",
    "lit-html": "lit-html.js",
    "lit-element": "index.js",
    "@lit/reactive-element": "reactive-element.js",
    "maplibre-gl": "maplibre-gl.mjs",
}

# What of the catalogue the page uses: its own section, and these that it shares with the rest.
_SHARED = (
    *("level", "condition", "state", "recipient", "channel", "progress", "cause", "reason"),
    *("refusal", "rejection"),
)


def import_map() -> str:
    """JSON that tells the browser where the bare names in `import` are."""
    imports = {}
    for package, entry in _ENTRY.items():
        imports[package] = f"/static/vendor/{package}/{entry}"
        imports[f"{package}/"] = f"/static/vendor/{package}/"
    return json.dumps({"imports": imports}, sort_keys=True)


def security_headers(inline: str) -> dict[str, str]:
    """The headers of every response; `inline` is the one script that may stand in the page."""
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{digest}'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {what}" for name, what in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }


def texts(catalogue: Catalogue, language: str) -> dict[str, str]:
    """The page's words: key -> text with {names}."""
    shared = {
        f"{section}.{key}": text
        for section in _SHARED
        for key, text in catalogue.section(section, language).items()
    }
    return shared | catalogue.section("console", language)


def render(catalogue: Catalogue, path: str, *, languages: Sequence[str], time_zone: str) -> str:
    """A page's HTML, in the first of its languages until its reader switches."""
    script, element, title = PAGES[path]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    words = {language: texts(catalogue, language) for language in languages}
    return environment.get_template("page.html").render(
        script=script,
        element=element,
        title=title,
        is_console=path == "/",
        language=languages[0],
        text=words[languages[0]],
        texts=words,
        options={"languages": languages, "time_zone": time_zone},
        import_map=import_map(),
    )
