//! The client-credentials grant: from a presented secret to an access token.

use std::sync::Arc;

use domain::{
    activity::{Actor, ActorKind, RefusalReason},
    id::OrganizationId,
    key::{AccessTokenFormat, Kind},
    organization::OrganizationState,
    scope::Scopes,
    secret::{ClientId, Secret},
    slug::EnvironmentSlug,
    time::Timestamp,
    token,
};
use store::{Client, OpaqueToken};
use zeroize::Zeroizing;

use crate::{
    Failure, Service, Throttled,
    authority::Origin,
    refusals::Refused,
    signing::{Claims, Ring},
};

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

impl From<Cause> for RefusalReason {
    fn from(cause: Cause) -> Self {
        match cause {
            // Nobody is told who has the secret that another client presented.
            Cause::Malformed | Cause::Unknown | Cause::OtherClient => Self::WrongSecret,
            Cause::Replaced => Self::ReplacedSecret,
            Cause::Revoked => Self::Revoked,
            Cause::Expired => Self::Expired,
            Cause::Suspended => Self::Suspended,
            Cause::OwnerDeactivated => Self::OwnerDeactivated,
            Cause::OrganizationDisabled => Self::OrganizationDisabled,
        }
    }
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

impl AuthenticatedClient {
    /// What the key may do.
    pub fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// How it is used.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Its organization.
    pub fn organization(&self) -> &OrganizationId {
        &self.0.organization
    }

    /// Its environment.
    pub fn environment(&self) -> &EnvironmentSlug {
        &self.0.environment
    }

    /// Its public identifier.
    pub fn client_id(&self) -> &ClientId {
        &self.0.client_id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor { kind: ActorKind::Client, id: self.0.client_id.to_string(), name: self.0.name.clone() }
    }
}

impl Service {
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
        // A secret alone is its own target: no other one behind the same address suffers for it.
        let target = presented.client_id.as_deref().unwrap_or(&presented.secret);
        if let Err(throttled) = self.client_throttle.check(target, &origin.address, now) {
            self.count_claim(presented, RefusalReason::Throttled, origin);
            return Ok(Err(AuthenticationRefused::Throttled(throttled)));
        }
        match self.find_client(presented, now).await? {
            Ok(client) => Ok(Ok(AuthenticatedClient(client))),
            Err((cause, client_id)) => {
                // Whoever has a right secret guesses nothing, and is not to slow down the others who have the next one.
                if client_id.is_none() {
                    self.client_throttle.fail(target, &origin.address, now);
                }
                tracing::info!(request_id = origin.request_id, ?cause, "client authentication refused");
                match client_id {
                    Some(client_id) => self.count_refusal(Refused::Key(client_id), cause.into(), origin),
                    None => self.count_claim(presented, cause.into(), origin),
                }
                Ok(Err(AuthenticationRefused::Invalid(cause)))
            }
        }
    }

    fn count_claim(&self, presented: &Presented, reason: RefusalReason, origin: &Origin) {
        if let Some(claimed) = presented.client_id.as_deref().and_then(ClientId::parse) {
            self.count_refusal(Refused::Claimed(claimed), reason, origin);
        }
    }

