//! The client-credentials grant: from a presented secret to an access token.

use domain::{
    key::Kind,
    organization::OrganizationState,
    scope::Scopes,
    secret::Secret,
    time::Timestamp,
    token,
};
use serde::Serialize;
use serde_json::Value;
use store::Client;
use zeroize::Zeroizing;

use crate::{Failure, Service, Throttled, authority::Origin};

/// A secret as it was presented, with the client id beside it where there was one.
pub struct Presented {
    /// Client id; a bearer secret has none.
    pub client_id: Option<String>,
    /// The secret.
    pub secret: Zeroizing<String>,
}

/// A key that has proved itself. Only [`Service::authenticate`] makes one.
pub struct AuthenticatedClient(Client);

/// Why a secret was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationRefused {
    /// Answered alike whatever the cause; the cause is for the log only.
    Invalid(Cause),
    /// Too many refusals for this client id from this network.
    Throttled(Throttled),
}

/// Why a secret is no good. Never told to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Not the shape of a secret, or its checksum is wrong.
    Malformed,
    /// No key has this secret.
    Unknown,
    /// The secret belongs to another client id.
    OtherClient,
    /// A newer secret has taken its place.
    Replaced,
    /// The key is revoked.
    Revoked,
    /// The key's time is over.
    Expired,
    /// The key is suspended.
    Suspended,
    /// Its owner may not do anything.
    OwnerDeactivated,
    /// Its organization may not do anything.
    OrganizationDisabled,
}

/// What a token request asks for beside the grant itself.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Parameter `scope`; `None` or empty for all scopes of the key.
    pub scope: Option<String>,
    /// Parameter `expires_in`; `None` or empty for the organization's default.
    pub expires_in: Option<String>,
}

/// An access token with what is said about it (RFC 6749 §5.1).
pub struct IssuedToken {
    /// The token.
    pub access_token: String,
    /// Seconds it lives.
    pub expires_in: u32,
    /// What it may do.
    pub scope: Scopes,
}

/// Why an authenticated client gets no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueRefused {
    /// The key is of kind `token`, or API keys are turned off for its organization.
    UnauthorizedClient,
    /// The lifetime is not 30–3600 seconds.
    Lifetime,
    /// A scope the key does not hold, or outside the grammar.
    Scope,
    /// The key ends within this second.
    Expired,
}

/// Claims of an access token (RFC 9068 §2.2), with organization, environment, generation and owner.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    client_id: &'a str,
    scope: String,
    org: &'a str,
    env: &'a str,
    #[serde(rename = "gen")]
    generation: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
}

impl Service {
    /// The published key set.
    pub fn key_set(&self) -> &Value {
        self.signing.key_set()
    }

    /// Authenticates a client: one hash and one read, whatever is presented in the shape of a secret.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it is refused.
    pub async fn authenticate(
        &self,
        presented: &Presented,
        origin: &Origin,
    ) -> Result<Result<AuthenticatedClient, AuthenticationRefused>, Failure> {
        let now = self.now();
        let target = presented.client_id.as_deref().unwrap_or("bearer");
        if let Err(throttled) = self.client_throttle.check(target, &origin.address, now) {
            return Ok(Err(AuthenticationRefused::Throttled(throttled)));
        }
        match self.find_client(presented, now).await? {
            Ok(client) => Ok(Ok(AuthenticatedClient(client))),
            Err(cause) => {
                self.client_throttle.fail(target, &origin.address, now);
                tracing::info!(request_id = origin.request_id, ?cause, "client authentication refused");
                Ok(Err(AuthenticationRefused::Invalid(cause)))
            }
        }
    }

    async fn find_client(&self, presented: &Presented, now: Timestamp) -> Result<Result<Client, Cause>, Failure> {
        let Some(secret) = Secret::parse(&presented.secret) else {
            return Ok(Err(Cause::Malformed));
        };
        metrics::counter!("client_auth_hash_total").increment(1);
        let hash = self.master_key.hash_secret(secret.expose());
        let Some(client) = self.store.client_by_secret(&hash).await? else {
            return Ok(Err(Cause::Unknown));
        };
        if presented.client_id.as_deref().is_some_and(|id| id != client.client_id.as_str()) {
            return Ok(Err(Cause::OtherClient));
        }
        Ok(usable(&client, now).map(|()| client))
    }

    /// Issues an access token. Checks the gates, then the lifetime, then the scope.
    ///
    /// # Errors
    /// When one of them refuses.
    pub fn issue_token(
        &self,
        client: &AuthenticatedClient,
        wanted: &Wanted,
        origin: &Origin,
    ) -> Result<IssuedToken, IssueRefused> {
        let (client, now) = (&client.0, self.now());
        if client.kind != Kind::Client || !client.api_keys {
            return Err(IssueRefused::UnauthorizedClient);
        }
        let expires_in = match wanted.expires_in.as_deref() {
            None | Some("") => client.token_lifetime_s,
            Some(text) => token::parse_lifetime(text).map_err(|_| IssueRefused::Lifetime)?,
        };
        let scope = granted(&client.scopes, wanted.scope.as_deref())?;
        let expires_in = token::lifetime_within(expires_in, now, client.expires_at);
        if expires_in == 0 {
            return Err(IssueRefused::Expired);
        }
        let access_token = self.sign(client, &scope, expires_in, now);
        self.usage.record(client, &origin.address, now);
        Ok(IssuedToken { access_token, expires_in, scope })
    }

    fn sign(&self, client: &Client, scope: &Scopes, expires_in: u32, now: Timestamp) -> String {
        let own_audience = format!("urn:keyline:{}", client.organization_slug);
        let aud = if scope.has_own() {
            &self.settings.issuer
        } else {
            self.settings.token_audience.as_ref().unwrap_or(&own_audience)
        };
        self.signing.sign(&Claims {
            iss: &self.settings.issuer,
            sub: client.client_id.as_str(),
            aud,
            iat: now.as_seconds(),
            exp: now.as_seconds() + i64::from(expires_in),
            jti: format!("{:032x}", self.draws.u128()),
            client_id: client.client_id.as_str(),
            scope: scope.to_string(),
            org: client.organization.as_str(),
            env: client.environment.as_str(),
            generation: client.generation,
            owner: client.owner.as_ref().map(domain::id::UserId::as_str),
        })
    }
}

/// Whether a key with a known secret may be used now.
fn usable(client: &Client, now: Timestamp) -> Result<(), Cause> {
    let over = |end: Option<Timestamp>| end.is_some_and(|end| now >= end);
    if client.revoked {
        Err(Cause::Revoked)
    } else if over(client.secret_ends_at) {
        Err(Cause::Replaced)
    } else if over(client.expires_at) {
        Err(Cause::Expired)
    } else if client.suspended {
        Err(Cause::Suspended)
    } else if !client.owner_active {
        Err(Cause::OwnerDeactivated)
    } else if client.organization_state != OrganizationState::Active {
        Err(Cause::OrganizationDisabled)
    } else {
        Ok(())
    }
}

fn granted(held: &Scopes, wanted: Option<&str>) -> Result<Scopes, IssueRefused> {
    let wanted = Scopes::parse(wanted.unwrap_or_default()).map_err(|_| IssueRefused::Scope)?;
    match wanted {
        none if none.is_empty() => Ok(held.clone()),
        some if some.is_subset(held) => Ok(some),
        _ => Err(IssueRefused::Scope),
    }
}
