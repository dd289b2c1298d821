"""A console with accounts: whoever a test wants to ask as, and whatever they ask."""

from pathlib import Path
from typing import Any

import httpx

from host.accounts import secret
from host.accounts.right import StaffRole
from host.accounts.token import DAY_MS, Token
from host.base.catalogue import catalogue
from host.web.app import create_app
from host.web.feed import Feed
from tests.host.accounts.people import HERE, PASSWORD, House
from tests.host.web.client import SAME, Client
from tests.host.web.played_host import COURT, STATION, PlayedHost

LIMITS: dict[StaffRole, dict[str, str]] = {
    StaffRole.JUDGE: {"court": COURT},
    StaffRole.OFFICER: {"station": STATION},
}


class Staffed:
    """The application over a played host, with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.feed = Feed()
        self.played = PlayedHost(self.feed)
        self.app = create_app(self.played, self.feed, catalogue(), accounts=self.house.accounts)
        self.client = Client(self.app)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def token(self, role: StaffRole, **limits: str) -> str:
        """A machine's, with the limits that the role needs to see anything."""
        staff = self.house.accounts.staff
        name = f"m{len(staff.tokens())}"
        wanted = limits or LIMITS.get(role, {})
        if role is not StaffRole.ADMINISTRATOR:
            return staff.make_token(name, role, 1, "", HERE, **wanted)
        key = secret.new_key()  # nobody makes one; here it stands for somebody who is logged in
        now_ms = self.house.now_ms
        with self.house.store.accounts.writing(now_ms) as book:
            made = Token(name, secret.digest(key), role, "", "", "", now_ms, now_ms + DAY_MS)
            book.put_token(made)
        return key

    def by_token(self, token: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """As the page does: with its cookies, and what it sends against forgery."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**SAME, "X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        if cookies:
            headers["Cookie"] = cookies
        if method not in ("GET", "HEAD", "DELETE"):
            more.setdefault("json", {})
        answer = self.client.request(method, f"/api/v1{path}", headers=headers, **more)
        self.cookies |= dict(answer.cookies)
        if answer.headers.get("content-type") == "application/json":
            said = answer.json()
            if isinstance(said, dict):
                self.csrf = said.get("csrf", self.csrf)
        return answer

    def log_in(self, account: str = "ana", password: str = PASSWORD) -> httpx.Response:
        return self.ask("POST", "/session", json={"account": account, "password": password})

    def come_in(self, account: str, *roles: StaffRole) -> None:
        """Add somebody, who logs in here, by telephone too where that is needed."""
        if account not in {one.id for one in self.house.accounts.staff.accounts()}:
            self.house.enrol(account, *roles)
        answer = self.log_in(account)
        if answer.json()["lacks"] == "second_factor":
            answer = self.ask("POST", "/session/totp", json={"code": self.house.code(account)})
            self.house.now_ms += 60_000
        if answer.json()["lacks"] == "role":
            answer = self.ask("PUT", "/session/role", json={"role": roles[0]})
        assert answer.json()["lacks"] is None
