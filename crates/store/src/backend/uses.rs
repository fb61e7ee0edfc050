//! Uses of keys, written in groups: five statements for up to [`MOST`] of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sqlx::QueryBuilder;

use super::{super::LOCK_KEYS, Connection, Db, columns::Columns};
use crate::{Error, Use};

/// Most uses that one statement writes. Each takes four places of the 32 766 that a statement may have on SQLite.
pub(super) const MOST: usize = 1_000;

const HOUR_MS: i64 = 3_600_000;

/// Organization and id.
type Key<'a> = (&'a str, &'a str);

/// Writes a group of uses. Their keys are locked in order, and all that follows about a key waits for its lock: if every
/// batch hands its groups over in that order, no two batches wait for each other.
pub(super) async fn record(connection: &mut Connection, group: &[Use]) -> Result<(), Error> {
    let there = lock(connection, group).await?;
    let there = |used: &&Use| there.contains(&(used.organization.to_string(), used.key.to_string()));
    let uses: Vec<&Use> = group.iter().filter(there).collect();
    if uses.is_empty() {
        return Ok(());
    }
    move_keys(connection, &uses).await?;
    move_secrets(connection, &uses).await?;
    count(connection, &uses).await?;
    count_tokens(connection, &uses).await
}

/// Locks the keys, and returns those that are there: a use may outlive its key.
async fn lock(connection: &mut Connection, group: &[Use]) -> Result<HashSet<(String, String)>, Error> {
    let keys: BTreeSet<_> = group.iter().map(key).collect();
    let mut locking = QueryBuilder::<Db>::new("SELECT k.org_id, k.id FROM (");
    locking.push_values(keys, |mut row, (organization, key)| {
        row.push_bind(organization).push_bind(key);
    });
    locking
        .push(") AS used JOIN api_keys k ON k.org_id = used.column1 AND k.id = used.column2 ORDER BY k.org_id, k.id");
    locking.push(LOCK_KEYS);
    let rows = locking.build().persistent(false).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.get("org_id")?, row.get("id")?))).collect()
}

/// Moves the last use of keys, never back.
async fn move_keys(connection: &mut Connection, uses: &[&Use]) -> Result<(), Error> {
    let mut latest = BTreeMap::<Key<'_>, &Use>::new();
    for used in uses {
        let kept = latest.entry(key(used)).or_insert(used);
        if used.at > kept.at {
            *kept = used;
        }
    }
    let mut moving = QueryBuilder::<Db>::new(
        "UPDATE api_keys SET last_used_at = used.column3, last_used_ip = used.column4, last_used_agent = used.column5 FROM (",
    );
    moving.push_values(latest, |mut row, ((organization, key), used)| {
        row.push_bind(organization).push_bind(key).push_bind(used.at.as_millis());
        row.push_bind(&used.address).push_bind(&used.user_agent);
    });
    moving.push(
        ") AS used WHERE api_keys.org_id = used.column1 AND api_keys.id = used.column2 \
         AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at < used.column3)",
    );
    moving.build().persistent(false).execute(connection).await?;
    Ok(())
}

/// Moves the last use of secrets, never back.
async fn move_secrets(connection: &mut Connection, uses: &[&Use]) -> Result<(), Error> {
    let mut latest = BTreeMap::<(Key<'_>, i32), i64>::new();
    for used in uses {
        let kept = latest.entry((key(used), used.secret_version)).or_default();
        *kept = used.at.as_millis().max(*kept);
    }
    let mut moving = QueryBuilder::<Db>::new("UPDATE api_key_secrets SET last_used_at = used.column4 FROM (");
    moving.push_values(latest, |mut row, (((organization, key), version), at)| {
        row.push_bind(organization).push_bind(key).push_bind(i64::from(version)).push_bind(at);
    });
    moving.push(
        ") AS used WHERE api_key_secrets.org_id = used.column1 AND api_key_secrets.key_id = used.column2 \
         AND api_key_secrets.version = used.column3 \
         AND (api_key_secrets.last_used_at IS NULL OR api_key_secrets.last_used_at < used.column4)",
    );
    moving.build().persistent(false).execute(connection).await?;
    Ok(())
}

/// Adds to the counts of hours.
async fn count(connection: &mut Connection, uses: &[&Use]) -> Result<(), Error> {
    let mut hours = BTreeMap::<(Key<'_>, i64), i64>::new();
    for used in uses {
        let at = used.at.as_millis();
        *hours.entry((key(used), at - at.rem_euclid(HOUR_MS))).or_default() += i64::from(used.count);
    }
    let mut counting = QueryBuilder::<Db>::new("INSERT INTO api_key_usage (org_id, key_id, hour, count) ");
    counting.push_values(hours, |mut row, (((organization, key), hour), count)| {
        row.push_bind(organization).push_bind(key).push_bind(hour).push_bind(count);
    });
    counting.push(" ON CONFLICT (org_id, key_id, hour) DO UPDATE SET count = api_key_usage.count + excluded.count");
    counting.build().persistent(false).execute(connection).await?;
    Ok(())
}

/// Adds to the counts of live tokens.
async fn count_tokens(connection: &mut Connection, uses: &[&Use]) -> Result<(), Error> {
    let mut minutes = BTreeMap::<(Key<'_>, i64, i64), (i64, i64)>::new();
    for (used, issued) in uses.iter().flat_map(|used| used.tokens.iter().map(move |issued| (used, issued))) {
        let (count, last) = minutes.entry((key(used), issued.generation, issued.minute())).or_default();
        *count += i64::from(issued.count);
        *last = issued.last_ends_at.as_millis().max(*last);
    }
    let minutes: Vec<_> = minutes.into_iter().collect();
    for some in minutes.chunks(MOST) {
        let mut counting =
            QueryBuilder::<Db>::new("INSERT INTO live_tokens (org_id, key_id, gen, minute, count, last_ends_at) ");
        counting.push_values(some, |mut row, (((organization, key), generation, minute), (count, last))| {
            row.push_bind(*organization).push_bind(*key).push_bind(*generation).push_bind(*minute);
            row.push_bind(*count).push_bind(*last);
        });
        counting.push(
            " ON CONFLICT (org_id, key_id, gen, minute) DO UPDATE SET count = live_tokens.count + excluded.count, \
             last_ends_at = CASE WHEN excluded.last_ends_at > live_tokens.last_ends_at THEN excluded.last_ends_at \
             ELSE live_tokens.last_ends_at END",
        );
        counting.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

fn key(used: &Use) -> Key<'_> {
    (used.organization.as_str(), used.key.as_str())
}
