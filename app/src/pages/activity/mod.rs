//! The Activity Log: who did what, filtered by a plain GET form.

mod query;

use domain::{activity::Event, field::FieldError};
use leptos::{either::Either, prelude::*};

pub use query::ActivityFilters;

use crate::{
    components::{
        activity::ActivityRow,
        form::{ErrorText, error_of},
        key_mark::KeyMark,
        moment::Time,
    },
    frame::{Frame, FrameView, Place, Section},
    islands::ActivityPage as Island,
    routes::{self, KeyPages},
    words::activity_log::{self as words, filters as asked, pages, spans as span, table},
};

/// A row with its place in the log.
#[derive(Clone, Debug)]
pub struct LoggedRow {
    /// Place in the log.
    pub sequence: i64,
    /// What happened.
    pub row: ActivityRow,
}

/// The page.
#[derive(Clone, Debug)]
pub struct ActivityView {
    /// The frame.
    pub frame: FrameView,
    /// What was asked for.
    pub filters: ActivityFilters,
    /// What cannot be read in it.
    pub errors: Vec<FieldError>,
    /// Everybody who can be asked for: value and name.
    pub people: Vec<(String, String)>,
    /// The rows on this page, newest first.
    pub rows: Vec<LoggedRow>,
    /// Whether older ones follow.
    pub has_older: bool,
    /// Spans of days that are often asked for: name, first and last day.
    pub spans: Vec<(&'static str, String, String)>,
    /// In which time zone days begin and end.
    pub zone: String,
}

impl ActivityView {
    pub(super) fn title(&self) -> String {
        self.frame.title_in_organization(words::HEADING)
    }
}

/// The page's markup.
#[component]
pub fn ActivityPage(
    /// Its contents.
    view: ActivityView,
) -> AnyView {
    let ActivityView { frame, filters, errors, people, rows, has_older, spans, zone } = view;
    let log = routes::activity(&frame.org.slug);
    let environments = frame.environments.clone();
    let older = rows.last().filter(|_| has_older).map(|last| filters.before(last.sequence).href(&log));
    let newest = filters.before.is_some().then(|| filters.newest().href(&log));
    let first = rows.first().map_or(0, |row| row.sequence);
    let newer = filters.before.is_none().then(|| {
        let since = filters.href(&routes::activity_since(&frame.org.slug, first));
        view! { <Newer since list=filters.href(&log) /> }
    });
    let export = |format| filters.newest().href(&routes::export_activity(&frame.org.slug, format));
    let exports = (!rows.is_empty()).then(|| {
        view! {
            <div class="page-actions">
                <a class="button" href=export("csv") download>{words::EXPORT_CSV}</a>
                <a class="button" href=export("json") download>{words::EXPORT_JSON}</a>
            </div>
        }
    });
    let body = if rows.is_empty() {
        Either::Left(view! { <NothingHappened plain=filters.is_plain() list=log.clone() /> })
    } else {
        Either::Right(view! { <Log pages=frame.keys.clone() rows environments=environments.clone() /> })
    };
    view! {
        <Frame view=frame section=Section::Activity>
            <header class="page-head">
                <h1>{words::HEADING}</h1>
                <p class="lede">{words::LEDE}</p>
                {exports}
            </header>
            <Filters action=log.clone() filters=filters.clone() errors people environments />
            <Spans list=log filters spans zone />
            {newer}
            <div class="results">{body}</div>
            <nav class="pages" aria-label=pages::LABEL>
                <p></p>
                {newest.map(|href| view! { <a class="button" rel="prev" href=href>{pages::NEWEST}</a> })}
                {older.map(|href| view! { <a class="button" rel="next" href=href>{pages::OLDER}</a> })}
            </nav>
        </Frame>
        <Island />
    }
    .into_any()
}

/// Says that there is more, when the script finds out; what is on screen does not move by itself.
#[component]
fn Newer(since: String, list: String) -> impl IntoView {
    view! {
        <p class="newer" role="status">
            <button type="button" class="button" data-newer=since data-list=list hidden></button>
        </p>
    }
}

/// Spans of days in one step.
#[component]
fn Spans(
    list: String,
    filters: ActivityFilters,
    spans: Vec<(&'static str, String, String)>,
    zone: String,
) -> impl IntoView {
    let links = spans
        .into_iter()
        .map(|(name, from, to)| {
            let current = (filters.from == from && filters.to == to).then_some("true");
            view! { <li><a href=filters.within(&from, &to).href(&list) aria-current=current>{name}</a></li> }
        })
        .collect_view();
    view! {
        <nav class="spans" aria-label=span::LABEL>
            <ul role="list">{links}</ul>
            <p class="hint">{span::zone(&zone)}</p>
        </nav>
    }
}

#[component]
fn NothingHappened(plain: bool, list: String) -> impl IntoView {
    let clear = (!plain).then(|| view! { <p><a class="button" href=list>{asked::CLEAR}</a></p> });
    view! { <div class="empty"><h2>{words::EMPTY}</h2>{clear}</div> }
}

/// A choice among values, the first of which is none.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    any: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> AnyView {
    let unknown = !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen);
    let unknown = unknown.then(|| (chosen.clone(), chosen.clone()));
    let options = unknown
        .into_iter()
        .chain(options)
        .map(|(value, text)| view! { <option value=value.clone() selected=value == chosen>{text}</option> })
        .collect_view();
    view! {
        <div class="filter">
            <label for=name>{label}</label>
            <select id=name name=name><option value="">{any}</option>{options}</select>
        </div>
    }
    .into_any()
}

