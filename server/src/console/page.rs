//! From a page of `app` to an answer, and from what went wrong to a page that says so.

use std::sync::Arc;

use app::{
    frame::{FrameView, Place},
    pages::{
        Page,
        message::{Message, MessageView},
    },
    routes::{KeyPages, Whose},
    shell::{self, DocumentView},
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{organization::Environment, user::Role};
use service::{Failure, store::Member};

use super::{appearance, headers, server_functions, session};
use crate::{
    state::{AppState, Site},
    telemetry::{self, RequestId},
};

/// Seconds after which a person may try again when the server is busy.
pub const RETRY_AFTER_S: u32 = 2;

/// Why there is no page to show: becomes one in [`explain`], which knows the request and the site.
#[derive(Clone, Debug)]
pub enum PageError {
    /// A short message.
    Message(StatusCode, Message),
    /// A page of its own, such as a locked one.
    Page(StatusCode, Box<HiddenPage>),
    /// Something broke on our side.
    Failed(Arc<Failure>),
}

/// A page without `Debug`, since one of them shows a secret.
#[derive(Clone)]
pub struct HiddenPage(pub Page);

impl std::fmt::Debug for HiddenPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HiddenPage")
    }
}

impl From<Failure> for PageError {
    fn from(failure: Failure) -> Self {
        Self::Failed(Arc::new(failure))
    }
}

impl PageError {
    /// Nothing at this address, or nothing this person may know of.
    pub fn not_found() -> Self {
        Self::Message(StatusCode::NOT_FOUND, Message::NotFound)
    }

    /// The request could not be read.
    pub fn unreadable(status: StatusCode) -> Self {
        Self::Message(status, Message::BadRequest)
    }

    /// The request came from another site.
    pub fn cross_site() -> Self {
        Self::Message(StatusCode::FORBIDDEN, Message::CrossSite)
    }

    /// The form was shown in another session.
    pub fn stale_form() -> Self {
        Self::Message(StatusCode::CONFLICT, Message::StaleForm)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        // The session's layer lies between here and the page, and sets no cookie where the server failed.
        let status = match &self {
            Self::Message(status, _) | Self::Page(status, _) => *status,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The page for an address nobody has.
pub async fn not_found() -> PageError {
    PageError::not_found()
}

/// The page for somebody who may not be where they are.
pub async fn forbidden() -> PageError {
    PageError::Message(StatusCode::FORBIDDEN, Message::Forbidden)
}

/// The page that a browser keeps for when it reaches nobody.
pub async fn offline(State(state): State<AppState>) -> Response {
    show(&state.site, StatusCode::OK, Message::Offline)
}

/// Turns a [`PageError`] into its page, or into what a server function says. A failure is logged here, once.
pub async fn explain(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reference = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let is_function = server_functions::is_at(request.uri().path());
    let mut response = next.run(request).await;
    let error = response.extensions_mut().remove::<PageError>();
    let Some(error) = error.or_else(|| framework_error(&response)) else { return response };
    let mut page = match is_function {
        true => server_functions::refusal(error, reference),
        false => page_of(&state.site, error, reference),
    };
    let cookies = response.headers().get_all(header::SET_COOKIE).iter().cloned();
    page.headers_mut().extend(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    page
}

/// What no handler of ours saw, and the framework refuses in words of its own: a path that cannot be decoded, a body too
/// large.
fn framework_error(response: &Response) -> Option<PageError> {
    let is_text =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let refused = matches!(response.status(), StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE);
    (is_text && refused).then(|| PageError::unreadable(response.status()))
}

fn page_of(site: &Site, error: PageError, reference: String) -> Response {
    match error {
        PageError::Page(status, page) => render(site, status, page.0),
        PageError::Message(status, message) => show(site, status, message),
        PageError::Failed(failure) => {
            telemetry::log_failure(&*failure);
            if failure.is_temporary() {
                let mut response = show(site, StatusCode::SERVICE_UNAVAILABLE, Message::Busy);
                response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
                response
            } else {
                show(site, StatusCode::INTERNAL_SERVER_ERROR, Message::Failed { reference })
            }
        }
    }
}

fn show(site: &Site, status: StatusCode, message: Message) -> Response {
    let view = MessageView { product: site.product.clone(), message, back: None };
    render(site, status, Page::Message(view))
}

/// Renders a page with its policy.
pub fn render(site: &Site, status: StatusCode, page: Page) -> Response {
    let nonce = draw_nonce();
    let document = DocumentView {
        title: page.title(),
        theme: appearance::chosen(),
        assets: site.assets.clone(),
        nonce: nonce.clone(),
    };
    let confidential = page.is_confidential();
    let mut response = (status, Html(shell::render(document, page))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, headers::page_policy(&nonce));
    if confidential {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    }
    response
}

#[expect(clippy::disallowed_methods, reason = "no test expects a certain nonce")]
fn draw_nonce() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has a random generator");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The frame around a signed-in person's pages; `flash` is what their last action left to say.
pub fn frame(
    site: &Site,
    member: &Member,
    memberships: Vec<Member>,
    environments: &[Environment],
    environment: &Environment,
    form: String,
    flash: Option<String>,
) -> FrameView {
    let organization = &member.organization;
    let place_of = |member: &Member| Place {
        slug: member.organization.slug.to_string(),
        name: member.organization.name.to_string(),
    };
    let is_admin = member.role == Role::Admin;
    let whose = if is_admin { Whose::Organization } else { Whose::Own };
    FrameView {
        product: site.product.clone(),
        org: place_of(member),
        env: place(environment),
        keys: KeyPages::new(whose, organization.slug.as_str(), environment.slug.as_str()),
        is_admin,
        may_own_keys: organization.api_keys && organization.policy.self_service.allows(member.role),
        environments: environments.iter().map(place).collect(),
        organizations: memberships.iter().map(place_of).collect(),
        user_name: member.name.to_string(),
        user_email: member.email.to_string(),
        theme: appearance::chosen(),
        form,
        flash,
        session: session::left(),
        unasked_zone: unasked_zone(member),
    }
}

/// The zone that a person sees times in, while they have neither chosen one nor been asked.
fn unasked_zone(member: &Member) -> Option<String> {
    let unasked = member.times.zone.is_none() && !member.times.zone_proposed;
    unasked.then(|| member.organization.time_zone.clone())
}

/// An environment as the console shows it.
pub fn place(environment: &Environment) -> Place {
    Place { slug: environment.slug.to_string(), name: environment.name.to_string() }
}
