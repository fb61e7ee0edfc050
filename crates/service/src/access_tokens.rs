//! Access tokens after they are issued: whether one is still good, what it says, and ending it early.

use std::sync::Arc;

use domain::{
    activity::{Event, RefusalReason, Target},
    id::{KeyId, OrganizationId, UserId},
    key::Kind,
    scope::Scopes,
    secret::{ClientId, Secret},
    slug::EnvironmentSlug,
    time::Timestamp,
};
use serde_json::json;
use store::{Client, OpaqueToken, RevokedToken, TokenState};

use crate::{
    Failure, Service,
    authority::{Issuer, Origin},
    signing::Claims,
    tokens::{AuthenticatedClient, usable},
};

/// What a good bearer credential says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The key it comes from.
    pub key: KeyId,
    /// That key's public identifier.
    pub client_id: ClientId,
    /// Its organization.
    pub organization: OrganizationId,
    /// Its environment.
    pub environment: EnvironmentSlug,
    /// The user it belongs to.
    pub owner: Option<UserId>,
    /// What it may do.
    pub scope: Scopes,
    /// Seconds since 1970 at which it was issued, or the key was made.
    pub issued_at: i64,
    /// Seconds since 1970 at which it ends.
    pub expires_at: Option<i64>,
    /// When the key behind it ends.
    pub key_expires_at: Option<Timestamp>,
    /// Whether that key still works; a token may run out after it.
    pub key_in_use: bool,
    /// What only an access token has; a key sent as it is has none.
    pub access_token: Option<AccessToken>,
    /// Version of the secret that was sent, where the key itself was.
    pub secret_version: Option<i32>,
}

/// What only an access token has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// Its id.
    pub jti: String,
    /// Whom it is for.
    pub audience: String,
}

/// Why a bearer credential is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BearerRefused {
    /// Unknown, over, ended or never good.
    Invalid,
    /// A key sent as it is, of an organization whose API keys are turned off.
    FeatureOff,
    /// The secret of this key, which is no good as a bearer at the moment, or never.
    Secret(ClientId, RefusalReason),
}

/// Why a token was not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeRefused {
    /// It belongs to another client.
    OtherClient,
}

/// A token of ours, whatever has become of it.
struct Found {
    claims: Claims,
    state: TokenState,
}

impl Service {
    /// Whether a bearer credential is good now, and what it says: an access token of either format, or a key that is
    /// sent as it is. One read.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it is not.
    pub async fn bearer(&self, credential: &str) -> Result<Result<Bearer, BearerRefused>, Failure> {
        if let Some(secret) = Secret::parse(credential) {
            return self.bearer_key(&secret).await;
        }
        let found = self.find_token(credential).await?;
        Ok(found.and_then(|found| self.live(found)).ok_or(BearerRefused::Invalid))
    }

    async fn bearer_key(&self, secret: &Secret) -> Result<Result<Bearer, BearerRefused>, Failure> {
        let found = self.store.client_by_secret(&self.master_key().hash_secret(secret.expose())).await?;
        let Some(client) = found else {
            return Ok(Err(BearerRefused::Invalid));
        };
        if client.kind != Kind::Token {
            return Ok(Err(BearerRefused::Secret(client.client_id, RefusalReason::ClientSecretAsBearer)));
        }
        if let Err(cause) = usable(&client, self.now()) {
            return Ok(Err(BearerRefused::Secret(client.client_id, cause.into())));
        }
        Ok(if client.api_keys { Ok(bearer_of_key(client)) } else { Err(BearerRefused::FeatureOff) })
    }

    /// A token that we have issued, of either format.
    async fn find_token(&self, token: &str) -> Result<Option<Found>, Failure> {
        if is_opaque(token) {
            let found = self.store.opaque_token(&self.master_key().hash_secret(token)).await?;
            return Ok(found.map(|(token, state)| Found { claims: self.claims_of(token), state }));
        }
        loop {
            // With the ring as it was read last, so that there is one wait for both; again if it has changed since.
            let last = self.last_ring();
            let claims = last.verify(token, self.now());
            let (ring, state) = tokio::try_join!(self.ring(), self.state_of(claims.as_ref()))?;
            if Arc::ptr_eq(&ring, &last) {
                return Ok(claims.zip(state).map(|(claims, state)| Found { claims, state }));
            }
        }
    }

    async fn state_of(&self, claims: Option<&Claims>) -> Result<Option<TokenState>, Failure> {
        let parsed = claims.and_then(|claims| {
            Some((OrganizationId::parse(&claims.org)?, ClientId::parse(&claims.client_id)?, &claims.jti))
        });
        let Some((organization, client_id, jti)) = parsed else { return Ok(None) };
        Ok(self.store.token_state(&organization, &client_id, jti).await?)
    }

