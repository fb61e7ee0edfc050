"""The program under test: its command line, and servers that it runs."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BINARY = (ROOT / os.environ.get("KEYLINE_BIN", TARGET / "debug/keyline")).resolve()

# Far above what anything here takes; reached only by a program that hangs.
LIMIT_S = 30
POLL_S = 0.05


def wait_until(condition: Callable[[], bool], what: str, within_s: float = LIMIT_S) -> None:
    """Asks again and again until a condition holds; fails if it does not in time."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within_s} s: {what}")
        time.sleep(POLL_S)


@dataclass(frozen=True)
class Key:
    """An API key with its secret."""

    client_id: str
    secret: str


class Deployment:
    """A database and a directory of its own, with nothing of the surrounding environment."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        self.settings = settings
        self._directory = directory
        self._environment = {f"KEYLINE_{name.upper()}": value for name, value in settings.items()}

    def run(self, *command: str, stdin: str = "") -> dict[str, Any]:
        """Runs a command that must succeed; gives the object it printed."""
        done = self.attempt(*command, stdin=stdin)
        assert done.returncode == 0, f"keyline {' '.join(command)}: exit code {done.returncode}\n{done.stderr}"
        return json.loads(done.stdout)

    def attempt(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a command that may be refused."""
        return subprocess.run(
            [BINARY, *command, "--json"],
            cwd=self._directory,
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )

    def organization(self, slug: str, *settings: str) -> None:
        """Makes an organization where API keys are turned on."""
        on = ["--plan", "enterprise", "--api-keys", "on"]
        self.run("org", "create", "--slug", slug, "--name", slug.title(), *on, *settings)

    def user(self, organization: str, email: str, role: str) -> None:
        """Makes a person who belongs to an organization."""
        person = ["--email", email, "--name", email.split("@")[0], "--role", role, "--password-stdin"]
        self.run("user", "create", "--org", organization, *person, stdin="a long pass phrase for tests")

    def key(self, organization: str, name: str, *settings: str) -> Key:
        """Makes a key in production."""
        made = self.run(
            "key", "create", "--org", organization, "--environment", "production", "--name", name, *settings
        )
        return Key(made["client_id"], made["client_secret"])

    @contextmanager
    def serve(self, **settings: str) -> Iterator["Server"]:
        """A server on free ports, ready; at the end it is asked to stop and must do so well."""
        server = Server(self._start(settings))
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.stop()

    def _start(self, settings: dict[str, str]) -> subprocess.Popen[str]:
        settings = {"listen": "127.0.0.1:0", "ops_listen": "127.0.0.1:0", "drain_window_s": "0"} | settings
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        return subprocess.Popen(
            [BINARY, "serve", *flags],
            cwd=self._directory,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


class Server:
    """A process that serves."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._killed = False
        self._log: list[str] = []
        self._ports: dict[str, str] = {}
        self._reader = threading.Thread(target=self._read_log)
        self._reader.start()

    @property
    def url(self) -> str:
        """Where this process answers; its issuer too, unless it was given a public URL."""
        return f"http://localhost:{self._ports['public']}"

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """What it says about itself (RFC 8414)."""
        return requests.get(f"{self.url}/.well-known/oauth-authorization-server", timeout=LIMIT_S).json()

    def key_ids(self) -> set[str]:
        """The `kid` of every key it publishes."""
        return {key["kid"] for key in requests.get(f"{self.url}/.well-known/jwks.json", timeout=LIMIT_S).json()["keys"]}

    def ask_for_token(self, key: Key, **parameters: str) -> requests.Response:
        """A token request (RFC 6749 §4.4) as it is on the wire."""
        form = {"grant_type": "client_credentials"} | parameters
        return self.post("/oauth/token", key, form)

    def token(self, key: Key, **parameters: str) -> str:
        """An access token."""
        response = self.ask_for_token(key, **parameters)
        assert response.status_code == 200, response.text
        return response.json()["access_token"]

    def introspect(self, introspector: Key, token: str) -> dict[str, Any]:
        """What a resource server gets to know about a token (RFC 7662)."""
        response = self.post("/oauth/introspect", introspector, {"token": token})
        assert response.status_code == 200, response.text
        return response.json()

    def revoke(self, key: Key, token: str) -> None:
        """Ends a token (RFC 7009)."""
        response = self.post("/oauth/revoke", key, {"token": token})
        assert response.status_code == 200, response.text

    def post(self, path: str, key: Key, form: dict[str, str]) -> requests.Response:
        """Posts a form with the key in the Authorization header."""
        return requests.post(f"{self.url}{path}", form, auth=(key.client_id, key.secret), timeout=LIMIT_S)

    def wait_until_ready(self) -> None:
        """Returns when `/readyz` says so."""
        wait_until(lambda: len(self._ports) == 2 or self._process.poll() is not None, "listening")
        assert self._process.poll() is None, f"keyline ended before it listened\n{self._shown_log()}"
        readyz = f"http://localhost:{self._ports['operations']}/readyz"
        wait_until(lambda: requests.get(readyz, timeout=LIMIT_S).status_code == 200, "ready")

    def kill(self) -> None:
        """Ends the process without a word."""
        self._process.kill()
        self._killed = True

    def stop_at_once(self) -> int:
        """Asks the process twice to end; the exit code."""
        for _ in range(2):
            self._process.send_signal(signal.SIGTERM)
            wait_until(lambda: any('"shutting down"' in line for line in self._log), "it is shutting down")
        self._killed = True
        return self._process.wait(LIMIT_S)

    def stop(self) -> None:
        """Asks the process to end; it must have answered everything, unless it was killed before."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(LIMIT_S)
        finally:
            self._process.kill()
            self._reader.join()
        assert code == 0 or self._killed, f"exit code {code}\n{self._shown_log()}"

    def _read_log(self) -> None:
        for line in self._process.stderr:
            self._log.append(line)
            if '"listening"' in line:
                entry = json.loads(line)
                self._ports[entry["listener"]] = entry["address"].rsplit(":", 1)[1]

    def _shown_log(self) -> str:
        self._reader.join(LIMIT_S)
        return "".join(self._log)
