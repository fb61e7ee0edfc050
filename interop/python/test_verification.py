"""Access tokens verify offline, from the issuer alone, whatever the algorithm."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from conftest import MakeDeployment, World, serving
from verifiers import REQUIRED, VERIFIERS


@dataclass(frozen=True)
class Signing:
    """A world whose tokens are signed with an algorithm."""

    world: World
    algorithm: str


@pytest.fixture(scope="module", params=["ES256", "RS256", "EdDSA"])
def signing(request: pytest.FixtureRequest, engine: str, make_deployment: MakeDeployment) -> Iterator[Signing]:
    deployment = make_deployment(engine, signing_algorithm=request.param)
    with serving(deployment) as world:
        yield Signing(world, request.param)


pytestmark = pytest.mark.parametrize("verifier", VERIFIERS)


def test_a_token_for_the_organizations_api(signing: Signing, verifier: type) -> None:
    world = signing.world
    token = world.server.token(world.client, scope="invoices:read", expires_in="600")
    header, claims = verifier(world.server.url, World.AUDIENCE, signing.algorithm).verify(token)
    assert header["typ"] == "at+jwt"
    assert header["alg"] == signing.algorithm
    assert header["kid"] in world.server.key_ids()
    assert claims["iss"] == world.server.url
    assert claims["aud"] == World.AUDIENCE
    assert claims["client_id"] == claims["sub"] == world.client.client_id
    assert claims["scope"] == "invoices:read"
    assert claims["exp"] - claims["iat"] == 600
    assert claims.keys() == {*REQUIRED, "org", "env", "gen"}


def test_a_token_for_keylines_own_api(signing: Signing, verifier: type) -> None:
    server = signing.world.server
    token = server.token(signing.world.introspector)
    _, claims = verifier(server.url, server.url, signing.algorithm).verify(token)
    assert claims["scope"] == "tokens:introspect"
    with pytest.raises(verifier.Refused):
        verifier(server.url, World.AUDIENCE, signing.algorithm).verify(token)


def test_a_token_without_scopes(signing: Signing, verifier: type) -> None:
    world = signing.world
    key = world.deployment.key("acme", f"No scopes, {verifier.__name__}")
    _, claims = verifier(world.server.url, World.AUDIENCE, signing.algorithm).verify(world.server.token(key))
    assert claims["scope"] == ""


def test_an_altered_token(signing: Signing, verifier: type) -> None:
    world = signing.world
    one, other = (world.server.token(world.client, scope=f"invoices:{verb}") for verb in ("read", "write"))
    header, _, signature = one.split(".")
    altered = ".".join([header, other.split(".")[1], signature])
    with pytest.raises(verifier.Refused):
        verifier(world.server.url, World.AUDIENCE, signing.algorithm).verify(altered)


def test_a_token_of_another_deployment(signing: Signing, acme: World, verifier: type) -> None:
    token = acme.server.token(acme.client)
    with pytest.raises(verifier.Refused):
        verifier(signing.world.server.url, World.AUDIENCE, signing.algorithm).verify(token)
