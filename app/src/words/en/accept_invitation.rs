//! Joining an organization through an invitation's one-time link.

use domain::user::Role;

/// Heading.
pub fn heading(org: &str) -> String {
    format!("Join {org}")
}

/// Who is invited, and as what.
pub fn invited(email: &str, role: Role) -> String {
    let as_what = match role {
        Role::Admin => "an administrator",
        Role::Member => "a member",
    };
    format!("{email} is invited as {as_what}.")
}

/// Joins.
pub const SUBMIT: &str = "Join";

/// Somebody without an account.
pub mod new_account {
    /// Their name.
    pub const NAME: &str = "Your name";
    /// The password they choose.
    pub const PASSWORD: &str = "Password";
    /// What makes a good one.
    pub const PASSWORD_HINT: &str = super::super::set_up::you::PASSWORD_HINT;
}

/// Somebody with an account who is not signed in.
pub mod sign_in {
    /// What to do.
    pub const NOTICE: &str = "There is an account with this address. Give its password to join.";
    /// The account's password.
    pub const PASSWORD: &str = "Password";
    /// Does both.
    pub const SUBMIT: &str = "Sign in and join";
    /// It is another password.
    pub const WRONG: &str = "That isn't the password of this account. Try again.";

    /// It was wrong too often.
    pub fn throttled(seconds: u32) -> String {
        super::super::confirm_password::throttled(seconds)
    }
}

/// Somebody who is signed in.
pub mod signed_in {
    /// The person who is invited.
    pub fn as_invited(name: &str) -> String {
        format!("You are signed in as {name}.")
    }

    /// The person who is invited, who belongs to the organization already.
    pub const MEMBER: &str = "You belong to this organization already.";

    /// Leads them there.
    pub fn open(org: &str) -> String {
        format!("Open {org}")
    }

    /// Somebody with another address.
    pub fn as_other(email: &str) -> String {
        format!("You are signed in as {email}. This invitation is for somebody else.")
    }

    /// What they can do.
    pub const OTHER_ADVICE: &str = "If it is for you, sign out and open the link again.";
    /// The first half of that.
    pub const SIGN_OUT: &str = "Sign out";
}
