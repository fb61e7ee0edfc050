//! Pages of API keys: any filter, any order, in either direction from any key.

use domain::{
    key::{ApiKey, Owner},
    name,
};
use sqlx::QueryBuilder;

use super::{
    Backend, Connection, Db,
    columns::Columns,
    keys::{api_key, select_keys},
};
use crate::{Direction, Edge, Error, KeyFilter, KeyPage, KeyQuery, Place, SortBy, SortValue};

/// A key ends soon when it ends within this time, milliseconds.
const SOON_MS: i64 = 14 * 24 * 3_600_000;

/// More characters than the folded form of any name has.
const SEARCH_MAX: usize = 4_000;

/// For an order without an index: ids are found before rows are joined, so that nothing but them is sorted.
const PAGE: &str = concat!(select_keys!(), " WHERE k.org_id = ");

const IDS: &str = concat!("SELECT k.id FROM api_keys k ", join_owner!());

const COUNT: &str = concat!("SELECT COUNT(*) AS counted FROM (SELECT 1 FROM api_keys k ", join_owner!());

impl Backend {
    pub(super) async fn page(&self, query: &KeyQuery) -> Result<KeyPage, Error> {
        let mut connection = self.readers.acquire().await?;
        let edge = known_edge(&mut connection, query).await?;
        let (keys, has_more) = page_at(&mut connection, query, edge.as_ref()).await?;
        let backwards = matches!(edge, Some(Edge::Before(_)));
        let cap = if query.counted { KeyPage::COUNT_CAP } else { 1 };
        let before = match (keys.first(), &edge) {
            (_, None) | (None, Some(Edge::Before(_))) => 0,
            (first, Some(_)) => count(&mut connection, beyond(query, reversed(query.direction), first), cap).await?,
        };
        let has_next = match keys.last() {
            last if backwards => count(&mut connection, beyond(query, query.direction, last), 1).await? > 0,
            _ => has_more,
        };
        let page = KeyPage { keys, has_previous: before > 0, has_next, before: 0, total: 0 };
        if !query.counted {
            return Ok(page);
        }
        let total = count(&mut connection, matching(COUNT, query), KeyPage::COUNT_CAP + 1).await?;
        Ok(KeyPage { before, total, ..page })
    }
}

/// Counts the keys beyond a page that ends with this key; all of them where the page is empty.
fn beyond(query: &KeyQuery, direction: Direction, last: Option<&ApiKey>) -> QueryBuilder<Db> {
    let mut sql = matching(COUNT, query);
    if let Some(last) = last {
        push_beyond(&mut sql, query, direction, &last.client_id.clone().into());
    }
    sql
}

/// The edge of the query, if its key is one that the list could show in some state.
async fn known_edge(connection: &mut Connection, query: &KeyQuery) -> Result<Option<Edge>, Error> {
    let Some(edge) = &query.edge else { return Ok(None) };
    let (Edge::After(place) | Edge::Before(place)) = edge;
    let mut sql = QueryBuilder::<Db>::new("SELECT 1 FROM api_keys k WHERE k.org_id = ");
    sql.push_bind(query.organization.as_str()).push(" AND k.client_id = ").push_bind(place.client_id().as_str());
    push_environment(&mut sql, query);
    let known = sql.build().fetch_optional(connection).await?;
    Ok(known.map(|_| edge.clone()))
}

/// The keys of the page, and whether there are more in the direction it is read in.
async fn page_at(
    connection: &mut Connection,
    query: &KeyQuery,
    edge: Option<&Edge>,
) -> Result<(Vec<ApiKey>, bool), Error> {
    // A page that ends at a key is read from there backwards.
    let (direction, from) = match edge {
        None => (query.direction, None),
        Some(Edge::After(place)) => (query.direction, Some(place)),
        Some(Edge::Before(place)) => (reversed(query.direction), Some(place)),
    };
    let indexed = matches!(query.sort, SortBy::Name | SortBy::Created);
    let mut sql = QueryBuilder::new(if indexed { select_keys!() } else { PAGE });
    if !indexed {
        sql.push_bind(query.organization.as_str()).push(" AND k.id IN (").push(IDS);
    }
    push_matching(&mut sql, query);
    if let Some(place) = from {
        push_beyond(&mut sql, query, direction, place);
    }
    let order = match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    };
    let order = format!(" ORDER BY {} {order}, k.id {order}", sort_value(query.sort));
    sql.push(&order).push(" LIMIT ").push_bind(i64::from(query.limit) + 1);
    if !indexed {
        sql.push(")").push(&order);
    }
    let rows = sql.build().fetch_all(connection).await?;
    let shown = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let mut keys = rows.iter().take(shown).map(api_key).collect::<Result<Vec<_>, _>>()?;
    if direction != query.direction {
        keys.reverse();
    }
    Ok((keys, rows.len() > shown))
}

