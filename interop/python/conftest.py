"""Deployments to test: on SQLite, and on PostgreSQL where KEYLINE_TEST_POSTGRES names a server."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from keyline import BINARY, Deployment, Key, Server

POSTGRES = os.environ.get("KEYLINE_TEST_POSTGRES")
ENGINES = ["sqlite", "postgres"] if POSTGRES else ["sqlite"]

MakeDeployment = Callable[..., Deployment]


@dataclass(frozen=True)
class World:
    """A server with an organization that has scopes of its own, a client of its API and the API itself."""

    deployment: Deployment
    server: Server
    client: Key
    introspector: Key

    AUDIENCE = "urn:keyline:acme"
    SCOPE = "invoices:read invoices:write"


def pytest_report_header() -> str:
    without = "" if POSTGRES else " (KEYLINE_TEST_POSTGRES names none of PostgreSQL)"
    return f"program: {BINARY}\ndatabases: {', '.join(ENGINES)}{without}"


@contextmanager
def serving(deployment: Deployment, **settings: str) -> Iterator[World]:
    """Makes the organization, its keys and the server."""
    deployment.organization("acme", "--scopes", World.SCOPE)
    scopes = [word for scope in World.SCOPE.split() for word in ("--scope", scope)]
    client = deployment.key("acme", "Invoicing", *scopes)
    introspector = deployment.key("acme", "Invoices API", "--scope", "tokens:introspect")
    with deployment.serve(**settings) as server:
        yield World(deployment, server, client, introspector)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def make_deployment(tmp_path_factory: pytest.TempPathFactory) -> MakeDeployment:
    """Makes a deployment on a database engine, in a database that nobody else uses."""

    def make(engine: str, **settings: str) -> Deployment:
        directory = tmp_path_factory.mktemp("keyline")
        if engine == "sqlite":
            return Deployment(directory, settings)
        deployment = Deployment(directory, settings | {"database_url": postgres_database()})
        # Processes on one database share the master key, so it is made before the first of them.
        deployment.run("master-key", "new")
        return deployment

    return make


@pytest.fixture(scope="session")
def acme(engine: str, make_deployment: MakeDeployment) -> Iterator[World]:
    """A world with the default settings."""
    with serving(make_deployment(engine)) as world:
        yield world


def postgres_database() -> str:
    """The address of a new database; it goes with the server, which is one to throw away."""
    name = f"keyline_interop_{secrets.token_hex(8)}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