#[component]
fn Day(name: &'static str, label: &'static str, value: String, errors: Vec<FieldError>) -> impl IntoView {
    let error = error_of(&errors, name);
    view! {
        <div class="filter">
            <label for=name>{label}</label>
            <input
                type="date"
                id=name
                name=name
                value=value
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=format!("{name}-error")
            />
            <ErrorText id=name error />
        </div>
    }
}

#[component]
fn Filters(
    action: String,
    filters: ActivityFilters,
    errors: Vec<FieldError>,
    people: Vec<(String, String)>,
    environments: Vec<Place>,
) -> AnyView {
    let events = Event::ALL.iter().map(|event| (event.to_string(), asked::event(*event))).collect();
    let environments = environments.into_iter().map(|place| (place.slug, place.name)).collect();
    let key_error = error_of(&errors, "key");
    let clear = (!filters.is_plain()).then(|| view! { <a class="button link" href=action.clone()>{asked::CLEAR}</a> });
    view! {
        <search>
            <form class="filters" method="get" action=action.clone()>
                <Choice name="actor" label=asked::WHO any=asked::ANYONE options=people chosen=filters.actor />
                <Choice name="event" label=asked::EVENT any=asked::ANYTHING options=events chosen=filters.event />
                <Choice name="env" label=asked::ENVIRONMENT any=asked::ALL options=environments chosen=filters.env />
                <div class="filter grow">
                    <label for="key">{asked::KEY}</label>
                    <input
                        type="search"
                        id="key"
                        name="key"
                        value=filters.key
                        placeholder=asked::KEY_PLACEHOLDER
                        autocomplete="off"
                        aria-invalid=key_error.is_some().then_some("true")
                        aria-describedby="key-error"
                    />
                    <ErrorText id="key" error=key_error />
                </div>
                <Day name="from" label=asked::FROM value=filters.from errors=errors.clone() />
                <Day name="to" label=asked::TO value=filters.to errors />
                <button type="submit" class="button">{asked::SHOW}</button>
                {clear}
            </form>
        </search>
    }
    .into_any()
}

#[component]
fn Log(pages: KeyPages, rows: Vec<LoggedRow>, environments: Vec<Place>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|LoggedRow { row, .. }| {
            let known = environments.iter().find(|place| place.slug == row.environment);
            let environment = known.map_or_else(|| row.environment.clone(), |place| place.name.clone());
            view! { <Row pages=pages.in_environment(&row.environment) row environment /> }
        })
        .collect_view();
    view! {
        <table class="keys log" role="table" data-testid="activity-table">
            <caption class="sr-only">{table::CAPTION}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{table::TIME}</th>
                    <th role="columnheader" scope="col">{table::WHO}</th>
                    <th role="columnheader" scope="col">{table::WHAT}</th>
                    <th role="columnheader" scope="col">{table::TARGET}</th>
                    <th role="columnheader" scope="col">{table::ENVIRONMENT}</th>
                    <th role="columnheader" scope="col">{table::IP}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn Row(pages: KeyPages, row: ActivityRow, environment: String) -> AnyView {
    let is_key = row.target_id.contains("_ci_") && !row.environment.is_empty();
    let target = if is_key {
        let href = pages.key(&row.target_id);
        Either::Left(view! { <KeyMark client_id=row.target_id.clone() /><a href=href>{row.target.clone()}</a> })
    } else {
        Either::Right(row.target.clone())
    };
    // A cell without contents is left out where rows are blocks.
    let environment = (!environment.is_empty()).then_some(environment);
    let address = (!row.address.is_empty()).then(|| view! { <bdi class="mono" dir="ltr">{row.address.clone()}</bdi> });
    view! {
        <tr role="row" class="key-row" data-testid="activity-row">
            <th role="rowheader" scope="row"><Time moment=row.at.clone() /></th>
            <td role="cell" data-label=table::WHO>{row.who.clone()}</td>
            <td role="cell" data-label=table::WHAT>{row.what.clone()}<Particulars row=row.clone() /></td>
            <td role="cell" data-label=table::TARGET><span class="target">{target}</span></td>
            <td role="cell" data-label=table::ENVIRONMENT>{environment}</td>
            <td role="cell" data-label=table::IP>{address}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Particulars(row: ActivityRow) -> impl IntoView {
    let ids = [(table::TARGET_ID, row.target_id), (table::REQUEST, row.request_id)]
        .into_iter()
        .filter(|(_, id)| !id.is_empty())
        .map(|(name, id)| view! { <div><dt>{name}</dt><dd><bdi class="mono" dir="ltr">{id}</bdi></dd></div> })
        .collect_view();
    let details = row
        .details
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <div><dt>{table::particular(&name)}</dt><dd>{value}</dd></div> })
        .collect_view();
    let facts = view! { <div><dt>{table::EXACT_TIME}</dt><dd>{row.at.exact}</dd></div>{ids}{details} };
    let summary =
        view! { <summary>{table::DETAILS}<span class="sr-only">{table::of(&row.what, &row.target)}</span></summary> };
    view! { <details class="particulars">{summary}<dl class="facts">{facts}</dl></details> }
}
