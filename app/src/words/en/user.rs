//! One person of an organization.

/// Leads back to the list.
pub const BACK: &str = super::frame::USERS;
/// After the name of who reads it.
pub const YOU: &str = "(you)";
/// Asks whether to let them in again.
pub const REACTIVATE: &str = "Reactivate…";
/// Asks whether to shut them out.
pub const DEACTIVATE: &str = "Deactivate…";

/// Why that is closed.
pub fn only_administrator(name: &str) -> String {
    format!("{name} is the only administrator. Make someone else an administrator first.")
}

/// The same where it was asked for all the same.
pub fn last_administrator(name: &str, org: &str) -> String {
    format!("{name} is the only administrator of {org}. Make someone else an administrator first.")
}

/// There was nothing left to do.
pub const DONE_BEFORE: &str = "Somebody else did the same just before.";

/// What is known of them.
pub mod about {
    /// Heading.
    pub const HEADING: &str = "About";
    /// Since when they belong here.
    pub const SINCE: &str = "Member since";
    /// When they last did something.
    pub const LAST_ACTIVE: &str = "Last active";
    /// They have done nothing yet.
    pub const NEVER_ACTIVE: &str = "Never";
    /// Leads to what they did.
    pub const ACTIVITY: &str = "View activity";
}

/// What they may do.
pub mod role {
    use domain::user::Role;

    /// Heading.
    pub const HEADING: &str = "Role";

    /// The choice, for screen readers.
    pub fn legend(name: &str, now: Role) -> String {
        format!("Role of {name}, now {}", super::super::users::role(now))
    }

    /// What giving up one's own role means.
    pub fn yours(org: &str) -> String {
        format!(
            "This is you. As a member you no longer see the users and settings of {org}, and only another \
             administrator can give the role back."
        )
    }

    /// Saves the choice.
    pub const SUBMIT: &str = "Save role";
    /// None was chosen.
    pub const REQUIRED: &str = "Choose a role.";
    /// The same was chosen.
    pub const NOTHING_CHANGED: &str = "Nothing was changed.";

    /// After somebody else's was saved.
    pub fn changed(name: &str, role: Role) -> String {
        let what = match role {
            Role::Admin => "an administrator",
            Role::Member => "a member",
        };
        format!("{name} is {what} now.")
    }

    /// After one's own was given up.
    pub fn given_up(org: &str) -> String {
        format!("You are a member of {org} now.")
    }
}

/// Their keys.
pub mod keys {
    /// Heading.
    pub const HEADING: &str = "Keys";
    /// Below some of them.
    pub const MORE: &str = "Only the newest are shown.";

    /// There are none.
    pub fn none(name: &str) -> String {
        format!("{name} owns no keys.")
    }
}

/// A new password.
pub mod password {
    /// Heading.
    pub const HEADING: &str = "Password";

    /// What a link for it does.
    pub fn link(name: &str) -> String {
        format!(
            "If {name} can't sign in, make a link to choose a new password. It works once, for 30 minutes, and ends \
             their sessions. Nobody but them learns the password."
        )
    }

    /// Makes it.
    pub const MAKE_LINK: &str = "Make password link";

    /// Why there is none for somebody who may not sign in.
    pub fn not_active(name: &str) -> String {
        format!("{name} is deactivated and can't sign in.")
    }
}
