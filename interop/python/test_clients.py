"""Client libraries get, question and end tokens, told nothing but the metadata and their way to authenticate."""

import pytest
from clients import AuthlibHttpx, AuthlibRequests, RequestsOauthlib
from conftest import World
from keyline import Key

METHODS = ["client_secret_basic", "client_secret_post"]
CLIENTS = [AuthlibRequests, AuthlibHttpx, RequestsOauthlib]

pytestmark = pytest.mark.parametrize("method", METHODS)
each_client = pytest.mark.parametrize("client", CLIENTS)


@pytest.fixture(autouse=True)
def plain_http_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """oauthlib speaks https alone unless told otherwise."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def test_the_method_is_announced(acme: World, method: str) -> None:
    for endpoint in ("token", "introspection", "revocation"):
        assert method in acme.server.metadata[f"{endpoint}_endpoint_auth_methods_supported"]


@each_client
def test_token(acme: World, client: type, method: str) -> None:
    token = client(acme.server.metadata, acme.client, method).token()
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 3600
    assert acme.server.introspect(acme.introspector, token["access_token"])["scope"] == World.SCOPE


@each_client
def test_scope_and_lifetime(acme: World, client: type, method: str) -> None:
    token = client(acme.server.metadata, acme.client, method).token(scope="invoices:read", expires_in=90)
    assert token["expires_in"] == 90
    known = acme.server.introspect(acme.introspector, token["access_token"])
    assert known["scope"] == "invoices:read"
    assert known["exp"] - known["iat"] == 90


@each_client
def test_wrong_secret(acme: World, client: type, method: str) -> None:
    stranger = Key(acme.client.client_id, acme.introspector.secret)
    with pytest.raises(client.Refused, match="invalid_client"):
        client(acme.server.metadata, stranger, method).token()


@each_client
def test_revocation(acme: World, client: type, method: str) -> None:
    machine = client(acme.server.metadata, acme.client, method)
    ended, other = machine.token()["access_token"], machine.token()["access_token"]
    assert machine.revoke(ended) == 200
    assert acme.server.introspect(acme.introspector, ended) == {"active": False}
    assert acme.server.introspect(acme.introspector, other)["active"]


@pytest.mark.parametrize("client", [AuthlibRequests, AuthlibHttpx])
def test_introspection(acme: World, client: type, method: str) -> None:
    api = client(acme.server.metadata, acme.introspector, method)
    known = api.introspect(acme.server.token(acme.client))
    assert known["active"]
    assert known["client_id"] == known["sub"] == acme.client.client_id
    assert known["iss"] == acme.server.metadata["issuer"]
    assert known["aud"] == World.AUDIENCE
    assert api.introspect("no token of ours") == {"active": False}
