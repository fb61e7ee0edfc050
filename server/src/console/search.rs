//! Search over every environment of an organization.

use app::{
    frame::Section,
    pages::{
        Page,
        api_keys::{ListQuery, SortBy},
        search::{FoundKey, SearchView},
    },
};
use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::key::ApiKey;
use service::{
    authority::{KeyOwner, OrgAdmin},
    store::KeyQuery,
};

use super::{
    desk::{AtDesk, Desk},
    keys,
    page::{self, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// How many keys are shown.
const FOUND_MAX: u32 = 20;

/// `GET /t/{organization}/search?q=`: an administrator's search is over every key, a member's over their own.
pub async fn page(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let asked = ListQuery::from_pairs(form_urlencoded::parse(query.unwrap_or_default().as_bytes()));
    let asked = ListQuery { q: asked.q, sort: SortBy::Name, descending: false, ..ListQuery::default() };
    let view = match state.service.org_admin(&person.visitor, &organization).await? {
        Ok(_) => search::<OrgAdmin>(&state, person, &organization, asked).await?,
        Err(_) => search::<KeyOwner>(&state, person, &organization, asked).await?,
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::Search(Box::new(view))))
}

async fn search<M: AtDesk>(
    state: &AppState,
    person: SignedIn,
    organization: &str,
    asked: ListQuery,
) -> Result<SearchView, PageError> {
    let desk = Desk::<M>::open_organization(state, person, organization, Section::Search).await?;
    let (keys, more) = if asked.q.is_empty() {
        (Vec::new(), false)
    } else {
        let query = KeyQuery { environment: None, limit: FOUND_MAX, ..keys::key_query(&desk, &asked) };
        let page = state.service.list_keys(&desk.manager, query).await?;
        (page.keys.iter().filter_map(|key| found(&desk, key)).collect(), page.has_next)
    };
    Ok(SearchView { q: asked.q, keys, more, frame: desk.frame })
}

fn found<M: AtDesk>(desk: &Desk<M>, key: &ApiKey) -> Option<FoundKey> {
    let environment = desk.environments.iter().find(|known| known.slug == key.environment)?;
    let row = keys::row(desk, key);
    Some(FoundKey { name: row.name, client_id: row.client_id, env: page::place(environment), status: row.status })
}
