//! What is asked before something is done to a key.

use domain::key::Verb;

/// Somebody changed the key meanwhile, and when; [`LOOK_AGAIN`] follows.
pub fn changed(who: &str, when: &str) -> String {
    format!("{who} changed this key at {when}.")
}

/// The same where nobody knows who.
pub const CHANGED: &str = "Somebody changed this key meanwhile.";
/// What follows from that.
pub const LOOK_AGAIN: &str = " Nothing of yours was done. Look again before you go on.";
/// The key is somebody else's.
pub const NOT_OWNER: &str = "Only the owner of this key may do that.";

/// The key is gone: who removed it and when, where that is known.
pub fn removed(by: Option<(&str, &str)>) -> String {
    match by {
        Some((who, when)) => format!("This key was removed by {who} at {when}."),
        None => "This key was removed.".to_owned(),
    }
}

/// What is said when a verb is done to the key of this name; a rotation says so with a page of its own.
pub fn done(verb: Verb, name: &str) -> Option<String> {
    match verb {
        Verb::Edit => Some("Changes saved.".to_owned()),
        Verb::Suspend => Some(format!("{name} was suspended.")),
        Verb::Reapprove => Some(format!("{name} was re-approved.")),
        Verb::Rotate => None,
        Verb::EndPreviousSecret => Some(format!("The previous secret of {name} has ended.")),
        Verb::Revoke => Some(format!("{name} was removed.")),
    }
}

/// Name and description.
pub mod edit {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Edit “{name}”")
    }

    /// Does it.
    pub const SUBMIT: &str = "Save changes";
    /// The button meanwhile.
    pub const PENDING: &str = "Saving…";
    /// The name.
    pub const NAME: &str = "Name";
    /// Asked before what was typed is lost.
    pub const DISCARD: &str = "Discard your changes?";
    /// What this form does not change.
    pub const HINT: &str = "To change when the key expires, rotate it.";
}

/// Stopping a key for a while.
pub mod suspend {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Suspend “{name}”?")
    }

    /// Does it.
    pub const SUBMIT: &str = "Suspend key";
    /// The button meanwhile.
    pub const PENDING: &str = "Suspending…";
    /// What it means for a key that is exchanged for tokens.
    pub const NO_NEW_TOKENS: &str = "New token requests are refused until you re-approve it.";
    /// What it means for a key that is sent as it is.
    pub const NO_REQUESTS: &str = "Every request with it is refused until you re-approve it.";
    /// What stays, after that.
    pub const WHAT_STAYS: &str = " Nothing is deleted, and its expiry doesn't move.";

    /// What that means for tokens, which live this many minutes at most.
    pub fn tokens_last(minutes: u32) -> String {
        format!(" Access tokens already issued last up to {minutes} minutes.")
    }

    /// A note.
    pub const REASON: &str = "Reason";
    /// Asked before it is lost.
    pub const DISCARD: &str = "Discard your reason?";
    /// Where it is read.
    pub const REASON_HINT: &str = "Shown in the Activity Log.";
}

/// Letting it work again.
pub mod reapprove {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Re-approve “{name}”?")
    }

    /// Does it.
    pub const SUBMIT: &str = "Re-approve key";
    /// The button meanwhile.
    pub const PENDING: &str = "Re-approving…";

    /// What it means for a key that ends that day, or never.
    pub fn message(expires: Option<&str>) -> String {
        match expires {
            Some(date) => format!("It works again straight away and still expires on {date}."),
            None => "It works again straight away and still has no expiration.".to_owned(),
        }
    }
}

