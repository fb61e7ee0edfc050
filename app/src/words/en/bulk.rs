//! What is done to several keys at once.

use super::{number::keys, question::remove};
use crate::pages::bulk::BulkAction;

/// What may be done, as a button in the list.
pub fn action(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Suspend => "Suspend",
        BulkAction::Reapprove => "Re-approve",
        BulkAction::Remove => "Remove",
    }
}

fn past(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Suspend => "suspended",
        BulkAction::Reapprove => "re-approved",
        BulkAction::Remove => "removed",
    }
}

/// Leads back.
pub const BACK: &str = "Back to the list";

/// Nothing was ticked.
pub const NONE_SELECTED: &str = "Select at least one key in the list.";

/// More was ticked than can be done at once.
pub fn too_many(max: usize) -> String {
    format!("Choose {max} keys at most.")
}

/// The page that asks.
pub mod question {
    use super::{BulkAction, action, keys, past, remove};

    /// Heading: the question, or that nothing can be done to any of them.
    pub fn heading(what: BulkAction, count: usize) -> String {
        match count {
            0 => format!("None of these keys can be {}", past(what)),
            _ => format!("{}?", submit(what, count)),
        }
    }

    /// What it means.
    pub fn lede(what: BulkAction, count: usize, env: &str) -> String {
        let one = count == 1;
        let (them, their) = if one { ("it", "its") } else { ("them", "their") };
        match what {
            BulkAction::Suspend => format!(
                "Whatever uses {them} is refused until you re-approve {them}. Nothing is deleted, and {their} expiry \
                 doesn't move."
            ),
            BulkAction::Reapprove if one => "It works again straight away, until its own expiry.".to_owned(),
            BulkAction::Reapprove => "They work again straight away, each until its own expiry.".to_owned(),
            BulkAction::Remove if one => {
                format!("It stops working at once, in {env}, and can't be restored. {}", remove::WHEN)
            }
            BulkAction::Remove => format!(
                "They stop working at once, in {env}, and can't be restored. Remove each only after everything that uses \
                 it has another key or secret."
            ),
        }
    }

    /// Above those it cannot be done to.
    pub fn closed(what: BulkAction, count: usize) -> String {
        format!("{} can't be {}", keys(count), past(what))
    }

    /// A note for the Activity Log.
    pub const REASON: &str = super::super::question::suspend::REASON;
    /// Where it is read.
    pub const REASON_HINT: &str = super::super::question::suspend::REASON_HINT;
    /// What must be typed before keys in use are removed.
    pub const CONFIRMATION: &str = "Confirmation";

    /// What it must be.
    pub fn confirmation(count: usize) -> String {
        format!("remove {}", keys(count))
    }

    /// Why it is asked for.
    pub fn confirmation_hint(in_use: usize, phrase: &str) -> String {
        let them = if in_use == 1 { "one of these keys".to_owned() } else { format!("{in_use} of these keys") };
        format!("Something is using {them}. Type “{phrase}” to confirm.")
    }

    /// It is something else.
    pub fn unconfirmed(phrase: &str) -> String {
        format!("That doesn't match “{phrase}”.")
    }

    /// Does it.
    pub fn submit(what: BulkAction, count: usize) -> String {
        format!("{} {}", action(what), keys(count))
    }

    /// The button meanwhile.
    pub fn pending(what: BulkAction) -> &'static str {
        match what {
            BulkAction::Suspend => "Suspending…",
            BulkAction::Reapprove => "Re-approving…",
            BulkAction::Remove => "Removing…",
        }
    }
}

/// What became of it.
pub mod result {
    use super::{BulkAction, keys, past};

    /// Everything was done.
    pub fn done(what: BulkAction, count: usize) -> String {
        let were = if count == 1 { "was" } else { "were" };
        format!("{} {were} {}.", keys(count), past(what))
    }

    /// Heading where not everything was done.
    pub fn heading(what: BulkAction, done: usize, refused: usize) -> String {
        let past = past(what);
        match done {
            0 => format!("{} could not be {past}", keys(refused)),
            _ => format!("{done} {past}, {refused} could not be {past}"),
        }
    }

    /// Does it to those that are left.
    pub const TRY_AGAIN: &str = "Try again";
    /// Why: we failed.
    pub const FAILED: &str = "Something went wrong on our side before it was its turn. It is as it was.";
    /// Why: somebody was quicker.
    pub const CHANGED: &str = "Somebody changed it meanwhile. Look again before you go on.";
    /// Why: it is somebody else's.
    pub const NOT_OWNER: &str = "Only its owner may do that.";
    /// Why: it is gone.
    pub const GONE: &str = "It isn't here any more.";
}
