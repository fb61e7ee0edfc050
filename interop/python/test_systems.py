"""Clients of five other systems work unchanged, each with the settings that reproduce its system."""

import re
from collections.abc import Iterator

import pytest
import requests
from conftest import MakeDeployment
from console import Page, Person
from keyline import LIMIT_S, Deployment, Key, Server, wait_until
from verifiers import PyJwt

CREDENTIAL = {"id", "client_id", "name", "status", "expires_at", "created_at", "updated_at", "last_used_at"}
INTROSPECT = ["--scope", "tokens:introspect"]


@pytest.fixture(scope="module")
def deployment(engine: str, make_deployment: MakeDeployment) -> Deployment:
    return make_deployment(engine)


@pytest.fixture(scope="module")
def server(deployment: Deployment) -> Iterator[Server]:
    with deployment.serve() as server:
        yield server


def verified(server: Server, organization: str, token: str) -> dict:
    """The claims of a JWT that an API of the organization accepts."""
    _, claims = PyJwt(server.url, f"urn:keyline:{organization}", "ES256").verify(token)
    return claims


def bearer(credential: str) -> dict[str, str]:
    """The header that sends a credential as it is (RFC 6750 §2.1)."""
    return {"Authorization": f"Bearer {credential}"}


def test_orum(deployment: Deployment, server: Server) -> None:
    """A JSON body of two members; at most two pairs in an environment; the pair is good for nothing else."""
    deployment.organization("orum", "--max-keys-per-environment", "2", "--self-service", "off", "--kinds", "client")
    deployment.user("orum", "olga@orum.test", "admin")
    olga = Person(server, "olga@orum.test")
    keys = "/t/orum/settings/api-keys/production"

    def create(name: str) -> Page:
        return olga.submit(f"{keys}/new", keys, name=name, expiration="never")

    def exchange(key: Key) -> requests.Response:
        credentials = {"client_id": key.client_id, "client_secret": key.secret}
        return requests.post(f"{server.url}/oauth/token", json=credentials, timeout=LIMIT_S)

    original = create("Dialer").key()
    assert original.secret not in olga.open(keys).body, "it is shown once"
    assert create("dialer").status == 422, "names are unique, whatever their case"
    response = exchange(original)
    assert response.status_code == 200
    body = response.json()
    assert body.keys() >= {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert verified(server, "orum", body["access_token"])["client_id"] == original.client_id
    for credential in (original.secret, original.client_id):
        refused = requests.get(f"{server.url}/api/v1/keys", headers=bearer(credential), timeout=LIMIT_S)
        assert refused.status_code == 401

    # A lost secret: a second pair beside the first, and the first deleted once everything uses the second.
    second = create("Dialer, next").key()
    full = create("Third")
    assert full.status == 409 and "2 of 2" in olga.open(keys).text
    staging = keys.replace("production", "staging")
    assert olga.submit(f"{staging}/new", staging, name="Dialer", expiration="never").status == 201, "two in each"
    remove = f"{keys}/{original.client_id}/remove"
    assert "It stops working" in olga.open(remove).text
    olga.submit(remove, confirm_name="Dialer")
    assert exchange(original).status_code == 401, "deleting fails at once"
    assert exchange(second).status_code == 200
    assert create("Third").status == 201, "there is room again"


def test_dinie(deployment: Deployment, server: Server) -> None:
    """Basic and a form at an address of its own; a revoked pair gets no tokens, those it has run out."""
    deployment.organization("dinie", "--kinds", "client")
    key = deployment.key("dinie", "Partner", "--scope", "keys:read", "--scope", "keys:write")
    introspector = deployment.key("dinie", "API", *INTROSPECT)
    form = {"grant_type": "client_credentials"}
    response = server.post("/auth/token", key, form)
    assert response.status_code == 200
    body = response.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    _, claims = PyJwt(server.url, server.url, "ES256").verify(body["access_token"])
    assert claims["scope"] == "keys:read keys:write"

    deployment.run("key", "revoke", "--org", "dinie", key.client_id)
    assert server.post("/auth/token", key, form).status_code == 401
    assert server.introspect(introspector, body["access_token"])["active"]


def test_dinie_credentials(deployment: Deployment, server: Server) -> None:
    """A client makes, lists and revokes pairs."""
    deployment.organization("dinie-partner", "--kinds", "client")
    partner = deployment.key("dinie-partner", "Partner", "--scope", "keys:read", "--scope", "keys:write", "--no-expiry")
    session = requests.Session()
    session.headers.update(bearer(server.token(partner)))
    url = f"{server.url}/auth/credentials"

    wanted = {"name": "Staging", "expires_at": None}
    idempotency = {"Idempotency-Key": "a7c1"}
    created = session.post(url, json=wanted, headers=idempotency)
    assert created.status_code == 201, created.text
    pair = created.json()
    assert pair.keys() == CREDENTIAL | {"client_secret"}
    assert (pair["name"], pair["status"], pair["expires_at"]) == ("Staging", "active", None)
    again = session.post(url, json=wanted, headers=idempotency)
    assert (again.status_code, again.json().keys()) == (200, CREDENTIAL)
    staging = Key(pair["client_id"], pair["client_secret"])
    form = {"grant_type": "client_credentials"}
    assert server.post("/auth/token", staging, form).status_code == 200

    page = session.get(url, params={"limit": 1}).json()
    assert (page["data"][0]["client_id"], page["has_more"]) == (staging.client_id, True)
    assert page["data"][0].keys() == CREDENTIAL

    assert session.delete(f"{url}/{staging.client_id}").status_code == 204
    assert server.post("/auth/token", staging, form).status_code == 401
    problems = {staging.client_id: 409, f"kl_ci_{'0' * 26}": 404}
    for client_id, status in problems.items():
        problem = session.delete(f"{url}/{client_id}")
        assert problem.headers["Content-Type"] == "application/problem+json"
        assert (problem.status_code, problem.json()["status"]) == (status, status)
        assert {"type", "title", "code"} <= problem.json().keys()
    statuses = {key["name"]: key["status"] for key in session.get(url).json()["data"]}
    assert statuses == {"Partner": "active", "Staging": "revoked"}


def test_datasaur(deployment: Deployment, server: Server) -> None:
    """Members help themselves where the plan has it: one pair each, 40 hexadecimal digits, replaced at once."""
    settings = ["--self-service", "members", "--access-token-format", "opaque"]
    deployment.run("org", "create", "--slug", "datasaur", "--name", "Datasaur", "--api-keys", "on", *settings)
    deployment.user("datasaur", "ana@datasaur.test", "member")
    introspector = deployment.key("datasaur", "API", *INTROSPECT)
    ana = Person(server, "ana@datasaur.test")
    mine = "/t/datasaur/me/credentials"
    locked = ana.open(mine)
    assert locked.status == 403 and "Growth and Enterprise" in locked.text
    deployment.run("org", "set", "datasaur", "--plan", "growth")
    assert "separate from the password" in ana.open(mine).text

    def exchange(key: Key) -> requests.Response:
        form = {"client_id": key.client_id, "client_secret": key.secret, "grant_type": "client_credentials"}
        return requests.post(f"{server.url}/api/oauth/token", form, timeout=LIMIT_S)

    generated = ana.submit(mine)
    assert f"{server.url}/" in generated.text, "the command to copy is about this deployment"
    key = generated.key()
    response = exchange(key)
    assert response.status_code == 200
    body = response.json()
    assert re.fullmatch("[0-9a-f]{40}", body["access_token"])
    assert (body["token_type"].lower(), body["expires_in"]) == ("bearer", 3600)
    assert server.introspect(introspector, body["access_token"])["client_id"] == key.client_id

    replaced = ana.submit(f"{mine}/replace").key()
    assert (replaced.client_id, exchange(key).status_code) == (key.client_id, 401), "the old one is invalid"
    assert exchange(replaced).status_code == 200

    deployment.run("org", "set", "datasaur", "--plan", "free")
    assert exchange(replaced).status_code == 200, "a smaller plan stops nothing"
    refused = ana.submit(mine, f"{mine}/replace")
    assert refused.status == 403, refused.text


def test_onum(deployment: Deployment, server: Server) -> None:
    """Only where it is turned on; the key alone yields a token; the request may say for how long; removing is final."""
    deployment.run("org", "create", "--slug", "onum", "--name", "Onum", "--kinds", "client")
    deployment.user("onum", "nora@onum.test", "admin")
    nora = Person(server, "nora@onum.test")
    keys = "/t/onum/settings/api-keys/production"
    locked = nora.open(keys)
    assert locked.status == 403 and "isn't turned on" in locked.text
    deployment.run("org", "set", "onum", "--api-keys", "on")
    assert nora.open(keys).status == 200, "on its very next request"

    wanted = {"name": "Collector", "description": "Edge, Madrid", "expiration": "custom", "expires_on": "2999-01-31"}
    key = nora.submit(f"{keys}/new", keys, **wanted).key()
    assert "Collector" in nora.open(keys).text

    def exchange(**form: str) -> requests.Response:
        return requests.post(f"{server.url}/oauth/token", form, headers=bearer(key.secret), timeout=LIMIT_S)

    assert exchange().json()["expires_in"] == 3600
    for seconds in (30, 900, 3600):
        body = exchange(expires_in=str(seconds)).json()
        claims = verified(server, "onum", body["access_token"])
        assert body["expires_in"] == claims["exp"] - claims["iat"] == seconds
    for seconds in ("29", "3601", "0", "-30", "1e3"):
        refused = exchange(expires_in=seconds)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request"), seconds

    nora.submit(f"{keys}/{key.client_id}/remove", confirm_name="Collector")
    assert exchange().status_code == 401
    assert key.client_id not in nora.open(keys).body
    assert key.client_id in nora.open(f"{keys}?status=removed").body
    log = nora.open("/t/onum/settings/activity").text
    assert "created API key" in log and "removed" in log


def test_arm(deployment: Deployment, server: Server) -> None:
    """An administrator's key is sent as it is; it stops with its owner, and is approved again while it lasts."""
    # The API authenticates with a key of the other kind, made before the organization is down to one.
    deployment.organization("arm", "--self-service", "admins", "--max-keys-per-user", "10")
    introspector = deployment.key("arm", "Insights API", *INTROSPECT)
    deployment.run("org", "set", "arm", "--kinds", "token")
    deployment.user("arm", "max@arm.test", "admin")
    deployment.user("arm", "lee@arm.test", "admin")
    deployment.user("arm", "pat@arm.test", "member")
    lee = Person(server, "lee@arm.test")
    mine = "/t/arm/me/api-keys/production"
    assert Person(server, "pat@arm.test").open(mine).status == 403, "for administrators"

    def create(name: str, **more: str) -> Page:
        return lee.submit(f"{mine}/new", mine, name=name, expiration="30", owner="me", **more)

    def works(key: Key) -> bool:
        return server.introspect(introspector, key.secret)["active"]

    key = create("Report", suspend_on_sign_out="on").key()
    assert server.introspect(introspector, key.secret)["client_id"] == key.client_id
    exchanged = server.ask_for_token(key)
    assert (exchanged.status_code, exchanged.json()["error"]) == (400, "unauthorized_client")
    others = [create(f"Report {n}").key() for n in range(2, 11)]
    assert create("Report 11").status == 409, "ten for each user"

    lee.submit(f"{mine}/{key.client_id}/suspend")
    assert not works(key)
    lee.submit(f"{mine}/{key.client_id}/reapprove")
    assert works(key)

    lee.sign_out()
    assert not works(key) and works(others[0])
    lee = Person(server, "lee@arm.test")
    lee.submit(f"{mine}/{key.client_id}/reapprove")
    assert works(key)

    deployment.run("user", "deactivate", "--email", "lee@arm.test")
    assert not any(works(key) for key in (key, *others))
    deployment.run("user", "reactivate", "--email", "lee@arm.test")
    assert all(works(key) for key in (key, *others))

    deployment.run("key", "revoke", "--org", "arm", key.client_id)
    assert server.introspect(introspector, key.secret) == {"active": False}
