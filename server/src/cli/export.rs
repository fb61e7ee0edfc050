//! An organization with its environments, people, keys and Activity Log, as JSON Lines: each line says of which `type` it is.

use std::io::{self, BufWriter, Write};

use anyhow::Context;
use domain::organization::{Environment, Organization};
use serde_json::{Value, json};
use service::{
    Service,
    authority::{KeyManager, Operator, OperatorIn},
};
use store::{ChainedEntry, Direction, Edge, Hash, KeyFilter, KeyQuery, Membership, Place, SortBy};

use super::Failure;
use crate::representation;

/// Rows read from the database at once.
const PAGE: u32 = 500;

/// Writes it to standard output. The Activity Log says so, in a row that is among what is written.
pub(super) async fn organization(service: &Service, organization: &Organization) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let mut lines = Lines(BufWriter::new(io::stdout().lock()));
    let (environments, members) = service.export_organization(operator, organization).await?;
    lines.write("organization", json!(organization))?;
    for environment in &environments {
        let Environment { id, slug, name, live_keys: _ } = environment;
        lines.write("environment", json!({ "id": id, "slug": slug, "name": name }))?;
    }
    for member in members {
        lines.write("member", shown(&member))?;
    }
    write_keys(service, operator.in_organization(organization.clone()), &mut lines).await?;
    let mut last = 0;
    loop {
        let rows = service.activity_after(operator, organization, last, PAGE).await?;
        let Some(end) = rows.last() else { break };
        last = end.sequence;
        for row in &rows {
            lines.write("activity", chained(row))?;
        }
    }
    Ok(lines.0.flush().context("standard output")?)
}

async fn write_keys(service: &Service, operator: OperatorIn, lines: &mut Lines<impl Write>) -> Result<(), Failure> {
    let organization = operator.organization().id.clone();
    let mut query = KeyQuery {
        organization: organization.clone(),
        environment: None,
        owner: None,
        search: None,
        filter: KeyFilter::Every,
        sort: SortBy::Created,
        direction: Direction::Ascending,
        edge: None,
        limit: PAGE,
        counted: false,
        now: service.now(),
    };
    loop {
        let page = service.list_keys(&operator, query.clone()).await?;
        for key in &page.keys {
            lines.write("api_key", representation::key(key, &organization, query.now))?;
        }
        query.edge = page.keys.last().map(|key| Edge::After(Place::of(key, query.sort)));
        if !page.has_next {
            return Ok(());
        }
    }
}

fn shown(member: &Membership) -> Value {
    let Membership { user, name, email, role, state, account, since } = member;
    json!({
        "id": user,
        "name": name,
        "email": email,
        "role": role,
        "state": state,
        "account_state": account,
        "since": since,
    })
}

fn chained(row: &ChainedEntry) -> Value {
    let mut shown = representation::activity(&row.entry);
    shown["sequence"] = json!(row.sequence);
    shown["hash"] = json!(hex(&row.hash));
    shown
}

pub(super) fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Lines<W>(W);

impl<W: Write> Lines<W> {
    fn write(&mut self, kind: &str, mut object: Value) -> Result<(), Failure> {
        object["type"] = json!(kind);
        Ok(writeln!(self.0, "{object}").context("standard output")?)
    }
}
