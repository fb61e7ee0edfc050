//! What is asked before a person is deactivated or reactivated.

use crate::pages::users::question::Change;

/// Heading.
pub fn heading(change: Change, name: &str) -> String {
    match change {
        Change::Deactivate => format!("Deactivate {name}?"),
        Change::Reactivate => format!("Reactivate {name}?"),
    }
}

/// Does it.
pub fn submit(change: Change) -> &'static str {
    match change {
        Change::Deactivate => "Deactivate",
        Change::Reactivate => "Reactivate",
    }
}

/// What it means for them and as many keys, whose `names` are as [`named`] has them: "Ana Reyes is signed out, and
/// their 3 keys are suspended: Billing sync, Nightly export, Old CI."
pub fn consequence(change: Change, name: &str, is_you: bool, count: usize, names: &str) -> String {
    let (who, whose, are) = if is_you { ("You", "your", "are") } else { (name, "their", "is") };
    let (keys, is, works) = match count {
        0 => {
            return match change {
                Change::Deactivate => format!("{who} {are} signed out. No key stops."),
                Change::Reactivate => format!("{who} may sign in again."),
            };
        }
        1 => (format!("{whose} key"), "is", "works"),
        count => (format!("{whose} {count} keys"), "are", "work"),
    };
    match change {
        Change::Deactivate => format!("{who} {are} signed out, and {keys} {is} suspended: {names}."),
        Change::Reactivate => format!("{who} may sign in again, and {keys} {works} again: {names}."),
    }
}

/// Keys by name, and how many more there are.
pub fn named(names: &[String], more: usize) -> String {
    let names = names.join(", ");
    if more == 0 { names } else { format!("{names}, and {more} more") }
}

/// What deactivating does not stop, and what stops with the keys.
pub fn what_stays(org: &str) -> String {
    format!(
        "Keys that belong to {org} go on working. Access tokens that were issued with the suspended keys stop with \
         them; resource servers that check offline learn of that only when a token expires."
    )
}

/// The way back for somebody else.
pub const UNDO: &str = "You can reactivate this member at any time.";
/// The way back for who reads it.
pub const UNDO_FOR_YOU: &str = "Only another administrator can let you in again.";
/// What reactivating does not bring back.
pub const NOT_RESTORED: &str =
    "Keys that somebody suspended by hand stay suspended, and tokens issued before stay dead.";

/// There is nothing to do.
pub fn done_before(change: Change, name: &str) -> String {
    match change {
        Change::Deactivate => format!("{name} is deactivated already."),
        Change::Reactivate => format!("{name} is active already."),
    }
}

/// It was done.
pub fn done(change: Change, name: &str) -> String {
    match change {
        Change::Deactivate => format!("{name} was deactivated."),
        Change::Reactivate => format!("{name} was reactivated."),
    }
}

/// It was done to who reads it.
pub fn left(org: &str) -> String {
    format!("You no longer belong to {org}.")
}
