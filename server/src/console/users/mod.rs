//! The people of an organization, as its administrators manage them: whether API keys are on or not.

pub mod invite;
pub mod person;
pub mod state;

use app::{
    frame::Section,
    pages::{
        Page,
        message::{Message, MessageView},
        users::{PendingRow, PersonRow, Slice, UserFilters, UsersView},
    },
    routes,
    words::user as words,
};
use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::id::UserId;
use service::{
    accounts::AccountRefused,
    authority::Administrator,
    members::{PEOPLE_PER_PAGE, PeopleQuery, Person},
};

use super::{
    confirm,
    desk::Desk,
    form::PostedForm,
    page::{self, HiddenPage, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// Most invitations that the list shows.
const PENDING_SHOWN: usize = 100;

/// An administrator among the people of the organization.
type PeopleDesk = Desk<Administrator>;

/// `GET …/users`: everybody, and who is invited.
pub async fn list(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let desk = open(&state, person, &organization).await?;
    let filters = UserFilters::from_pairs(form_urlencoded::parse(query.unwrap_or_default().as_bytes()));
    let UserFilters { q, role, status, page } = filters.clone();
    let found = state.service.people(&desk.manager, PeopleQuery { search: q, role, state: status, page }).await?;
    let pending = state.service.invitations(&desk.manager).await?;
    let you = &desk.manager.member().user;
    let view = UsersView {
        filters: UserFilters { page: found.page, ..filters },
        rows: found.people.iter().map(|person| PersonRow::new(person, you, &desk.clock)).collect(),
        slice: Slice { before: found.page * PEOPLE_PER_PAGE, total: found.total, everybody: found.everybody },
        pending_total: pending.len(),
        pending: pending.iter().take(PENDING_SHOWN).map(|each| PendingRow::new(each, &desk.clock)).collect(),
        form: desk.form_value(&state),
        frame: desk.frame,
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::Users(Box::new(view))))
}

async fn open(state: &AppState, person: SignedIn, organization: &str) -> Result<PeopleDesk, PageError> {
    Desk::open_organization(state, person, organization, Section::Users).await
}

/// Slugs and ids of an organization and somebody in it.
type PersonPath = Path<(String, String)>;

/// A person in front of an administrator.
struct PersonDesk {
    state: AppState,
    desk: PeopleDesk,
    person: Person,
}

impl PersonDesk {
    async fn open(
        state: AppState,
        signed_in: SignedIn,
        Path((organization, id)): PersonPath,
    ) -> Result<Self, PageError> {
        let desk = open(&state, signed_in, &organization).await?;
        Self::at(state, desk, &id).await
    }

    /// The person in front of somebody who has posted a form about them.
    async fn posted(
        state: AppState,
        signed_in: SignedIn,
        Path((organization, id)): PersonPath,
        posted: &PostedForm,
    ) -> Result<Self, PageError> {
        let desk = open(&state, signed_in, &organization).await?;
        desk.open_form(&state, posted.get("form"))?;
        Self::at(state, desk, &id).await
    }

    async fn at(state: AppState, desk: PeopleDesk, id: &str) -> Result<Self, PageError> {
        let id = UserId::parse(id).ok_or_else(PageError::not_found)?;
        let person = state.service.person(&desk.manager, &id).await?.ok_or_else(PageError::not_found)?;
        Ok(Self { state, desk, person })
    }

    fn id(&self) -> &UserId {
        &self.person.membership.user
    }

    fn name(&self) -> &str {
        self.person.membership.name.as_str()
    }

    fn is_you(&self) -> bool {
        *self.id() == self.desk.manager.member().user
    }

    fn row(&self) -> PersonRow {
        PersonRow::new(&self.person, &self.desk.manager.member().user, &self.desk.clock)
    }

    /// Asks for the password before what was posted to `action` is done.
    fn confirm(&self, action: &str, posted: &PostedForm) -> Response {
        confirm::ask(&self.state, self.desk.frame.user_email.clone(), action, posted)
    }

    fn address(&self) -> String {
        routes::user(&self.desk.frame.org.slug, self.id().as_str())
    }

    /// To the page of the person, which shows them as they are now and says what was done.
    async fn done(&self, words: &str) -> Result<Response, PageError> {
        self.desk.go_on(&self.address(), words).await
    }

    /// What a rule has to say, or what somebody else did first.
    fn conflict(&self, what: String) -> PageError {
        let product = self.state.site.product.clone();
        let view = MessageView { product, message: Message::Conflict(what), back: Some(self.address()) };
        PageError::Page(StatusCode::CONFLICT, Box::new(HiddenPage(Page::Message(view))))
    }

    fn refused(&self, refused: &AccountRefused) -> PageError {
        match refused {
            AccountRefused::NotFound => PageError::not_found(),
            AccountRefused::Unchanged => self.conflict(words::DONE_BEFORE.to_owned()),
            AccountRefused::LastAdmin(_) => self.conflict(self.last_administrator()),
        }
    }

    fn last_administrator(&self) -> String {
        words::last_administrator(self.name(), &self.desk.frame.org.name)
    }
}
