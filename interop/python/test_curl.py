"""The token endpoint by hand, with curl."""

import json
import subprocess
from typing import Any

from conftest import World
from keyline import LIMIT_S

GRANT = ["-d", "grant_type=client_credentials"]


def curl(url: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The status and the JSON that curl gets."""
    command = ["curl", "--silent", "--show-error", "--write-out", r"\n%{http_code}", *arguments, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def check_token(
    world: World, answer: tuple[int, dict[str, Any]], scope: str = World.SCOPE, expires_in: int = 3600
) -> None:
    """The answer is exactly a token response (RFC 6749 §5.1), and its token is good."""
    status, body = answer
    token = body.pop("access_token")
    assert (status, body) == (200, {"token_type": "Bearer", "expires_in": expires_in, "scope": scope})
    assert world.server.introspect(world.introspector, token)["active"]


def test_basic(acme: World) -> None:
    url, key = acme.server.metadata["token_endpoint"], acme.client
    check_token(acme, curl(url, "-u", f"{key.client_id}:{key.secret}", *GRANT))


def test_form(acme: World) -> None:
    url, key = acme.server.metadata["token_endpoint"], acme.client
    check_token(acme, curl(url, "-d", f"client_id={key.client_id}", "-d", f"client_secret={key.secret}", *GRANT))


def test_json(acme: World) -> None:
    url, key = acme.server.metadata["token_endpoint"], acme.client
    body = json.dumps({"client_id": key.client_id, "client_secret": key.secret})
    check_token(acme, curl(url, "-H", "Content-Type: application/json", "-d", body))


def test_secret_as_bearer(acme: World) -> None:
    url, key = acme.server.metadata["token_endpoint"], acme.client
    check_token(acme, curl(url, "-X", "POST", "-H", f"Authorization: Bearer {key.secret}"))


def test_scope_and_lifetime(acme: World) -> None:
    url, key = acme.server.metadata["token_endpoint"], acme.client
    wanted = ["-d", "scope=invoices:read", "-d", "expires_in=30"]
    answer = curl(url, "-u", f"{key.client_id}:{key.secret}", *GRANT, *wanted)
    check_token(acme, answer, scope="invoices:read", expires_in=30)


def test_wrong_secret(acme: World) -> None:
    url, key = acme.server.metadata["token_endpoint"], acme.client
    status, body = curl(url, "-u", f"{key.client_id}:{acme.introspector.secret}", *GRANT)
    assert (status, body["error"]) == (401, "invalid_client")
