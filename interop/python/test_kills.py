"""A server that is killed in the middle of its work loses nothing that it has acknowledged, and does nothing by half."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
import pytest
import requests
from conftest import MakeDeployment
from keyline import LIMIT_S, Deployment, Key, Server, wait_until

# The same for every process, so that tokens outlive one.
PUBLIC_URL = "https://keys.example.test"
CLIENTS = 8
# How many before the kill.
ACKNOWLEDGED = 40


@dataclass
class Creating:
    """Programs that create keys until the server is gone."""

    server: Server
    token: str
    created: dict[str, dict] = field(default_factory=dict)

    def run(self, client: int) -> None:
        """One program: each key has a name and an idempotency key of its own."""
        number = 0
        while True:
            name = f"key-{client}-{number}"
            try:
                answer = create(self.server, self.token, name)
            except requests.RequestException:
                return
            assert answer.status_code == 201, answer.text
            self.created[name] = answer.json()
            number += 1


def create(server: Server, token: str, name: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": name}
    wanted = {"name": name, "environment": "production"}
    return requests.post(f"{server.url}/api/v1/keys", json=wanted, headers=headers, timeout=LIMIT_S)


def listed(server: Server, token: str) -> dict[str, str]:
    """Name and client id of every key."""
    keys: dict[str, str] = {}
    parameters: dict[str, str] = {"limit": "100"}
    while True:
        bearer = {"Authorization": f"Bearer {token}"}
        page = requests.get(f"{server.url}/api/v1/keys", params=parameters, headers=bearer, timeout=LIMIT_S).json()
        keys |= {key["name"]: key["client_id"] for key in page["data"]}
        if page["next_cursor"] is None:
            return keys
        parameters["cursor"] = page["next_cursor"]


@pytest.fixture
def deployment(engine: str, make_deployment: MakeDeployment) -> Iterator[Deployment]:
    deployment = make_deployment(engine)
    deployment.organization("acme", "--max-keys-per-environment", "100000")
    yield deployment


def test_a_kill_between_writes(deployment: Deployment) -> None:
    manager = deployment.key("acme", "Manager", "--no-expiry", "--scope", "keys:read", "--scope", "keys:write")
    with deployment.serve(public_url=PUBLIC_URL) as server:
        creating = Creating(server, server.token(manager))
        with ThreadPoolExecutor(CLIENTS) as clients:
            running = [clients.submit(creating.run, client) for client in range(CLIENTS)]
            wait_until(
                lambda: len(creating.created) >= ACKNOWLEDGED or any(program.done() for program in running),
                "keys are created",
            )
            server.kill()
        for program in running:
            program.result()

    with deployment.serve(public_url=PUBLIC_URL) as server:
        keys = listed(server, creating.token)
        acknowledged = {name: key["client_id"] for name, key in creating.created.items()}
        assert acknowledged.items() <= keys.items()
        unheard = keys.keys() - acknowledged.keys() - {"Manager"}
        assert len(unheard) <= CLIENTS, "each program waited for one answer at most"
        for key in creating.created.values():
            assert server.token(Key(key["client_id"], key["client_secret"]))
        for name in unheard:
            again = create(server, creating.token, name)
            assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true"), again.text
        assert listed(server, creating.token) == keys
    verified = deployment.run("activity", "verify")
    rows = sum(organization["rows"] for organization in verified["data"])
    # Of each key one row, beside those of the organization.
    assert rows >= len(keys)


def test_lost_connections(engine: str, deployment: Deployment) -> None:
    """A database that hangs up is asked again over another connection, so that nobody is refused."""
    if engine != "postgres":
        pytest.skip("an embedded database does not hang up")
    key = deployment.key("acme", "Key")
    with deployment.serve() as server:
        assert server.token(key)
        with psycopg.connect(deployment.settings["database_url"], autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert {server.ask_for_token(key).status_code for _ in range(20)} == {200}
    # The uses were written all the same: otherwise the server would have ended with another code.
