//! Who calls a server function: put into the context by the server, never by the caller.

use domain::organization::Environment;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::{
    Failure, Service,
    authority::{InSession, KeyManager, KeyOwner, OrgAdmin, OwnKeysDenied, Recent, Visitor},
    form::{FormId, SessionName},
};

use super::RpcError;

/// A person with a live session.
#[derive(Clone)]
pub struct Caller {
    /// The person.
    pub visitor: Visitor,
    /// Names the session; forms are bound to it.
    pub session_id: SessionName,
    /// Id of the request, for support.
    pub reference: String,
    /// Logs a failure, once.
    pub report: fn(&Failure),
}

/// The use cases and the caller of this server function.
pub(super) struct Authority {
    pub service: Service,
    caller: Caller,
}

impl Authority {
    /// What the server put into the context.
    ///
    /// # Errors
    /// Without a signed-in person.
    pub fn of_this_call() -> Result<Self, RpcError> {
        let service = use_context::<Service>();
        let caller = use_context::<Caller>();
        service.zip(caller).map(|(service, caller)| Self { service, caller }).ok_or(RpcError::SessionEnded)
    }

    /// The caller as administrator of an organization, through all gates.
    pub async fn admin_of(&self, org: &str) -> Result<OrgAdmin, RpcError> {
        match self.service.org_admin(&self.caller.visitor, org).await {
            Ok(Ok(admin)) => Ok(admin),
            Ok(Err(service::authority::Denied::NotFound)) => Err(RpcError::NotFound),
            Ok(Err(_)) => Err(RpcError::Denied),
            Err(failure) => Err(self.failed(&failure)),
        }
    }

    /// Somebody as one who may get secrets.
    pub fn recent<'a, M: InSession>(&self, person: &'a M) -> Result<Recent<'a, M>, RpcError> {
        self.service.recent(person).ok_or(RpcError::PasswordNeeded)
    }

    /// The caller as owner of keys in an organization, through all gates.
    pub async fn owner_in(&self, org: &str) -> Result<KeyOwner, RpcError> {
        match self.service.key_owner(&self.caller.visitor, org).await {
            Ok(Ok(owner)) => Ok(owner),
            Ok(Err(OwnKeysDenied::NotFound)) => Err(RpcError::NotFound),
            Ok(Err(_)) => Err(RpcError::Denied),
            Err(failure) => Err(self.failed(&failure)),
        }
    }

    /// An environment of the organization.
    pub async fn environment(&self, manager: &impl KeyManager, slug: &str) -> Result<Environment, RpcError> {
        let environments = self.service.environments(manager).await.map_err(|failure| self.failed(&failure))?;
        environments.into_iter().find(|environment| environment.slug.as_str() == slug).ok_or(RpcError::NotFound)
    }

    /// The id in the hidden value of a form shown in this session.
    pub fn open_form(&self, value: &str) -> Result<FormId, RpcError> {
        self.service.open_form_value(&self.caller.session_id, value).ok_or_else(|| RpcError::Refused {
            code: "stale_form".to_owned(),
            message: crate::words::rpc::STALE_FORM.to_owned(),
        })
    }

    /// A failure, logged, as what the caller may know of it.
    pub fn failed(&self, failure: &Failure) -> RpcError {
        (self.caller.report)(failure);
        if failure.is_temporary() {
            RpcError::Busy
        } else {
            RpcError::Failed { reference: self.caller.reference.clone() }
        }
    }
}

/// Gives the answer the refusal's status, which server functions would otherwise make 500.
pub(super) fn refuse(error: RpcError) -> RpcError {
    if let Some(response) = use_context::<ResponseOptions>() {
        let status = error.status().try_into().expect("a constant of this crate is a valid status");
        response.set_status(status);
    }
    error
}
