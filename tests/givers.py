"""A giver over plain HTTP, as a browser without script does it: forms are read from the page and sent back."""

from __future__ import annotations

import re

import httpx
from lxml import html


class Giver:
    """One person at one fund; `answers` keeps every status so that a test can say that none was an error."""

    def __init__(self, address: str, language: str = "en", transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(base_url=f"{address}/{language}/", timeout=60, transport=transport)
        self.answers: list[int] = []
        self.page = ""
        self.code = ""
        self.gift = ""

    def close(self) -> None:
        self._client.close()

    def _take(self, answer: httpx.Response) -> httpx.Response:
        self.answers.append(answer.status_code)
        self.page = answer.text
        assert "locked" not in self.page.lower()
        return answer

    def fields(self, action: str) -> dict[str, str]:
        """Give the hidden and preset fields of the form that posts to `action`."""
        for form in html.fromstring(self.page).iter("form"):
            if re.search(action, form.get("action", "")):
                return {name: value or "" for name, value in form.form_values()}
        raise AssertionError(f"no form for {action} on the page")

    def fill_form(self, amount: str, rail: str = "fake", *, rest: bool = False, currency: str = "") -> httpx.Response:
        """Open the form for an amount and send it."""
        self._take(self._client.get("give/", params={"amount": amount}))
        if self.answers[-1] != 200:
            return self._client.get("give/")
        typed = self.fields("") | {"amount": amount, "rail": rail} | ({"rest": "yes"} if rest else {})
        typed |= {"cur": currency} if currency else {}
        typed.pop("rc", None)
        self.code, self.gift = typed["code"], typed["gift"]
        return self._take(self._client.post("give/", data=typed))

    def pay(self) -> httpx.Response:
        """Press "pay" at the demo's provider."""
        form = next(form for form in html.fromstring(self.page).iter("form") if "pay/" in form.get("action", ""))
        typed = {name: value or "" for name, value in form.form_values()} | {"do": "pay"}
        return self._take(self._client.post(self._path(form.get("action")), data=typed))

    def _path(self, action: str) -> str:
        return action.replace("../", "", 1) if action.startswith("../") else action

    def look_up(self, wanted: str = "") -> httpx.Response:
        """Type the code on the receipt page; `wanted` asks for a signed file."""
        return self._take(
            self._client.post("receipt/", data={"code": self.code} | ({"file": wanted} if wanted else {}))
        )

    def ask_back(self) -> httpx.Response:
        """Press "ask for it back" on the receipt page."""
        self.look_up()
        form = next(form for form in html.fromstring(self.page).iter("form") if "back" in form.fields)
        return self._take(self._client.post("receipt/", data={name: value or "" for name, value in form.form_values()}))
