//! One person of an organization, in words.

use domain::{
    id::UserId,
    user::{Role, UserState},
};
use leptos::prelude::*;
use service::members::Person;

pub use crate::words::users::role as role_label;
use crate::{
    components::{
        icon::{Icon, Shape},
        moment::{Clock, Moment},
        status::Tone,
    },
    words::users as words,
};

/// A person as the list and their own page show them.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// Stands in addresses.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may do it.
    pub status: PersonStatus,
    /// How many keys they own that are neither removed nor expired.
    pub keys: u32,
    /// When they last did something here.
    pub last_active: Option<Moment>,
    /// Since when they belong here.
    pub since: Moment,
    /// Whether this is the person on whose screen it stands.
    pub is_you: bool,
    /// Whether the account is or was a member of another organization, too.
    pub elsewhere: bool,
    /// Whether nobody else administers the organization.
    pub only_administrator: bool,
}

impl PersonRow {
    /// `person` at the clock's instant, as `you` see them.
    pub fn new(person: &Person, you: &UserId, clock: &Clock) -> Self {
        let Person { membership, keys, last_active_at, elsewhere, only_administrator } = person;
        Self {
            id: membership.user.to_string(),
            name: membership.name.to_string(),
            email: membership.email.to_string(),
            role: membership.role,
            status: PersonStatus::of(membership.state, membership.account),
            keys: *keys,
            // Whoever reads this is at work, also where nothing of theirs is in the log yet.
            last_active: last_active_at.or((membership.user == *you).then(|| clock.now())).map(|at| clock.relative(at)),
            since: clock.day(membership.since),
            is_you: membership.user == *you,
            elsewhere: *elsewhere,
            only_administrator: *only_administrator,
        }
    }
}

/// Whether a person may use the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonStatus {
    /// They may.
    Active,
    /// An administrator has deactivated them here.
    Deactivated,
    /// Whoever runs the deployment has deactivated the account.
    AccountOff,
}

impl PersonStatus {
    fn of(membership: UserState, account: UserState) -> Self {
        match (membership, account) {
            (UserState::Deactivated, _) => Self::Deactivated,
            (UserState::Active, UserState::Deactivated) => Self::AccountOff,
            (UserState::Active, UserState::Active) => Self::Active,
        }
    }

    /// Stable word for tests and styles.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::AccountOff => "account-off",
        }
    }

    /// Its tone.
    pub fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Moss,
            Self::Deactivated | Self::AccountOff => Tone::Slate,
        }
    }
}

/// The status beside a person.
#[component]
pub fn Status(
    /// Which.
    status: PersonStatus,
) -> impl IntoView {
    let shape = if status == PersonStatus::Active { Shape::Tick } else { Shape::Pause };
    view! {
        <span class=format!("status {}", status.tone().class()) data-testid="user-status" data-status=status.code()>
            <Icon shape />
            {words::status(status)}
        </span>
    }
}
