//! The Activity Log, on a page and as files.

use app::{
    components::activity::ActivityRow,
    frame::Section,
    pages::{
        Page,
        activity::{ActivityFilters, ActivityView, LoggedRow},
    },
    words::activity_log::{filters as words, spans},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    activity::{Entry, Event},
    field::{FieldError, keep},
    id::UserId,
    secret::ClientId,
    slug::EnvironmentSlug,
};
use futures_util::stream;
use service::{Failure, authority::Administrator, store::ActivityQuery};

use super::{
    desk::Desk,
    page::{self, PageError},
    same_origin,
    session::SignedIn,
};
use crate::{representation, state::AppState, telemetry};

/// Rows on a page, and rows that an export reads at a time.
const PER_PAGE: u32 = 50;
const PER_BATCH: u32 = 500;

/// Value of the filter for what whoever runs the deployment did.
const COMMAND_LINE: &str = "-";

/// Spans of days in one step: name, and how many days ago they begin and end.
const SPANS: [(&str, i64, i64); 4] =
    [(spans::TODAY, 0, 0), (spans::YESTERDAY, 1, 1), (spans::LAST_7_DAYS, 6, 0), (spans::LAST_30_DAYS, 29, 0)];

/// Columns of the CSV file.
const COLUMNS: [&str; 11] = [
    "time",
    "event",
    "actor_type",
    "actor",
    "actor_id",
    "target",
    "target_id",
    "environment",
    "address",
    "request_id",
    "details",
];

/// `GET …/activity`: newest first.
pub async fn page(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let desk = Desk::open_organization(&state, person, &organization, Section::Activity).await?;
    let filters = filters(query);
    let (query, errors) = match read(&desk, &filters) {
        Ok(query) => (Some(query), Vec::new()),
        Err(errors) => (None, errors),
    };
    let (rows, has_older) = match query {
        Some(query) => {
            let page = state.service.activity_of_organization(&desk.manager, query).await?;
            let row = |entry| ActivityRow::new(entry, &desk.clock);
            let rows = page.rows.iter().map(|logged| LoggedRow { sequence: logged.sequence, row: row(&logged.entry) });
            (rows.collect(), page.has_next)
        }
        None => (Vec::new(), false),
    };
    let members = state.service.members(&desk.manager).await?;
    let members = members.into_iter().map(|member| (member.user.to_string(), member.name.to_string()));
    let people = members.chain([(COMMAND_LINE.to_owned(), words::COMMAND_LINE.to_owned())]).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let spans = SPANS.map(|(name, first, last)| (name, desk.clock.date(first), desk.clock.date(last))).to_vec();
    let zone = desk.clock.zone_name().to_owned();
    let view = ActivityView { frame: desk.frame, filters, errors, people, rows, has_older, spans, zone };
    Ok(page::render(&state.site, status, Page::Activity(Box::new(view))))
}

fn filters(query: Option<String>) -> ActivityFilters {
    ActivityFilters::from_pairs(form_urlencoded::parse(query.unwrap_or_default().as_bytes()))
}

fn read(desk: &Desk<Administrator>, filters: &ActivityFilters) -> Result<ActivityQuery, Vec<FieldError>> {
    let mut errors = Vec::new();
    let typed = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let unknown = |name: &str| FieldError::new(name, "unknown", words::UNKNOWN_CHOICE);
    let who = typed(&filters.actor).map(|id| actor(&id).ok_or_else(|| unknown("actor")));
    let who = who.and_then(|who| keep(who, &mut errors));
    let event = typed(&filters.event).map(|event| Event::parse(&event).ok_or_else(|| unknown("event")));
    let event = event.and_then(|event| keep(event, &mut errors));
    let environment = typed(&filters.env).map(|slug| EnvironmentSlug::parse(&slug).map_err(|_| unknown("env")));
    let environment = environment.and_then(|environment| keep(environment, &mut errors));
    let key = typed(&filters.key)
        .map(|key| ClientId::parse(&key).ok_or_else(|| FieldError::new("key", "malformed", words::KEY_MALFORMED)));
    let key = key.and_then(|key| keep(key, &mut errors));
    let mut day = |name: &str, text: &str, after: i64| {
        let instant = typed(text).map(|day| {
            desk.clock.start_of(&day, after).ok_or_else(|| FieldError::new(name, "malformed", words::DAY_MALFORMED))
        });
        instant.and_then(|instant| keep(instant, &mut errors))
    };
    let (from, until) = (day("from", &filters.from, 0), day("to", &filters.to, 1));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        errors.push(FieldError::new("to", "before_from", words::TO_BEFORE_FROM));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(ActivityQuery {
        organization: desk.manager.member().organization.id.clone(),
        concerning: None,
        actor: who,
        event,
        target: key.map(|key| key.to_string()),
        environment,
        from,
        until,
        before: filters.before,
        limit: PER_PAGE,
    })
}