/// How many keys `sql` finds, counted up to `cap`.
async fn count(connection: &mut Connection, mut sql: QueryBuilder<Db>, cap: u32) -> Result<u32, Error> {
    sql.push(" LIMIT ").push_bind(i64::from(cap)).push(") AS matching");
    sql.build().fetch_one(connection).await?.number("counted")
}

/// `select`, which names the key `k` and joins its owner, with the conditions of the query.
fn matching(select: &str, query: &KeyQuery) -> QueryBuilder<Db> {
    let mut sql = QueryBuilder::new(select);
    push_matching(&mut sql, query);
    sql
}

fn push_matching(sql: &mut QueryBuilder<Db>, query: &KeyQuery) {
    sql.push(" WHERE k.org_id = ").push_bind(query.organization.as_str());
    push_environment(sql, query);
    match &query.owner {
        None => {}
        Some(Owner::Organization) => {
            sql.push(" AND k.owner_user_id IS NULL");
        }
        Some(Owner::User(id)) => {
            sql.push(" AND k.owner_user_id = ").push_bind(id.as_str());
        }
    }
    push_search(sql, query);
    push_filter(sql, query);
}

fn push_environment(sql: &mut QueryBuilder<Db>, query: &KeyQuery) {
    if let Some(environment) = &query.environment {
        sql.push(" AND k.environment = ").push_bind(environment.as_str());
    }
}

fn push_search(sql: &mut QueryBuilder<Db>, query: &KeyQuery) {
    let search = query.search.as_deref().map(name::search_key).unwrap_or_default();
    if search.is_empty() {
        return;
    }
    let literal: String = search
        .chars()
        .take(SEARCH_MAX)
        // PostgreSQL refuses the first in any text; no name holds either.
        .map(|c| if c == '\0' { '\u{1}' } else { c })
        .flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c]))
        .collect();
    sql.push(" AND (k.name_search LIKE ").push_bind(format!("%{literal}%")).push(r" ESCAPE '\'");
    sql.push(" OR k.client_id LIKE ").push_bind(format!("{literal}%")).push(r" ESCAPE '\')");
}

fn push_filter(sql: &mut QueryBuilder<Db>, query: &KeyQuery) {
    let now = query.now.as_millis();
    if !matches!(query.filter, KeyFilter::Revoked | KeyFilter::Every) {
        sql.push(" AND k.revoked_at IS NULL");
    }
    if matches!(query.filter, KeyFilter::Active | KeyFilter::ExpiresSoon | KeyFilter::Suspended) {
        sql.push(" AND (k.expires_at IS NULL OR k.expires_at > ").push_bind(now).push(")");
    }
    match query.filter {
        KeyFilter::NotRevoked | KeyFilter::Every => {}
        KeyFilter::Active => {
            sql.push(concat!(" AND k.suspended_at IS NULL AND ", owner_active!()));
        }
        KeyFilter::ExpiresSoon => {
            sql.push(concat!(" AND k.suspended_at IS NULL AND ", owner_active!(), " AND k.expires_at <= "));
            sql.push_bind(now + SOON_MS);
        }
        KeyFilter::Suspended => {
            sql.push(concat!(" AND (k.suspended_at IS NOT NULL OR NOT ", owner_active!(), ")"));
        }
        KeyFilter::Expired => {
            sql.push(" AND k.expires_at <= ").push_bind(now);
        }
        KeyFilter::NeverUsed => {
            sql.push(" AND k.last_used_at IS NULL");
        }
        KeyFilter::Revoked => {
            sql.push(" AND k.revoked_at IS NOT NULL");
        }
    }
}

/// Only keys that come after that place in `direction`, whether or not its key still matches.
fn push_beyond(sql: &mut QueryBuilder<Db>, query: &KeyQuery, direction: Direction, place: &Place) {
    let value = sort_value(query.sort);
    let comparison = match direction {
        Direction::Ascending => ">",
        Direction::Descending => "<",
    };
    sql.push(format_args!(" AND ({value}, k.id) {comparison} ("));
    match place.was() {
        None => sql.push("SELECT ").push(value).push(", k.id"),
        Some(SortValue::Name(name)) => sql.push_bind(name.clone()).push(", (SELECT k.id"),
        Some(SortValue::Time(millis)) => sql.push_bind(*millis).push(", (SELECT k.id"),
    };
    sql.push(" FROM api_keys k WHERE k.org_id = ").push_bind(query.organization.as_str());
    sql.push(" AND k.client_id = ").push_bind(place.client_id().as_str());
    sql.push(if place.was().is_some() { "))" } else { ")" });
}

/// What keys are sorted by. The constants lie outside every possible time.
fn sort_value(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Name => "k.name_search",
        SortBy::LastUsed => "COALESCE(k.last_used_at, -999999999999999)",
        SortBy::Expires => "COALESCE(k.expires_at, 999999999999999)",
        SortBy::Created => "k.created_at",
    }
}

fn reversed(direction: Direction) -> Direction {
    match direction {
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    }
}
