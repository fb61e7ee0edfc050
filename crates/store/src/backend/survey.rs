//! Live keys counted by what the rules of an organization are about.

use domain::{id::OrganizationId, scope::Scopes, time::Timestamp};
use sqlx::Pool;

use super::{Db, columns::Columns};
use crate::{Error, RulesAsked, Survey};

/// `$3` is the last instant at which a key may end.
const COUNTS: &str = concat!(
    "SELECT COUNT(CASE WHEN k.expires_at IS NULL THEN 1 END) AS without_end, \
     COUNT(CASE WHEN k.expires_at > $3 THEN 1 END) AS ending_later, \
     COUNT(CASE WHEN k.description = '' AND NOT k.personal THEN 1 END) AS undescribed, \
     COUNT(CASE WHEN k.kind = 'client' THEN 1 END) AS of_kind_client, \
     COUNT(CASE WHEN k.kind = 'token' THEN 1 END) AS of_kind_token, \
     COUNT(CASE WHEN m.role = 'admin' THEN 1 END) AS of_admins, \
     COUNT(CASE WHEN m.role = 'member' THEN 1 END) AS of_members \
     FROM api_keys k LEFT JOIN memberships m ON m.org_id = k.org_id AND m.user_id = k.owner_user_id \
     WHERE k.org_id = $1 AND ",
    live!("$2")
);

const USERS_ABOVE: &str = concat!(
    "SELECT COUNT(*) AS users_above FROM (SELECT 1 AS owner FROM api_keys k \
     WHERE k.org_id = $1 AND k.owner_user_id IS NOT NULL AND NOT k.personal AND ",
    live!("$2"),
    " GROUP BY k.owner_user_id HAVING COUNT(*) > $3) owners"
);

const BY_SCOPES: &str = concat!(
    "SELECT k.scopes, COUNT(*) AS counted FROM api_keys k WHERE k.org_id = $1 AND k.scopes <> '' AND ",
    live!("$2"),
    " GROUP BY k.scopes"
);

pub(super) async fn keys(
    readers: &Pool<Db>,
    organization: &OrganizationId,
    rules: &RulesAsked,
    now: Timestamp,
) -> Result<Survey, Error> {
    let about = |sql| sqlx::query(sql).bind(organization.as_str()).bind(now.as_millis());
    let counts = about(COUNTS).bind(rules.ends_by.as_millis()).fetch_one(readers).await?;
    let above = about(USERS_ABOVE).bind(i64::from(rules.per_user)).fetch_one(readers).await?;
    let by_scopes = about(BY_SCOPES).fetch_all(readers).await?;
    let by_scopes = by_scopes
        .iter()
        .map(|row| Ok((row.parsed("scopes", |text| Scopes::parse(text).ok())?, row.number("counted")?)))
        .collect::<Result<_, Error>>()?;
    Ok(Survey {
        without_end: counts.number("without_end")?,
        ending_later: counts.number("ending_later")?,
        undescribed: counts.number("undescribed")?,
        of_kind_client: counts.number("of_kind_client")?,
        of_kind_token: counts.number("of_kind_token")?,
        of_admins: counts.number("of_admins")?,
        of_members: counts.number("of_members")?,
        users_above: above.number("users_above")?,
        by_scopes,
    })
}