    fn claims_of(&self, token: OpaqueToken) -> Claims {
        Claims {
            iss: self.settings.issuer.clone(),
            sub: token.client_id.to_string(),
            aud: token.audience,
            iat: token.issued_at,
            exp: token.expires_at,
            jti: token.jti,
            client_id: token.client_id.to_string(),
            scope: token.scopes.to_string(),
            org: token.organization.to_string(),
            env: token.environment.to_string(),
            generation: token.generation,
            owner: token.owner.map(|owner| owner.to_string()),
        }
    }

    /// A token is live before its end, while it is not revoked and no generation has been raised since. Leeway is 0.
    fn live(&self, found: Found) -> Option<Bearer> {
        let Found { claims, state } = found;
        let (instant, now) = (self.now(), self.now().as_seconds());
        let live = claims.iss == self.settings.issuer
            && now < claims.exp
            // The end of a key may have moved since the token was issued.
            && state.key_expires_at.is_none_or(|end| instant < end)
            && !state.revoked
            && state.generation == claims.generation
            && state.may_act;
        if !live {
            return None;
        }
        Some(Bearer {
            key: state.key,
            client_id: ClientId::parse(&claims.client_id)?,
            organization: OrganizationId::parse(&claims.org)?,
            environment: EnvironmentSlug::parse(&claims.env).ok()?,
            owner: claims.owner.as_deref().and_then(UserId::parse),
            scope: Scopes::parse(&claims.scope).ok()?,
            issued_at: claims.iat,
            expires_at: Some(claims.exp),
            key_expires_at: state.key_expires_at,
            key_in_use: state.key_in_use,
            access_token: Some(AccessToken { jti: claims.jti, audience: claims.aud }),
            secret_version: None,
        })
    }

    /// What an introspecting client may know of a credential of its own organization; `None` for anything else. The
    /// credential is looked up while the client is, unless that one is refused unseen.
    ///
    /// # Errors
    /// That of the client, or when the database fails.
    pub async fn introspect<E: From<Failure>>(
        &self,
        client: impl Future<Output = Result<AuthenticatedClient, E>>,
        credential: &str,
    ) -> Result<Option<Bearer>, E> {
        let bearer = async { Ok(self.bearer(credential).await?.ok()) };
        let (client, found) = tokio::try_join!(client, bearer)?;
        let may_ask = client.scopes().contains("tokens:introspect");
        Ok(found.filter(|bearer| may_ask && bearer.organization == *client.organization()))
    }

    /// Ends an access token before its time. A token that is unknown or over is as good as revoked.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it belongs to another client.
    pub async fn revoke_token(
        &self,
        client: &AuthenticatedClient,
        token: &str,
        origin: &Origin,
    ) -> Result<Result<(), RevokeRefused>, Failure> {
        let now = self.now();
        let Some(Found { claims, state }) = self.find_token(token).await? else {
            return Ok(Ok(()));
        };
        if claims.exp <= now.as_seconds() || state.revoked {
            return Ok(Ok(()));
        }
        if claims.client_id != client.client_id().as_str() {
            return Ok(Err(RevokeRefused::OtherClient));
        }
        let issuer = Issuer { organization: client.organization(), actor: client.actor(), origin: origin.clone() };
        let target = Target { id: claims.client_id.clone(), name: client.name().to_owned() };
        let details = json!({ "jti": claims.jti });
        let environment = Some(client.environment().clone());
        let entry = self.entry(&issuer, Event::TokenRevoked, target, environment, now, &details);
        let expires_at = Timestamp::from_millis(claims.exp.saturating_mul(1000));
        let revoked = RevokedToken {
            organization: client.organization().clone(),
            key: state.key,
            generation: claims.generation,
            jti: claims.jti,
            expires_at,
        };
        self.store.revoke_token(revoked, entry).await?;
        Ok(Ok(()))
    }
}

/// The opaque format: 40 lower-case hexadecimal digits.
fn is_opaque(token: &str) -> bool {
    token.len() == 40 && token.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn bearer_of_key(client: Client) -> Bearer {
    // A secret that another has taken the place of ends before its key.
    let expires_at = client.expires_at.into_iter().chain(client.secret_ends_at).min();
    Bearer {
        key: client.key,
        client_id: client.client_id,
        organization: client.organization,
        environment: client.environment,
        owner: client.owner,
        scope: client.scopes,
        issued_at: client.created_at.as_seconds(),
        expires_at: expires_at.map(Timestamp::as_seconds),
        key_expires_at: client.expires_at,
        key_in_use: true,
        access_token: None,
        secret_version: Some(client.secret_version),
    }
}
