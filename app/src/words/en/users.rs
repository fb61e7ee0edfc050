//! The people of an organization.

use domain::user::Role;

use crate::pages::users::PersonStatus;

/// Heading.
pub const HEADING: &str = super::frame::USERS;
/// Leads to inviting.
pub const INVITE: &str = super::invite::HEADING;

/// What the page shows.
pub fn lede(org: &str) -> String {
    format!("Who may sign in to {org}, and as what.")
}

/// A role as it stands beside a person.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => "Administrator",
        Role::Member => "Member",
    }
}

/// What a role means, for choosing one.
pub fn role_detail(role: Role) -> &'static str {
    match role {
        Role::Admin => "Manages every key, the people, and the settings.",
        Role::Member => "Has keys of their own only, where the organization allows that.",
    }
}

/// Whether a person may use the organization.
pub fn status(status: PersonStatus) -> &'static str {
    match status {
        PersonStatus::Active => "Active",
        PersonStatus::Deactivated => "Deactivated",
        PersonStatus::AccountOff => "Account off",
    }
}

/// Over the last column of a table about people, for screen readers.
pub const ACTIONS: &str = "Actions";

/// Nobody else belongs to the organization, and nobody is invited.
pub mod alone {
    /// Heading.
    pub const HEADING: &str = "Only you so far";
    /// Why to invite somebody.
    pub const ADVICE: &str =
        "Invite the people who look after keys with you. A second administrator can help when you are away.";
}

/// What is asked for.
pub mod filters {
    /// A part of a name or of an address.
    pub const QUERY: &str = "Search users";
    /// What it may be.
    pub const QUERY_PLACEHOLDER: &str = "Name or e-mail";
    /// Which role.
    pub const ROLE: &str = "Role";
    /// Whether they may use the organization.
    pub const STATUS: &str = "Status";
    /// Whichever role or status.
    pub const ANY: &str = "Any";
    /// They may.
    pub const ACTIVE: &str = "Active";
    /// They may not.
    pub const DEACTIVATED: &str = "Deactivated";
    /// Asks.
    pub const SEARCH: &str = "Search";
    /// Asks for everybody.
    pub const CLEAR: &str = "Clear filters";
    /// Nobody is like that.
    pub const NOBODY: &str = "Nobody matches";
    /// What to do then.
    pub const NOBODY_ADVICE: &str = "Check the spelling, or clear the filters.";
}

/// The table.
pub mod table {
    use super::super::number::plural;

    /// Who.
    pub const NAME: &str = "Name";
    /// As what.
    pub const ROLE: &str = "Role";
    /// Whether they may.
    pub const STATUS: &str = "Status";
    /// How many keys they own.
    pub const KEYS: &str = "Keys";
    /// When they last did something.
    pub const LAST_ACTIVE: &str = "Last active";
    /// All of these, in order.
    pub const COLUMNS: &[&str] = &[NAME, ROLE, STATUS, KEYS, LAST_ACTIVE];

    /// Which part of the people is on screen: "1–50 of 120".
    pub fn range(first: u32, last: u32, total: u32) -> String {
        format!("{first}–{last} of {total}")
    }

    /// What the table is, for screen readers.
    pub fn caption(range: &str) -> String {
        format!("Users, {range}, sorted by name")
    }

    /// After the name of who reads it.
    pub const YOU: &str = " (you)";
    /// They own no keys.
    pub const NO_KEYS: &str = "None";

    /// What a number of keys counts, for screen readers.
    pub fn keys_of(count: u32, name: &str) -> String {
        format!("{} of {name}", plural(count.into(), "key"))
    }

    /// They have done nothing yet.
    pub const NEVER_ACTIVE: &str = "Never";
}

/// The other pages.
pub mod pages {
    /// The links, for screen readers.
    pub const LABEL: &str = "Pages";
    /// To the page before.
    pub const PREVIOUS: &str = "Previous";
    /// To the next.
    pub const NEXT: &str = "Next";
}

/// What can be done with a person of the table.
pub mod menu {
    /// The menu.
    pub fn label(name: &str) -> String {
        format!("Actions for {name}")
    }

    /// Leads to their page.
    pub const DETAILS: &str = "View details";
    /// Leads to their role.
    pub const CHANGE_ROLE: &str = "Change role";
    /// Leads to what they did.
    pub const ACTIVITY: &str = "View activity";
    /// Asks whether to let them in again.
    pub const REACTIVATE: &str = "Reactivate…";
    /// Asks whether to shut them out.
    pub const DEACTIVATE: &str = "Deactivate…";
    /// Why that is closed.
    pub const ONLY_ADMINISTRATOR: &str = "Make someone else an administrator first.";
}

/// Invitations that nobody has accepted yet.
pub mod invitations {
    /// Heading.
    pub const HEADING: &str = "Invitations";
    /// Who is invited.
    pub const EMAIL: &str = "E-mail";
    /// As what.
    pub const ROLE: &str = "Role";
    /// By whom.
    pub const INVITED_BY: &str = "Invited by";
    /// Until when.
    pub const ENDS: &str = "Ends";
    /// All of these, in order.
    pub const COLUMNS: &[&str] = &[EMAIL, ROLE, INVITED_BY, ENDS];

    /// Only some are shown.
    pub fn newest(shown: usize, total: usize) -> String {
        format!("The {shown} newest of {total}.")
    }

    /// Takes it back.
    pub const WITHDRAW: &str = "Withdraw";

    /// Says which, for screen readers.
    pub fn withdraw(email: &str) -> String {
        format!("Withdraw the invitation of {email}")
    }

    /// It was taken back.
    pub const WITHDRAWN: &str = "The invitation was withdrawn. Its link doesn't work any more.";
    /// There was nothing to take back.
    pub const ENDED_BEFORE: &str = "This invitation has been accepted, withdrawn or has ended already.";
}
