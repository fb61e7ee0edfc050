"""A running server learns of new signing keys, and verifiers that hold its key set go on verifying.

A server reads its keys again every half minute. So all rotations are begun before any is waited for.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from conftest import ENGINES, MakeDeployment, World, serving
from keyline import wait_until
from verifiers import VERIFIERS, PyJwt

RELOAD_S = 45


@dataclass(frozen=True)
class Rotation:
    """A server whose signing key is being replaced, and what came before that."""

    world: World
    earlier_token: str
    # They have fetched the key set as it was.
    verifiers: list
    old_kid: str
    new_kid: str
    states: dict[str, str]

    def token(self) -> str:
        return self.world.server.token(self.world.client)

    def fresh_verifier(self, verifier: type = PyJwt):
        return verifier(self.world.server.url, World.AUDIENCE, "ES256")


def rotate(world: World, *how: str) -> Rotation:
    verifiers = [verifier(world.server.url, World.AUDIENCE, "ES256") for verifier in VERIFIERS]
    earlier_token = world.server.token(world.client)
    for verifier in verifiers:
        verifier.verify(earlier_token)
    (old_kid,) = world.server.key_ids()
    ring = world.deployment.run("signing-key", "rotate", *how)["data"]
    states = {key["kid"]: key["state"] for key in ring}
    (new_kid,) = states.keys() - {old_kid}
    return Rotation(world, earlier_token, verifiers, old_kid, new_kid, states)


@pytest.fixture(scope="session")
def rotations(make_deployment: MakeDeployment) -> Iterator[dict[tuple[str, str], Rotation]]:
    """Both ways to rotate, on every engine."""
    ways = {"planned": [], "emergency": ["--emergency"]}
    with ExitStack() as stack:
        yield {
            (engine, way): rotate(stack.enter_context(serving(make_deployment(engine))), *how)
            for engine in ENGINES
            for way, how in ways.items()
        }


def test_a_planned_rotation(rotations: dict[tuple[str, str], Rotation], engine: str) -> None:
    rotation = rotations[engine, "planned"]
    server = rotation.world.server
    assert rotation.states == {rotation.old_kid: "active", rotation.new_kid: "pending"}
    wait_until(lambda: rotation.new_kid in server.key_ids(), "the new key is published", RELOAD_S)

    # Published, so that every verifier knows it before it signs; the old one signs meanwhile.
    assert server.key_ids() == {rotation.old_kid, rotation.new_kid}
    later_token = rotation.token()
    for verifier in [*rotation.verifiers, *map(rotation.fresh_verifier, VERIFIERS)]:
        header, _ = verifier.verify(later_token)
        assert header["kid"] == rotation.old_kid
        verifier.verify(rotation.earlier_token)


def test_an_emergency(rotations: dict[tuple[str, str], Rotation], engine: str) -> None:
    rotation = rotations[engine, "emergency"]
    world = rotation.world
    assert rotation.states[rotation.new_kid] == "active"
    wait_until(lambda: world.server.key_ids() == {rotation.new_kid}, "the new key alone is published", RELOAD_S)

    # A verifier that holds the old key set fetches it again for a key that it does not know.
    holder = next(verifier for verifier in rotation.verifiers if isinstance(verifier, PyJwt))
    header, _ = holder.verify(rotation.token())
    assert header["kid"] == rotation.new_kid
    for verifier in [holder, *map(rotation.fresh_verifier, VERIFIERS)]:
        with pytest.raises(verifier.Refused):
            verifier.verify(rotation.earlier_token)
    assert world.server.introspect(world.introspector, rotation.earlier_token) == {"active": False}
