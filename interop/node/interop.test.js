/** Client libraries for JavaScript get, question, end and verify tokens, told nothing but the issuer. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import * as jose from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { ClientCredentials } from "simple-oauth2";

import { AUDIENCE, ENGINES, SCOPE, World } from "./keyline.js";

// Each library speaks https alone unless told otherwise.
const INSECURE = { [oauth.allowInsecureRequests]: true };

// Two of them read the challenge of a 401 before its body (RFC 6749 §5.2).
const isChallenged = ({ status, cause }) => status === 401 && cause[0].scheme === "basic";

for (const engine of ENGINES) {
  describe(engine, () => {
    let world;
    before(async () => (world = await World.make(engine)));
    after(() => world.end());

    const methods = {
      client_secret_basic: [openid.ClientSecretBasic, oauth.ClientSecretBasic, "header"],
      client_secret_post: [openid.ClientSecretPost, oauth.ClientSecretPost, "body"],
    };
    for (const [method, [openidAuth, oauthAuth, simpleMethod]] of Object.entries(methods)) {
      describe(`openid-client, ${method}`, () => openidClient(() => world, openidAuth));
      describe(`oauth4webapi, ${method}`, () => oauth4webapi(() => world, oauthAuth));
      describe(`simple-oauth2, ${method}`, () => simpleOauth2(() => world, simpleMethod));
    }
    for (const algorithm of ["ES256", "RS256", "EdDSA"]) {
      describe(`jose, ${algorithm}`, () => verification(engine, algorithm));
    }
  });
}

/** @param {() => World} world @param {(secret: string) => openid.ClientAuth} authentication */
function openidClient(world, authentication) {
  const discover = ({ id, secret }) => {
    const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
    return openid.discovery(new URL(world().issuer), id, undefined, authentication(secret), options);
  };

  it("gets a token", async () => {
    const token = await openid.clientCredentialsGrant(await discover(world().client));
    assert.equal(token.token_type, "bearer");
    assert.equal(token.expires_in, 3600);
    assert.equal(token.scope, SCOPE);
  });

  it("chooses scope and lifetime", async () => {
    const client = await discover(world().client);
    const token = await openid.clientCredentialsGrant(client, { scope: "invoices:read", expires_in: "90" });
    assert.equal(token.expires_in, 90);
    assert.equal(token.scope, "invoices:read");
  });

  it("introspects and revokes", async () => {
    const [client, api] = [await discover(world().client), await discover(world().introspector)];
    const { access_token } = await openid.clientCredentialsGrant(client);
    const known = await openid.tokenIntrospection(api, access_token);
    assert.equal(known.active, true);
    assert.equal(known.client_id, world().client.id);
    await openid.tokenRevocation(client, access_token);
    assert.deepEqual({ ...(await openid.tokenIntrospection(api, access_token)) }, { active: false });
  });

  it("understands a refusal", async () => {
    const client = await discover({ id: world().client.id, secret: world().introspector.secret });
    await assert.rejects(openid.clientCredentialsGrant(client), isChallenged);
  });
}

