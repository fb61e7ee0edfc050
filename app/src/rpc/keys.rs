//! API keys.

use leptos::prelude::server;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::{RpcError, strict::StrictJson};

/// What stands before a scope in the name of its box in the create form.
pub const SCOPE_PREFIX: &str = "scope.";

/// The fields of the create form, as typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields of the form, by name")]
pub struct KeyFields {
    pub name: String,
    pub description: String,
    pub kind: String,
    pub owner: String,
    pub suspend_on_sign_out: String,
    pub scopes: String,
    pub expiration: String,
    pub expires_on: String,
}

/// A key that was just created, with its secret. Has no `Debug`, so that it cannot be logged.
#[derive(Serialize, Deserialize)]
pub struct KeyIssued {
    /// Its name, normalised.
    pub name: String,
    /// Public identifier.
    pub client_id: String,
    /// The secret, in clear, in this one answer.
    pub secret: String,
    /// Whether the secret goes with the client id, as a pair.
    pub pair: bool,
    /// "19 Feb 2027, 23:59 CET" or "No expiration".
    pub expires: String,
    /// File name of the `.env` download.
    pub file_name: String,
}

/// Creates a key. `form` is the hidden value of the create form: sending it twice makes one key.
///
/// # Errors
/// What the person can mend, or why nothing was created.
#[server(prefix = "/_fn", endpoint = "create_key", input = StrictJson, output = Json)]
pub async fn create_key(org: String, env: String, form: String, fields: KeyFields) -> Result<KeyIssued, RpcError> {
    on_server::create_key(org, env, form, fields).await.map_err(super::caller::refuse)
}

/// Says that a key's secret was displayed.
///
/// # Errors
/// When it could not be remembered.
#[server(prefix = "/_fn", endpoint = "acknowledge_key", input = StrictJson, output = Json)]
pub async fn acknowledge_key(org: String, client_id: String) -> Result<(), RpcError> {
    on_server::acknowledge_key(org, client_id).await.map_err(super::caller::refuse)
}

#[cfg(feature = "ssr")]
mod on_server {
    use domain::{
        key::{ApiKey, NewOwner},
        new_key::{KeyForm, NewKey},
        secret::ClientId,
    };
    use service::{
        authority::{InSession, KeyManager},
        keys::{CreateRefused, Created, KeyWanted, Once},
        store::Member,
    };

    use super::{KeyFields, KeyIssued, RpcError};
    use crate::{
        components::{moment::Clock, secret_panel::CreatedKey},
        rpc::{ALREADY_CREATED, caller::Authority},
    };

    pub async fn create_key(org: String, env: String, form: String, fields: KeyFields) -> Result<KeyIssued, RpcError> {
        let authority = Authority::of_this_call()?;
        if fields.owner == NewOwner::Me.as_str() {
            let owner = authority.owner_in(&org).await?;
            create(&authority, &owner, owner.member(), &env, &form, fields).await
        } else {
            let admin = authority.admin_of(&org).await?;
            create(&authority, &admin, admin.member(), &env, &form, fields).await
        }
    }

    async fn create(
        authority: &Authority,
        manager: &(impl KeyManager + InSession),
        member: &Member,
        env: &str,
        form: &str,
        fields: KeyFields,
    ) -> Result<KeyIssued, RpcError> {
        let environment = authority.environment(manager, env).await?;
        let form_id = authority.open_form(form)?;
        let KeyFields { name, description, kind, owner, suspend_on_sign_out, scopes, expiration, expires_on } = fields;
        let typed = KeyForm { name, description, kind, owner, suspend_on_sign_out, scopes, expiration, expires_on };
        let organization = manager.organization();
        let clock = Clock::of(authority.service.now(), member);
        let new = NewKey::parse(&typed, organization, clock.now()).map_err(RpcError::Fields)?;
        let maker = authority.recent(manager)?;
        let name = new.name.clone();
        let created = authority
            .service
            .create_key(&maker, &environment.slug, KeyWanted::from_form(new, manager), Some(Once::Form(form_id)))
            .await;
        match created.map_err(|failure| authority.failed(&failure))? {
            Ok(Created::Issued(issued)) => {
                let key = CreatedKey::new(&issued, &environment.name, organization.slug.as_str(), &clock);
                Ok(KeyIssued {
                    name: key.name,
                    client_id: key.client_id,
                    secret: key.secret,
                    pair: key.pair,
                    expires: key.expires,
                    file_name: key.file_name,
                })
            }
            Ok(Created::Replayed(key)) => Err(already_created(&key)),
            Err(refused) => Err(refusal(&refused, &environment.name, &name)),
        }
    }

    fn already_created(key: &ApiKey) -> RpcError {
        RpcError::Refused {
            code: ALREADY_CREATED.to_owned(),
            message: crate::words::rpc::already_created(key.name.as_str()),
        }
    }

    fn refusal(refused: &CreateRefused, environment: &domain::name::Name, name: &domain::name::Name) -> RpcError {
        let Some(error) = refused.as_field_error(environment, name) else {
            return RpcError::NotFound;
        };
        match refused {
            CreateRefused::NameTaken => RpcError::Fields(vec![error]),
            _ => RpcError::Refused { code: error.code, message: error.message },
        }
    }

    pub async fn acknowledge_key(org: String, client_id: String) -> Result<(), RpcError> {
        let authority = Authority::of_this_call()?;
        let client_id = ClientId::parse(&client_id).ok_or(RpcError::NotFound)?;
        let known = match authority.admin_of(&org).await {
            Ok(admin) => authority.service.acknowledge_key(&admin, &client_id).await,
            Err(RpcError::Denied) => {
                let owner = authority.owner_in(&org).await?;
                authority.service.acknowledge_key(&owner, &client_id).await
            }
            Err(refused) => return Err(refused),
        };
        if known.map_err(|failure| authority.failed(&failure))? { Ok(()) } else { Err(RpcError::NotFound) }
    }
}
