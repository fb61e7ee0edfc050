"""Resource servers that verify a token offline, knowing the issuer alone, with the libraries that they use."""

from typing import Any

import jwt
import requests
from joserfc import jwt as joserfc_jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from keyline import LIMIT_S

REQUIRED = ["iss", "sub", "aud", "iat", "exp", "jti", "client_id", "scope"]


def key_set_url(issuer: str) -> str:
    """Where the issuer's metadata says its keys are (RFC 8414 §3)."""
    metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=LIMIT_S).json()
    assert metadata["issuer"] == issuer
    return metadata["jwks_uri"]


class PyJwt:
    """PyJWT; keeps the key set, and fetches it again for a `kid` that it does not know."""

    Refused = jwt.PyJWTError

    def __init__(self, issuer: str, audience: str, algorithm: str) -> None:
        # The cool-down between two fetches protects a real issuer; here it would only be waited for.
        self._keys = jwt.PyJWKClient(key_set_url(issuer), cooldown_duration=0)
        self._expected = {"issuer": issuer, "audience": audience, "algorithms": [algorithm]}

    def verify(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a good token."""
        key = self._keys.get_signing_key_from_jwt(token)
        decoded = jwt.decode_complete(token, key, **self._expected, options={"require": REQUIRED})
        return decoded["header"], decoded["payload"]


class Joserfc:
    """joserfc; fetches the key set once."""

    Refused = JoseError

    def __init__(self, issuer: str, audience: str, algorithm: str) -> None:
        self._keys = KeySet.import_key_set(requests.get(key_set_url(issuer), timeout=LIMIT_S).json())
        self._algorithms = [algorithm]
        essential = {name: {"essential": True} for name in REQUIRED if name != "scope"}
        essential["iss"]["value"] = issuer
        essential["aud"]["value"] = audience
        # A key without scopes has an empty one, which joserfc takes for none.
        self._claims = joserfc_jwt.JWTClaimsRegistry(**essential, scope={"essential": True, "allow_blank": True})

    def verify(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a good token."""
        decoded = joserfc_jwt.decode(token, self._keys, algorithms=self._algorithms)
        self._claims.validate(decoded.claims)
        return decoded.header, decoded.claims


VERIFIERS = [PyJwt, Joserfc]
