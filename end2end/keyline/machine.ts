import { createRemoteJWKSet, jwtVerify, type JWTVerifyResult } from "jose";

/** The parts of the server's metadata (RFC 8414) that a client and a resource server use. */
export interface Metadata {
  issuer: string;
  token_endpoint: string;
  jwks_uri: string;
}

/** An answer as it came, without what differs from request to request. */
export interface Answer {
  status: number;
  headers: [string, string][];
  body: string;
}

const VARYING = ["date", "x-request-id"];

export async function metadata(issuer: string): Promise<Metadata> {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  return (await response.json()) as Metadata;
}

/** Exchanges a key for an access token, as a client written by someone else would (RFC 6749 §4.4). */
export async function exchange(tokenEndpoint: string, clientId: string, secret: string): Promise<Answer> {
  const credentials = Buffer.from(`${clientId}:${secret}`).toString("base64");
  const response = await fetch(tokenEndpoint, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const headers = [...response.headers].filter(([name]) => !VARYING.includes(name));
  return { status: response.status, headers, body: await response.text() };
}

/** Verifies a token offline, as a resource server would that knows the issuer alone (RFC 9068). */
export async function verify(issuer: string, audience: string, token: string): Promise<JWTVerifyResult> {
  const { jwks_uri } = await metadata(issuer);
  return jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), { issuer, audience, typ: "at+jwt" });
}