/** @param {() => World} world @param {(secret: string) => oauth.ClientAuth} authentication */
function oauth4webapi(world, authentication) {
  let server;
  before(async () => {
    const issuer = new URL(world().issuer);
    const response = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...INSECURE });
    server = await oauth.processDiscoveryResponse(issuer, response);
  });

  const of = ({ id, secret }) => [server, { client_id: id }, authentication(secret)];
  const getToken = async (key, parameters = {}) => {
    const response = await oauth.clientCredentialsGrantRequest(...of(key), parameters, INSECURE);
    return oauth.processClientCredentialsResponse(server, { client_id: key.id }, response);
  };
  const introspect = async (token) => {
    const api = world().introspector;
    const response = await oauth.introspectionRequest(...of(api), token, INSECURE);
    return oauth.processIntrospectionResponse(server, { client_id: api.id }, response);
  };

  it("gets a token that its resource servers accept", async () => {
    const token = await getToken(world().client);
    assert.equal(token.token_type, "bearer");
    assert.equal(token.expires_in, 3600);
    const request = new Request("https://invoices.example.test/", {
      headers: { authorization: `Bearer ${token.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, request, AUDIENCE, INSECURE);
    assert.equal(claims.client_id, world().client.id);
    assert.equal(claims.scope, SCOPE);
  });

  it("chooses scope and lifetime", async () => {
    const token = await getToken(world().client, { scope: "invoices:read", expires_in: "90" });
    assert.equal(token.expires_in, 90);
    assert.equal(token.scope, "invoices:read");
  });

  it("introspects and revokes", async () => {
    const { access_token } = await getToken(world().client);
    const known = await introspect(access_token);
    assert.equal(known.active, true);
    assert.equal(known.aud, AUDIENCE);
    await oauth.processRevocationResponse(await oauth.revocationRequest(...of(world().client), access_token, INSECURE));
    assert.deepEqual({ ...(await introspect(access_token)) }, { active: false });
  });

  it("understands a refusal", async () => {
    const stranger = { id: world().client.id, secret: world().introspector.secret };
    await assert.rejects(getToken(stranger), isChallenged);
  });
}

/** @param {() => World} world @param {"header" | "body"} authorizationMethod */
function simpleOauth2(world, authorizationMethod) {
  const client = (key) =>
    new ClientCredentials({
      client: key,
      auth: { tokenHost: world().issuer, tokenPath: "/oauth/token", revokePath: "/oauth/revoke" },
      options: { authorizationMethod },
    });

  it("gets a token", async () => {
    const { token } = await client(world().client).getToken({ scope: "invoices:read", expires_in: 90 });
    assert.equal(token.token_type, "Bearer");
    assert.equal(token.expires_in, 90);
    assert.equal(token.scope, "invoices:read");
  });

  it("revokes", async () => {
    const token = await client(world().client).getToken({});
    assert.equal(await world().isActive(token.token.access_token), true);
    await token.revoke("access_token");
    assert.equal(await world().isActive(token.token.access_token), false);
  });

  it("understands a refusal", async () => {
    const stranger = { id: world().client.id, secret: world().introspector.secret };
    await assert.rejects(client(stranger).getToken({}), ({ data }) => data.payload.error === "invalid_client");
  });
}

/** @param {string} engine @param {string} algorithm */
function verification(engine, algorithm) {
  let world;
  before(async () => (world = await World.make(engine, { KEYLINE_SIGNING_ALGORITHM: algorithm })));
  after(() => world.end());

  const getToken = async ({ id, secret }) => {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret });
    const response = await fetch(`${world.issuer}/oauth/token`, { method: "POST", body });
    return (await response.json()).access_token;
  };
  const verify = async (token, audience) => {
    const response = await fetch(`${world.issuer}/.well-known/oauth-authorization-server`);
    const { issuer, jwks_uri } = await response.json();
    const expected = {
      issuer,
      audience,
      algorithms: [algorithm],
      typ: "at+jwt",
      requiredClaims: ["sub", "exp", "iat", "jti"],
    };
    return jose.jwtVerify(token, jose.createRemoteJWKSet(new URL(jwks_uri)), expected);
  };

  it("verifies a token for the organization's API", async () => {
    const { payload, protectedHeader } = await verify(await getToken(world.client), AUDIENCE);
    assert.equal(protectedHeader.alg, algorithm);
    assert.equal(payload.iss, world.issuer);
    assert.equal(payload.client_id, world.client.id);
    assert.equal(payload.scope, SCOPE);
    assert.equal(payload.exp - payload.iat, 3600);
  });

  it("refuses a token for Keyline's own API", async () => {
    const token = await getToken(world.introspector);
    await assert.rejects(verify(token, AUDIENCE), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "aud" });
    assert.equal((await verify(token, world.issuer)).payload.scope, "tokens:introspect");
  });
}
