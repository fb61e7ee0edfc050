//! Invitations that nobody has accepted yet.

use domain::user::Role;
use leptos::prelude::*;
use service::store::Invitation;

use super::{headings::Headings, role_label};
use crate::{
    components::{
        form::FormToken,
        moment::{Clock, Moment, Time},
    },
    routes,
    words::users::invitations as words,
};

/// An invitation as the list shows it.
#[derive(Clone, Debug)]
pub struct PendingRow {
    /// Stands in addresses.
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Who invited.
    pub invited_by: String,
    /// When.
    pub invited: Moment,
    /// Until when its link works.
    pub ends: Moment,
}

impl PendingRow {
    /// `invitation` at the clock's instant.
    pub fn new(invitation: &Invitation, clock: &Clock) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email.to_string(),
            role: invitation.role,
            invited_by: invitation.invited_by.clone(),
            invited: clock.relative(invitation.created_at),
            ends: clock.end(invitation.ends_at),
        }
    }
}

/// The section.
#[component]
pub fn Invitations(
    /// Slug of the organization.
    org: String,
    /// The newest of them.
    rows: Vec<PendingRow>,
    /// How many there are.
    total: usize,
    /// MAC.
    form: String,
) -> AnyView {
    let more =
        (total > rows.len()).then(|| view! { <p class="hint under-facts">{words::newest(rows.len(), total)}</p> });
    let body = rows
        .into_iter()
        .map(|row| view! { <Row action=routes::withdraw_invitation(&org, &row.id) row form=form.clone() /> })
        .collect_view();
    view! {
        <section aria-labelledby="invitations">
            <h2 id="invitations">{words::HEADING}</h2>
            <div class="results">
                <table class="keys people" role="table" aria-labelledby="invitations" data-testid="invitations-table">
                    <Headings columns=words::COLUMNS />
                    <tbody role="rowgroup">{body}</tbody>
                </table>
            </div>
            {more}
        </section>
    }
    .into_any()
}

#[component]
fn Row(action: String, row: PendingRow, form: String) -> AnyView {
    let PendingRow { email, role, invited_by, invited, ends, .. } = row;
    let exact = ends.passes.then(|| view! { <span class="under">{ends.exact.clone()}</span> });
    view! {
        <tr role="row" class="key-row verdigris" data-testid="invitation-row">
            <th role="rowheader" scope="row"><bdi dir="ltr">{email.clone()}</bdi></th>
            <td role="cell" data-label=words::ROLE>{role_label(role)}</td>
            <td role="cell" data-label=words::INVITED_BY>
                {invited_by}<span class="under"><Time moment=invited /></span>
            </td>
            <td role="cell" data-label=words::ENDS><Time moment=ends />{exact}</td>
            <td role="cell" class="withdraw">
                <form method="post" action=action>
                    <FormToken value=form />
                    <button type="submit" class="button tiny" aria-label=words::withdraw(&email)>{words::WITHDRAW}</button>
                </form>
            </td>
        </tr>
    }
    .into_any()
}
