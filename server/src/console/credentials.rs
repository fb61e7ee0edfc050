//! A person's own API credentials.

use app::{
    components::question::IssuedTokensField,
    frame::Section,
    pages::{
        Page,
        api_keys::evidence,
        credentials::{CredentialsView, NotNow, Pair},
        key_created::{AlreadyCreatedView, Occasion, Repeated},
        message::{Message, MessageView},
        replace_credentials::ReplaceCredentialsView,
    },
    routes,
    words::credentials as words,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{key::ApiKey, slug::EnvironmentSlug};
use service::{
    authority::KeyOwner,
    keys::Created,
    personal::{GenerateRefused, PairThere},
};

use super::{
    confirm::{self, ConfirmableForm},
    desk::Desk,
    keys,
    page::{self, HiddenPage, PageError},
    session::SignedIn,
    verbs,
};
use crate::state::AppState;

type OwnDesk = Desk<KeyOwner>;

async fn open(state: &AppState, person: SignedIn, organization: &str) -> Result<OwnDesk, PageError> {
    Desk::open_organization(state, person, organization, Section::Credentials).await
}

/// `GET /t/{organization}/me/credentials`.
pub async fn page(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    let desk = open(&state, person, &organization).await?;
    show(&state, desk, StatusCode::OK).await
}

/// The pair that is there, and what can be done; locked where that is nothing.
async fn show(state: &AppState, desk: OwnDesk, status: StatusCode) -> Result<Response, PageError> {
    let key = state.service.personal_credentials(&desk.manager).await?;
    let organization = &desk.manager.member().organization;
    let format = key.as_ref().map_or(organization.policy.access_token_format, |key| key.access_token_format);
    let guide = desk.token_guide(state, format);
    let pair = key.map(|key| Pair::new(&key, &desk.clock));
    let not_now = NotNow::of(organization);
    let locked = pair.is_none() && not_now.is_some();
    let view = CredentialsView {
        pair,
        guide,
        not_now,
        support_contact: state.site.support_contact.clone(),
        form: desk.form_value(state),
        frame: desk.frame,
    };
    let status = if locked { StatusCode::FORBIDDEN } else { status };
    Ok(page::render(&state.site, status, Page::Credentials(Box::new(view))))
}

/// `POST /t/{organization}/me/credentials`: makes the pair. The answer is the only page that ever shows its secret.
pub async fn generate(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    form: ConfirmableForm,
) -> Result<Response, PageError> {
    issue(state, &organization, form, PairThere::Stays, &routes::credentials(&organization)).await
}

/// `GET …/me/credentials/replace`.
pub async fn ask(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    let desk = open(&state, person, &organization).await?;
    let open = NotNow::of(&desk.manager.member().organization).is_none();
    let Some(key) = state.service.personal_credentials(&desk.manager).await?.filter(|_| open) else {
        return Ok(Redirect::to(&routes::credentials(&organization)).into_response());
    };
    let live = state.service.live_tokens(&desk.manager, [&key]).await?;
    let view = ReplaceCredentialsView {
        client_id: key.client_id.to_string(),
        issued_tokens: IssuedTokensField::of([&key], live, &desk.clock),
        evidence: evidence(&key, &desk.clock),
        form: desk.form_value(&state),
        frame: desk.frame,
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::ReplaceCredentials(Box::new(view))))
}

/// `POST …/me/credentials/replace`: a new secret for the pair, the old one ends. The answer is the only page that ever
/// shows it.
pub async fn replace(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    form: ConfirmableForm,
) -> Result<Response, PageError> {
    let there = PairThere::Replaced(verbs::issued_tokens(&form.posted));
    issue(state, &organization, form, there, &routes::replace_credentials(&organization)).await
}

async fn issue(
    state: AppState,
    organization: &str,
    ConfirmableForm { person, posted }: ConfirmableForm,
    there: PairThere,
    action: &str,
) -> Result<Response, PageError> {
    let desk = open(&state, person, organization).await?;
    let form = desk.open_form(&state, posted.get("form"))?;
    verbs::readable(&posted)?;
    let environment = match posted.get("environment") {
        "" => None,
        slug => Some(EnvironmentSlug::parse(slug).map_err(|_| PageError::not_found())?),
    };
    let Some(maker) = state.service.recent(&desk.manager) else {
        return Ok(confirm::ask(&state, desk.frame.user_email, action, &posted));
    };
    match state.service.generate_credentials(&maker, environment, there, Some(form)).await? {
        Ok(Created::Issued(issued)) => {
            let replaced = there != PairThere::Stays;
            Ok(keys::show_secret(&state, desk, &issued, Occasion::Credentials { replaced }).await)
        }
        Ok(Created::Replayed(key)) => Ok(shown_before(&state, desk, &key)),
        Err(GenerateRefused::AlreadyThere) => Err(conflict(&state, organization, words::GENERATED_MEANWHILE)),
        Err(GenerateRefused::PlanRequired | GenerateRefused::KindNotOffered) => {
            show(&state, desk, StatusCode::FORBIDDEN).await
        }
        Err(GenerateRefused::NoEnvironment) => Err(PageError::not_found()),
        Err(GenerateRefused::NotAllowed) => Err(conflict(&state, organization, words::NO_LONGER_ALLOWED)),
    }
}

fn shown_before(state: &AppState, desk: OwnDesk, key: &ApiKey) -> Response {
    let view = AlreadyCreatedView {
        frame: desk.frame,
        name: key.name.to_string(),
        client_id: key.client_id.to_string(),
        done: Repeated::Credentials,
    };
    page::render(&state.site, StatusCode::OK, Page::AlreadyCreated(Box::new(view)))
}

fn conflict(state: &AppState, organization: &str, what: &str) -> PageError {
    let view = MessageView {
        product: state.site.product.clone(),
        message: Message::Conflict(what.to_owned()),
        back: Some(routes::credentials(organization)),
    };
    PageError::Page(StatusCode::CONFLICT, Box::new(HiddenPage(Page::Message(view))))
}
