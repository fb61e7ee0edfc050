"""What one process or the command line ends is refused by every process on its very next request.

Two processes serve, on SQLite over one file.
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
    """Both processes of a deployment."""

    deployment: Deployment
    first: Server
    last: Server

    def organization(self, slug: str) -> Key:
        """Makes an organization and a client that asks about tokens."""
        self.deployment.organization(slug)
        return self.deployment.key(slug, "API", "--scope", "tokens:introspect")


@contextmanager
def started(deployment: Deployment) -> Iterator[Processes]:
    with ExitStack() as stack:
        first, last = [stack.enter_context(deployment.serve(public_url=PUBLIC_URL)) for _ in range(2)]
        yield Processes(deployment, first, last)


@pytest.fixture(scope="module")
def processes(engine: str, make_deployment: MakeDeployment) -> Iterator[Processes]:
    with started(make_deployment(engine)) as processes:
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


@pytest.mark.parametrize("verb", ["suspend", "revoke"])
def test_a_key_stopped_through_another_process(processes: Processes, verb: str) -> None:
    slug = f"managed-{verb}"
    introspector = processes.organization(slug)
    manager = processes.deployment.key(slug, "Manager", "--scope", "keys:read", "--scope", "keys:write")
    key = processes.deployment.key(slug, "Key")
    sent_as_it_is = processes.deployment.key(slug, "Direct", "--kind", "token", "--scope", "keys:read")
    token = processes.last.token(key)
    assert processes.last.introspect(introspector, token)["active"]
    assert list_keys(processes.last, sent_as_it_is.secret).status_code == 200
    bearer = {"Authorization": f"Bearer {processes.last.token(manager)}"}
    for stopped in (key, sent_as_it_is):
        url = f"{processes.first.url}/api/v1/keys/{stopped.client_id}"
        if verb == "suspend":
            stop = {"issued_tokens": "stop"}
            done = requests.post(f"{url}/suspend", json=stop, headers=bearer, timeout=LIMIT_S)
        else:
            done = requests.delete(f"{url}?issued_tokens=stop", headers=bearer, timeout=LIMIT_S)
        assert done.ok, done.text
    assert error(processes.last.ask_for_token(key)) == (401, "invalid_client")
    assert processes.last.introspect(introspector, token) == {"active": False}
    assert processes.last.introspect(introspector, sent_as_it_is.secret) == {"active": False}
    assert list_keys(processes.last, sent_as_it_is.secret).status_code == 401


def test_a_deactivated_owner(processes: Processes) -> None:
    introspector = processes.organization("owned")
    processes.deployment.user("owned", "ana@owned.test", "member")
    owned = ["--owner", "ana@owned.test", "--scope", "keys:read"]
    key = processes.deployment.key("owned", "Key", *owned)
    sent_as_it_is = processes.deployment.key("owned", "Direct", "--kind", "token", *owned)
    token = processes.last.token(key)
    for credential in (token, sent_as_it_is.secret):
        assert processes.last.introspect(introspector, credential)["active"]
        assert list_keys(processes.first, credential).status_code == 200
    processes.deployment.run("user", "deactivate", "--email", "ana@owned.test")
    for server in (processes.last, processes.first):
        assert error(server.ask_for_token(key)) == (401, "invalid_client")
        for credential in (token, sent_as_it_is.secret):
            assert server.introspect(introspector, credential) == {"active": False}
            assert list_keys(server, credential).status_code == 401

    # Opened again, keys work; tokens from before do not.
    processes.deployment.run("user", "reactivate", "--email", "ana@owned.test")
    assert list_keys(processes.last, sent_as_it_is.secret).status_code == 200
    assert processes.last.introspect(introspector, token) == {"active": False}
    assert error(processes.last.ask_for_token(key)) == (200, "none")


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
    key = processes.deployment.key(slug, "Key", "--scope", "keys:read")
    token = processes.first.token(key)
    assert processes.last.introspect(introspector, token)["active"]
    assert list_keys(processes.last, token).status_code == 200
    processes.deployment.run("org", "set", slug, *close)
    assert error(processes.last.ask_for_token(key)) == refusal
    assert list_keys(processes.last, token).status_code == 401
    asked = processes.last.post("/oauth/introspect", introspector, {"token": token})
    assert asked.status_code == 401 if slug == "disabled" else asked.json() == {"active": False}

    # Opened again, keys work; tokens from before do not.
    processes.deployment.run("org", "set", slug, *reopen)
    fresh = processes.last.token(key)
    assert processes.last.introspect(introspector, fresh)["active"]
    assert processes.last.introspect(introspector, token) == {"active": False}


@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_a_revoked_token_stays_revoked(engine: str, make_deployment: MakeDeployment, token_format: str) -> None:
    deployment = make_deployment(engine)
    with started(deployment) as processes:
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

    with started(deployment) as processes:
        for server in (processes.last, processes.first):
            assert server.introspect(introspector, token) == {"active": False}
            assert server.introspect(introspector, other)["active"]
            assert error(server.ask_for_token(key)) == (200, "none")
