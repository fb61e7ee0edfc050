//! Environments of an organization: made, renamed, retired.

use app::{
    frame::Section,
    pages::{
        Page,
        message::{Message, MessageView},
        settings::{EnvironmentQuestion, EnvironmentQuestionView, NewEnvironment, SectionForm},
    },
    routes,
    words::environments as words,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    field::{FieldError, Refusal, keep},
    name::Name,
    organization::Environment,
    slug::EnvironmentSlug,
};
use service::store::{CreateEnvironment, RetireEnvironment};

use super::{
    NotSaved, SettingsDesk,
    organization::{done, view},
};
use crate::{
    console::{
        confirm::ConfirmableForm,
        form::PostedForm,
        page::{self, HiddenPage, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// Slugs of organization and environment.
type EnvironmentPath = Path<(String, String)>;

/// An administrator in front of one environment.
struct EnvironmentDesk {
    at: SettingsDesk,
    environment: Environment,
}

/// Makes an environment out of the form on the settings page.
pub(super) async fn create(at: &SettingsDesk, posted: &PostedForm) -> Result<Response, PageError> {
    let refused = match parse(posted) {
        Ok((slug, name)) => match at.state.service.create_environment(&at.desk.manager, slug, name.clone()).await? {
            CreateEnvironment::Created => return done(at, &words::new::added(name.as_str())).await,
            CreateEnvironment::SlugTaken => vec![FieldError::new("slug", "slug_taken", words::new::SLUG_TAKEN)],
            CreateEnvironment::Full { limit } => {
                vec![FieldError::new("name", "limit_reached", words::new::full(limit))]
            }
        },
        Err(errors) => errors,
    };
    let mut view = view(at);
    let (status, state) = at.explain(view.environments.new.state, NotSaved::Fields(refused));
    view.environments.new = filled(state, posted);
    Ok(page::render(&at.state.site, status, Page::OrganizationSettings(Box::new(view))))
}

/// The form as it was typed.
pub(super) fn filled(state: SectionForm, posted: &PostedForm) -> NewEnvironment {
    let typed = |field| posted.get(field).to_owned();
    NewEnvironment { state, name: typed("name"), slug: typed("slug") }
}

fn parse(posted: &PostedForm) -> Result<(EnvironmentSlug, Name), Vec<FieldError>> {
    let mut errors = Vec::new();
    let name = keep(Name::parse(posted.get("name")).map_err(|error| error.of("name")), &mut errors);
    let slug = keep(EnvironmentSlug::parse(posted.get("slug").trim()).map_err(|error| error.of("slug")), &mut errors);
    slug.zip(name).ok_or(errors)
}

/// `GET …/environments/{environment}/rename`.
pub async fn ask_rename(
    State(state): State<AppState>,
    mut person: SignedIn,
    path: EnvironmentPath,
) -> Result<Response, PageError> {
    let kept = person.kept.take();
    let desk = EnvironmentDesk::open(state, person, path).await?;
    let name = kept.map_or_else(|| desk.environment.name.to_string(), |kept| kept.get("name").to_owned());
    Ok(desk.ask(StatusCode::OK, EnvironmentQuestion::Rename(name), Vec::new()))
}

/// `POST …/environments/{environment}/rename`.
pub async fn rename(
    State(state): State<AppState>,
    path: EnvironmentPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let desk = EnvironmentDesk::posted(state, person, path, &posted).await?;
    let name = match Name::parse(posted.get("name")) {
        Ok(name) => name,
        Err(error) => {
            let question = EnvironmentQuestion::Rename(posted.get("name").to_owned());
            return Ok(desk.ask(StatusCode::UNPROCESSABLE_ENTITY, question, vec![error.of("name")]));
        }
    };
    let service = &desk.at.state.service;
    if !service.rename_environment(&desk.at.desk.manager, &desk.environment.slug, name.clone()).await? {
        return Err(PageError::not_found());
    }
    done(&desk.at, &words::rename::done(desk.environment.name.as_str(), name.as_str())).await
}

/// `GET …/environments/{environment}/retire`.
pub async fn ask_retire(
    State(state): State<AppState>,
    person: SignedIn,
    path: EnvironmentPath,
) -> Result<Response, PageError> {
    let desk = EnvironmentDesk::open(state, person, path).await?;
    match desk.environment.live_keys {
        0 => Ok(desk.ask(StatusCode::OK, EnvironmentQuestion::Retire, Vec::new())),
        live_keys => Err(desk.in_use(live_keys)),
    }
}

/// `POST …/environments/{environment}/retire`.
pub async fn retire(
    State(state): State<AppState>,
    path: EnvironmentPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let desk = EnvironmentDesk::posted(state, person, path, &posted).await?;
    match desk.at.state.service.retire_environment(&desk.at.desk.manager, &desk.environment.slug).await? {
        RetireEnvironment::Retired => done(&desk.at, &words::retire::done(desk.environment.name.as_str())).await,
        RetireEnvironment::InUse { live_keys } => Err(desk.in_use(live_keys)),
        RetireEnvironment::Last => Err(desk.conflict(words::retire::only_one(desk.environment.name.as_str()))),
        RetireEnvironment::NotFound => Err(PageError::not_found()),
    }
}

impl EnvironmentDesk {
    async fn open(state: AppState, person: SignedIn, path: EnvironmentPath) -> Result<Self, PageError> {
        let Path((organization, environment)) = path;
        let at = SettingsDesk::open(state, person, &organization, Section::Organization).await?;
        Self::at(at, &environment)
    }

    async fn posted(
        state: AppState,
        person: SignedIn,
        path: EnvironmentPath,
        posted: &PostedForm,
    ) -> Result<Self, PageError> {
        let Path((organization, environment)) = path;
        let at = SettingsDesk::posted(state, person, &organization, Section::Organization, posted).await?;
        Self::at(at, &environment)
    }

    fn at(at: SettingsDesk, slug: &str) -> Result<Self, PageError> {
        let known = at.desk.environments.iter().find(|known| known.slug.as_str() == slug).cloned();
        Ok(Self { environment: known.ok_or_else(PageError::not_found)?, at })
    }

    fn ask(self, status: StatusCode, question: EnvironmentQuestion, errors: Vec<FieldError>) -> Response {
        let place = page::place(&self.environment);
        let form = self.at.desk.form_value(&self.at.state);
        let view = EnvironmentQuestionView { frame: self.at.desk.frame, place, form, question, errors };
        page::render(&self.at.state.site, status, Page::EnvironmentQuestion(Box::new(view)))
    }

    /// Says what is in the way of retiring it.
    fn in_use(&self, live_keys: u32) -> PageError {
        self.conflict(words::retire::in_use(self.environment.name.as_str(), live_keys))
    }

    fn conflict(&self, what: String) -> PageError {
        let back = routes::organization_settings(&self.at.desk.frame.org.slug);
        let product = self.at.state.site.product.clone();
        let view = MessageView { product, message: Message::Conflict(what), back: Some(back) };
        PageError::Page(StatusCode::CONFLICT, Box::new(HiddenPage(Page::Message(view))))
    }
}