/// An actor as rows name one; the command line has no id.
fn actor(typed: &str) -> Option<String> {
    match typed {
        COMMAND_LINE => Some(String::new()),
        id if UserId::parse(id).is_some() || ClientId::parse(id).is_some() => Some(id.to_owned()),
        _ => None,
    }
}

/// `GET …/activity/since/{sequence}`: how many rows that match came after one, as text; "50+" for more.
pub async fn since(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, sequence)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let sequence: i64 = sequence.parse().map_err(|_| PageError::not_found())?;
    let desk = Desk::open_organization(&state, person, &organization, Section::Activity).await?;
    let query = read(&desk, &filters(query)).map_err(|_| PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY))?;
    let page = state.service.activity_of_organization(&desk.manager, query).await?;
    let newer = page.rows.iter().take_while(|row| row.sequence > sequence).count();
    let more = page.has_next && newer == page.rows.len();
    Ok(if more { format!("{newer}+") } else { newer.to_string() }.into_response())
}

/// `GET …/activity/export/{format}`: every row that matches, newest first, as `csv` or as `json` lines. The log says who
/// took them out, so another site cannot let it happen.
pub async fn export(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, format)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if same_origin::is_from_elsewhere(&headers) {
        return Err(PageError::cross_site());
    }
    let desk = Desk::open_organization(&state, person, &organization, Section::Activity).await?;
    let (media_type, extension, head, line): (_, _, _, fn(&Entry) -> String) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", "csv", csv_line(COLUMNS.map(str::to_owned)), csv),
        "json" => ("application/x-ndjson", "jsonl", String::new(), json_line),
        _ => return Err(PageError::not_found()),
    };
    let query = read(&desk, &filters(query)).map_err(|_| PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY))?;
    let query = state.service.export_activity(&desk.manager, &format, query).await?;
    let disposition = format!("attachment; filename=\"{organization}-activity.{extension}\"");
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, lines(state, desk.manager, query, head, line)).into_response())
}

/// Lines in batches, so that a long log is never in memory as a whole.
fn lines(
    state: AppState,
    admin: Administrator,
    query: ActivityQuery,
    head: String,
    line: fn(&Entry) -> String,
) -> Body {
    let first = Some((ActivityQuery { limit: PER_BATCH, ..query }, head));
    let batches = stream::try_unfold(first, move |next| {
        let (state, admin) = (state.clone(), admin.clone());
        async move {
            let Some((query, mut text)) = next else { return Ok(None) };
            let page = state
                .service
                .activity_of_organization(&admin, query.clone())
                .await
                .inspect_err(|failure| telemetry::log_failure(failure))?;
            text.extend(page.rows.iter().map(|row| line(&row.entry)));
            let last = page.rows.last().filter(|_| page.has_next).map(|row| row.sequence);
            let next = last.map(|before| (ActivityQuery { before: Some(before), ..query }, String::new()));
            Ok::<_, Failure>(Some((Bytes::from(text), next)))
        }
    });
    Body::from_stream(batches)
}

fn json_line(entry: &Entry) -> String {
    format!("{}\n", representation::activity(entry))
}

fn csv(entry: &Entry) -> String {
    csv_line([
        entry.at.to_string(),
        entry.event.to_string(),
        entry.actor.kind.to_string(),
        entry.actor.name.clone(),
        entry.actor.id.clone(),
        entry.target.name.clone(),
        entry.target.id.clone(),
        entry.environment.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.address.clone(),
        entry.request_id.clone(),
        entry.details.clone(),
    ])
}

/// A line of RFC 4180. A text that a spreadsheet would run as a formula is marked as text.
fn csv_line(fields: [String; COLUMNS.len()]) -> String {
    let quoted = fields.map(|field| {
        let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    });
    format!("{}\r\n", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_fields_apart() {
        let mut fields = [const { String::new() }; COLUMNS.len()];
        fields[0] = "say \"hi\", twice".to_owned();
        fields[1] = "=HYPERLINK(1)".to_owned();
        let line = csv_line(fields);
        assert_eq!(
            line,
            format!("\"say \"\"hi\"\", twice\",\"'=HYPERLINK(1)\"{}\r\n", ",\"\"".repeat(COLUMNS.len() - 2))
        );
    }
}
