//! What can be done with a key, and why it cannot.

use domain::key::{Verb, VerbRefused};

/// Leads to what happened to the key.
pub const ACTIVITY: &str = "View activity";
/// Why a member may not look into the Activity Log.
pub const ADMINISTRATORS_ONLY: &str = "Only organization administrators can do this.";
/// Why its owner may not re-approve it.
pub const NOT_ADMINISTRATOR: &str = "An administrator suspended it and has to re-approve it.";
/// Why somebody else may not rotate it.
pub const SECRET_IS_THE_OWNERS: &str = "Only its owner may see its secret.";
/// Why somebody else may not re-approve it.
pub const WAITS_FOR_OWNER: &str = "It waits for its owner, who signed out.";

/// A verb. An ellipsis says that a question follows.
pub fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Edit => "Edit name and description",
        Verb::Rotate => "Rotate…",
        Verb::Suspend => "Suspend…",
        Verb::Reapprove => "Re-approve…",
        Verb::EndPreviousSecret => "End previous secret now",
        Verb::Revoke => "Remove…",
    }
}

/// Why a key that is stopped with this person cannot be re-approved.
pub fn reactivate_first(owner: &str) -> String {
    format!("Reactivate {owner} first.")
}

/// What a refusal means to somebody who wanted `verb`.
pub fn why_not(verb: Verb, refused: VerbRefused) -> &'static str {
    match (refused, verb) {
        (VerbRefused::KeyRevoked, _) => "This key was removed, which is final.",
        (VerbRefused::KeyExpired, Verb::Reapprove) => "Expired keys can't be re-approved. Create a new one.",
        (VerbRefused::KeyExpired, _) => "This key has expired. Create a new one.",
        (VerbRefused::OwnerDeactivated, _) => "Reactivate its owner first.",
        (VerbRefused::AlreadySuspended, _) => "It is suspended already.",
        (VerbRefused::NotSuspended, _) => "It is not suspended.",
        (VerbRefused::NoPreviousSecret, _) => "No previous secret still works.",
        (VerbRefused::Exposed, _) => "Its secret was found in public. Rotate it first.",
    }
}