    /// A cause comes with the key whose secret was presented, where that is whom it concerns.
    async fn find_client(
        &self,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<Result<Client, (Cause, Option<ClientId>)>, Failure> {
        // One hash whatever was presented, so that a mistyped secret is refused like a wrong one.
        metrics::counter!("client_auth_hash_total").increment(1);
        let hash = self.master_key().hash_secret(&presented.secret);
        if Secret::parse(&presented.secret).is_none() {
            return Ok(Err((Cause::Malformed, None)));
        }
        let Some(client) = self.store.client_by_secret(&hash).await? else {
            return Ok(Err((Cause::Unknown, None)));
        };
        if presented.client_id.as_deref().is_some_and(|id| id != client.client_id.as_str()) {
            return Ok(Err((Cause::OtherClient, None)));
        }
        Ok(match usable(&client, now) {
            Ok(()) => Ok(client),
            Err(cause) => Err((cause, Some(client.client_id))),
        })
    }

    /// Issues an access token. Checks the gates, then the lifetime, then the scope. A JWT is signed with the `ring` and
    /// writes nothing, an opaque token one row; the use of the key is counted in memory.
    ///
    /// # Errors
    /// `Ok(Err(_))` when one of the checks refuses.
    pub async fn issue_token(
        &self,
        client: &AuthenticatedClient,
        wanted: &Wanted,
        origin: &Origin,
        ring: Result<Arc<Ring>, Failure>,
    ) -> Result<Result<IssuedToken, IssueRefused>, Failure> {
        let (client, now) = (&client.0, self.now());
        let (scope, expires_in) = match self.grant(client, wanted, now) {
            Ok(granted) => granted,
            Err(refused) => {
                if refused == IssueRefused::UnauthorizedClient {
                    let reason = match client.kind {
                        Kind::Token => RefusalReason::TokenSecretExchanged,
                        Kind::Client => RefusalReason::FeatureOff,
                    };
                    self.count_refusal(Refused::Key(client.client_id.clone()), reason, origin);
                }
                return Ok(Err(refused));
            }
        };
        let claims = self.claims(client, &scope, expires_in, now);
        let ends_at = Timestamp::from_millis(claims.exp * 1_000);
        let access_token = match client.access_token_format {
            AccessTokenFormat::Jwt => ring?.sign(&claims, now)?,
            AccessTokenFormat::Opaque => self.store_opaque(client, &scope, claims).await?,
        };
        self.usage.record(client, origin, now, Some(ends_at));
        Ok(Ok(IssuedToken { access_token, expires_in, scope }))
    }

    /// Counts the use of a key whose secret did something else than get an access token.
    pub fn count_use(&self, client: &AuthenticatedClient, origin: &Origin) {
        self.usage.record(&client.0, origin, self.now(), None);
    }

    /// Scope and seconds of life that a request gets.
    fn grant(&self, client: &Client, wanted: &Wanted, now: Timestamp) -> Result<(Scopes, u32), IssueRefused> {
        if client.kind != Kind::Client || !client.api_keys {
            return Err(IssueRefused::UnauthorizedClient);
        }
        let expires_in = match wanted.expires_in.as_deref() {
            None | Some("") => client.token_lifetime_s,
            Some(text) => token::parse_lifetime(text).map_err(|_| IssueRefused::Lifetime)?,
        };
        let scope = granted(&client.scopes, wanted.scope.as_deref())?;
        match token::lifetime_within(expires_in, now, client.expires_at) {
            0 => Err(IssueRefused::Expired),
            expires_in => Ok((scope, expires_in)),
        }
    }

    fn claims(&self, client: &Client, scope: &Scopes, expires_in: u32, now: Timestamp) -> Claims {
        let aud = if scope.has_own() {
            self.settings.issuer.clone()
        } else {
            self.settings.audience_of(&client.organization_slug)
        };
        Claims {
            iss: self.settings.issuer.clone(),
            sub: client.client_id.to_string(),
            aud,
            iat: now.as_seconds(),
            exp: now.as_seconds() + i64::from(expires_in),
            jti: format!("{:032x}", self.draws.u128()),
            client_id: client.client_id.to_string(),
            scope: scope.to_string(),
            org: client.organization.to_string(),
            env: client.environment.to_string(),
            generation: client.generation,
            owner: client.owner.as_ref().map(ToString::to_string),
        }
    }

    async fn store_opaque(&self, client: &Client, scope: &Scopes, claims: Claims) -> Result<String, Failure> {
        let token = self.draws.bytes::<20>().map(|byte| format!("{byte:02x}")).concat();
        let stored = OpaqueToken {
            token_hash: self.master_key().hash_secret(&token),
            organization: client.organization.clone(),
            key: client.key.clone(),
            client_id: client.client_id.clone(),
            environment: client.environment.clone(),
            owner: client.owner.clone(),
            scopes: scope.clone(),
            jti: claims.jti,
            audience: claims.aud,
            issued_at: claims.iat,
            expires_at: claims.exp,
            generation: claims.generation,
        };
        self.store.insert_opaque_token(stored).await?;
        Ok(token)
    }
}

/// Whether a key with a known secret may be used now.
pub(crate) fn usable(client: &Client, now: Timestamp) -> Result<(), Cause> {
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