/// A new secret.
pub mod rotate {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Rotate “{name}”")
    }

    /// Does it.
    pub const SUBMIT: &str = "Rotate key";
    /// The button meanwhile.
    pub const PENDING: &str = "Rotating…";
    /// What it means.
    pub const MESSAGE: &str = "You get a new secret now. The name, client ID, permissions and history stay.";
    /// A previous secret still works.
    pub const ENDS_PREVIOUS: &str = "Rotating again ends the previous secret now.";
    /// Its secret was found in public.
    pub const EXPOSED: &str = "Its current secret was found in public, so it ends now.";
    /// The key does not work.
    pub const STAYS_SUSPENDED: &str = "The key is suspended and stays so.";
    /// How long both work.
    pub const GRACE: &str = "Current secret keeps working for";
    /// Not at all.
    pub const STOP_NOW: &str = "Stop now";
    /// What that means.
    pub const ENDS_AT_ONCE: &str = "Ends at once";
    /// What follows from that.
    pub const STOP_NOW_NOTE: &str = "Anything still using the current secret fails immediately.";
    /// An hour.
    pub const ONE_HOUR: &str = "1 hour";
    /// A day.
    pub const ONE_DAY: &str = "24 hours";
    /// A week.
    pub const ONE_WEEK: &str = "7 days";

    /// When that is over.
    pub fn until(when: &str) -> String {
        format!("Until {when}")
    }

    /// When the key ends.
    pub const EXPIRATION: &str = "New secret expires";
    /// No grace was chosen.
    pub const GRACE_REQUIRED: &str = "Choose how long the current secret keeps working.";
}

/// Ending the secret before the present one, while something uses it.
pub mod end_previous {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("End the previous secret of “{name}” now?")
    }

    /// Does it.
    pub const SUBMIT: &str = "End previous secret";
    /// The button meanwhile.
    pub const PENDING: &str = "Ending…";

    /// What it means for a secret that would work until then.
    pub fn message(ends: &str) -> String {
        format!(
            "Whatever still uses it fails immediately, and it can't be brought back. Left alone it works until {ends}."
        )
    }

    /// It was used that long ago, or never.
    pub fn evidence(last_used: Option<&str>) -> String {
        match last_used {
            Some(last_used) => format!("The previous secret was last used {last_used}."),
            None => "The previous secret was never used.".to_owned(),
        }
    }
}

/// Stopping a key for good.
pub mod remove {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Remove “{name}”?")
    }

    /// Does it.
    pub const SUBMIT: &str = "Remove key";
    /// The button meanwhile.
    pub const PENDING: &str = "Removing…";
    /// It failed; why comes next.
    pub const FAILED: &str = "We couldn't remove it. It still works. Try again.";

    /// What it means for a key that is exchanged for tokens, and for one that is not.
    pub fn message(env: &str, tokens: bool) -> String {
        let what = if tokens { " for new access tokens" } else { "" };
        format!("It stops working{what} at once, in {env}, and can't be restored.")
    }

    /// When it is time for that.
    pub const WHEN: &str = "Remove it only after everything that uses it has another key or secret.";
    /// The name of a key in use.
    pub const CONFIRM_NAME: &str = "Key name";
    /// Why it must be typed.
    pub const CONFIRM_NAME_HINT: &str = "Something is using this key. Type its name to confirm.";
    /// The gentler way.
    pub const SUSPEND_INSTEAD: &str = "Suspend it instead — you can undo that.";
}

/// What becomes of access tokens that a key was exchanged for.
pub mod issued_tokens {
    /// The question.
    pub const LEGEND: &str = "Access tokens already issued";
    /// They work until they end.
    pub const RUN_OUT: &str = "Let them run out";
    /// They stop.
    pub const STOP: &str = "Stop them now";
    /// What that means.
    pub const STOP_DETAIL: &str = "Resource servers that check offline learn of it only when the token expires.";
    /// There are none.
    pub const NONE_LIVE: &str = "(none live)";

    /// How many are live, and when the last one ends: "14:32".
    pub fn live(count: u64, last_ends: &str) -> String {
        format!("({count} live, the last at {last_ends})")
    }

    /// What stopping a key leaves, of tokens that live this many minutes at most.
    pub fn stay_valid(minutes: u32) -> String {
        format!("Access tokens already issued stay valid until they expire — at most {minutes} minutes.")
    }
}
