"""Whatever is asked of it, the server answers as its OpenAPI document says: schemathesis asks."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from conftest import MakeDeployment
from keyline import LIMIT_S, Key, Server

SCOPES = ["keys:read", "keys:write", "activity:read", "tokens:introspect"]
EVERY_SCOPE = [word for scope in SCOPES for word in ("--scope", scope)]

MANAGEMENT = "^/(api/v1|auth/credentials)"
OAUTH = "^/(oauth|auth/token|api/oauth|\\.well-known)"

# That a value fits its schema does not make it a good name, a free one, or a date that policy allows.
CHECKS = ["--checks", "all", "--exclude-checks", "positive_data_acceptance"]
# Enough to reach each refusal of each operation; the same course each time.
COURSE = ["--max-examples", "25", "--generation-deterministic", "--no-shrink", "--warnings", "off"]


@dataclass(frozen=True)
class Api:
    """A server, a client of its OAuth endpoints, and a program that may do everything, to keys made for that."""

    server: Server
    client: Key
    program: Key
    # What to do to which key, as schemathesis reads it.
    settings: str


@pytest.fixture(scope="module")
def api(engine: str, make_deployment: MakeDeployment) -> Iterator[Api]:
    deployment = make_deployment(engine)
    deployment.organization("acme", "--max-keys-per-environment", "100000")
    client = deployment.key("acme", "API", *EVERY_SCOPE)
    program = deployment.key("acme", "Program", "--kind", "token", "--no-expiry", *EVERY_SCOPE)
    with deployment.serve() as server:
        document = requests.get(f"{server.url}/api/v1/openapi.json", timeout=LIMIT_S).json()
        verbs = [
            f"{method.upper()} {path}"
            for path, methods in document["paths"].items()
            for method in methods
            if "{client_id}" in path
        ]
        targets = {verb: deployment.key("acme", f"Target {n}").client_id for n, verb in enumerate(verbs)}
        operations = [
            f'[[operations]]\ninclude-name = "{verb}"\nparameters = {{ "path.client_id" = "{client_id}" }}\n'
            for verb, client_id in targets.items()
        ]
        yield Api(server, client, program, "\n".join(operations))


def ask(api: Api, folder: Path, *arguments: str) -> None:
    """Asks everything; what does not conform is in the output."""
    settings = folder / "schemathesis.toml"
    settings.write_text(api.settings)
    program = [Path(sys.executable).with_name("schemathesis"), "--no-color", "--config-file", settings, "run"]
    asked = subprocess.run(
        [*program, f"{api.server.url}/api/v1/openapi.json", *CHECKS, *COURSE, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=10 * LIMIT_S,
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr


def test_management(api: Api, tmp_path: Path) -> None:
    bearer = f"Authorization: Bearer {api.program.secret}"
    ask(api, tmp_path, "--include-path-regex", MANAGEMENT, "--header", bearer)
    assert api.server.introspect(api.client, api.program.secret)["active"], "it asked as somebody to the end"


def test_oauth(api: Api, tmp_path: Path) -> None:
    client = f"{api.client.client_id}:{api.client.secret}"
    ask(api, tmp_path, "--include-path-regex", OAUTH, "--auth", client)
    assert api.server.token(api.client)
