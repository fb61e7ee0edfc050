"""A person at the console, in a browser without script: links, and forms with what they hold."""

import re
from html.parser import HTMLParser

import requests
from keyline import LIMIT_S, Key, Server

PASSWORD = "a long pass phrase for tests"


class Page:
    """An answer, read as a person would: its words and its forms."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.url = response.url
        self.body = response.text
        self._reader = _Reader()
        self._reader.feed(response.text)

    @property
    def text(self) -> str:
        """What stands on it, with single spaces."""
        return " ".join(" ".join(self._reader.words).split())

    def hidden(self) -> dict[str, str]:
        """The hidden values of its own form, which is the last on the page."""
        return self._reader.forms[-1]

    def key(self) -> Key:
        """The key that it shows with its secret, this once."""
        secret = re.search(r"\b\w+_[a-z0-9]{1,12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b", self.body)
        client_id = re.search(r"\b\w+_ci_[0-9a-z]{26}\b", self.body)
        assert secret and client_id, self.text
        return Key(client_id.group(), secret.group())


class Person:
    """Somebody who has signed in."""

    def __init__(self, server: Server, email: str) -> None:
        self._url = server.url
        self._session = requests.Session()
        page = self._post("/sign-in", {"email": email, "password": PASSWORD})
        assert not page.url.endswith("/sign-in"), page.text

    def open(self, path: str) -> Page:
        """The page at a path, wherever that leads."""
        return Page(self._session.get(self._url + path, timeout=LIMIT_S))

    def submit(self, path: str, action: str | None = None, **fields: str) -> Page:
        """Opens the page at `path` and sends its form, filled in, to `action` or to the page itself."""
        return self._post(action or path, self.open(path).hidden() | fields)

    def sign_out(self) -> None:
        """Ends the session by hand."""
        reader = _Reader()
        reader.feed(self.open("/").body)
        self._post("/sign-out", reader.forms[0])

    def _post(self, path: str, fields: dict[str, str]) -> Page:
        headers = {"Origin": self._url, "Sec-Fetch-Site": "same-origin"}
        return Page(self._session.post(self._url + path, fields, headers=headers, timeout=LIMIT_S))


class _Reader(HTMLParser):
    """Collects the words of a page and the hidden values of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[dict[str, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "form":
            self.forms.append({})
        elif tag == "input" and attributes.get("type") == "hidden" and self.forms:
            self.forms[-1][attributes.get("name") or ""] = attributes.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
