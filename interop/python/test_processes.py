"""What one process or the command line ends is refused by every process on its very next request.

On PostgreSQL two processes serve; on SQLite one does, beside the command line.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import requests
from conftest import MakeDeployment
from keyline import LIMIT_S, Deployment, Key, Server

# Whatever stands before the processes has this address; it is the issuer for both.
PUBLIC_URL = "https://keys.example.test"


@dataclass(frozen=True)
class Processes:
    """All processes of a deployment; `last` is another one than `first` where there are two."""

    deployment: Deployment
    first: Server
    last: Server

    def organization(self, slug: str) -> Key:
        """Makes an organization and a client that asks about tokens."""
        self.deployment.organization(slug)
        return self.deployment.key(slug, "API", "--scope", "tokens:introspect")


@contextmanager
def started(deployment: Deployment, engine: str) -> Iterator[Processes]:
    with ExitStack() as stack:
        count = 2 if engine == "postgres" else 1
        servers = [stack.enter_context(deployment.serve(public_url=PUBLIC_URL)) for _ in range(count)]
        yield Processes(deployment, servers[0], servers[-1])


@pytest.fixture(scope="module")
def processes(engine: str, make_deployment: MakeDeployment) -> Iterator[Processes]:
    with started(make_deployment(engine), engine) as processes:
        yield processes


def error(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("error", "none")


def list_keys(server: Server, token: str) -> requests.Response:
    """Uses a token at Keyline's own API."""
    return requests.get(f"{server.url}/api/v1/keys", headers={"Authorization": f"Bearer {token}"}, timeout=LIMIT_S)


def test_a_revoked_key(processes: Processes) -> None:
    introspector = processes.organization("revoked")
    key = processes.deployment.key("revoked", "Key")
    token = processes.last.token(key)
    processes.deployment.run("key", "revoke", "--org", "revoked", key.client_id)
    assert error(processes.last.ask_for_token(key)) == (401, "invalid_client")
    assert error(processes.first.ask_for_token(key)) == (401, "invalid_client")
    # Tokens run out where nothing else is said.
    assert processes.last.introspect(introspector, token)["active"]


def test_a_revoked_key_whose_tokens_stop(processes: Processes) -> None:
    introspector = processes.organization("stopped")
    key = processes.deployment.key("stopped", "Key")
    token = processes.first.token(key)
    assert processes.last.introspect(introspector, token)["active"]
    processes.deployment.run("key", "revoke", "--org", "stopped", key.client_id, "--issued-tokens", "stop")
    assert processes.last.introspect(introspector, token) == {"active": False}
    assert processes.first.introspect(introspector, token) == {"active": False}


def test_a_key_revoked_through_another_process(processes: Processes) -> None:
    introspector = processes.organization("managed")
    manager = processes.deployment.key("managed", "Manager", "--scope", "keys:read", "--scope", "keys:write")
    key = processes.deployment.key("managed", "Key")
    token = processes.last.token(key)
    bearer = {"Authorization": f"Bearer {processes.last.token(manager)}"}
    url = f"{processes.first.url}/api/v1/keys/{key.client_id}?issued_tokens=stop"
    assert requests.delete(url, headers=bearer, timeout=LIMIT_S).status_code == 204
    assert error(processes.last.ask_for_token(key)) == (401, "invalid_client")
    assert processes.last.introspect(introspector, token) == {"active": False}


@pytest.mark.parametrize(
    ("slug", "close", "reopen", "refusal"),
    [
        ("disabled", ["--state", "disabled"], ["--state", "active"], (401, "invalid_client")),
        ("switched-off", ["--api-keys", "off"], ["--api-keys", "on"], (400, "unauthorized_client")),
    ],
)
def test_a_closed_organization(
    processes: Processes, slug: str, close: list[str], reopen: list[str], refusal: tuple[int, str]
) -> None:
    introspector = processes.organization(slug)
    key = processes.deployment.key(slug, "Key")
    token = processes.first.token(key)
    assert processes.last.introspect(introspector, token)["active"]
    processes.deployment.run("org", "set", slug, *close)
    assert error(processes.last.ask_for_token(key)) == refusal
    assert error(processes.last.post("/oauth/introspect", introspector, {"token": token})) == refusal

    # Opened again, keys work; tokens from before do not.
    processes.deployment.run("org", "set", slug, *reopen)
    fresh = processes.last.token(key)
    assert processes.last.introspect(introspector, fresh)["active"]
    assert processes.last.introspect(introspector, token) == {"active": False}


@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_a_revoked_token_stays_revoked(engine: str, make_deployment: MakeDeployment, token_format: str) -> None:
    deployment = make_deployment(engine)
    with started(deployment, engine) as processes:
        introspector = processes.organization("acme")
        format_and_scope = ["--access-token-format", token_format, "--scope", "keys:read"]
        key = deployment.key("acme", "Key", *format_and_scope)
        token, other = processes.first.token(key), processes.first.token(key)
        assert processes.last.introspect(introspector, token)["active"]
        processes.first.revoke(key, token)
        for server in (processes.last, processes.first):
            assert server.introspect(introspector, token) == {"active": False}
            assert list_keys(server, token).status_code == 401
            assert list_keys(server, other).status_code == 200

    with started(deployment, engine) as processes:
        for server in (processes.last, processes.first):
            assert server.introspect(introspector, token) == {"active": False}
            assert server.introspect(introspector, other)["active"]
            assert error(server.ask_for_token(key)) == (200, "none")
