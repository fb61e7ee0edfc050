"""Client libraries as their documentation uses them, each told the way to authenticate and nothing about us."""

from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from keyline import Key
from oauthlib.oauth2 import BackendApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidClientError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session


class Authlib:
    """What authlib does alike over requests and over httpx."""

    Client: type
    Refused = OAuthError

    def __init__(self, metadata: dict[str, Any], key: Key, method: str) -> None:
        self._metadata = metadata
        self._client = self.Client(
            key.client_id,
            key.secret,
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            token_endpoint=metadata["token_endpoint"],
            grant_type="client_credentials",
        )

    def token(self, **parameters: Any) -> dict[str, Any]:
        return self._client.fetch_token(**parameters)

    def introspect(self, token: str) -> dict[str, Any]:
        return self._client.introspect_token(self._metadata["introspection_endpoint"], token).json()

    def revoke(self, token: str) -> int:
        return self._client.revoke_token(self._metadata["revocation_endpoint"], token, "access_token").status_code


class AuthlibRequests(Authlib):
    """authlib over requests."""

    Client = AuthlibSession


class AuthlibHttpx(Authlib):
    """authlib over httpx."""

    Client = OAuth2Client


class RequestsOauthlib:
    """requests-oauthlib; it has no introspection."""

    Refused = InvalidClientError

    def __init__(self, metadata: dict[str, Any], key: Key, method: str) -> None:
        self._metadata = metadata
        self._client = BackendApplicationClient(key.client_id)
        self._key = key
        self._basic = HTTPBasicAuth(key.client_id, key.secret) if method == "client_secret_basic" else None

    def token(self, **parameters: Any) -> dict[str, Any]:
        if self._basic:
            credentials = {"auth": self._basic}
        else:
            credentials = {"client_secret": self._key.secret, "include_client_id": True}
        session = OAuth2Session(client=self._client)
        return session.fetch_token(self._metadata["token_endpoint"], **credentials, **parameters)

    def revoke(self, token: str) -> int:
        body = {} if self._basic else {"client_id": self._key.client_id, "client_secret": self._key.secret}
        url, headers, body = self._client.prepare_token_revocation_request(
            self._metadata["revocation_endpoint"], token, **body
        )
        return requests.post(url, body, headers=headers, auth=self._basic, timeout=30).status_code
