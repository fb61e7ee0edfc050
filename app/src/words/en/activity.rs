//! What happened.

use domain::{
    activity::{Event, RefusalReason},
    key::StatusReason,
};

/// A signing key that was replaced at once.
pub const EMERGENCY_ROTATION: &str = "replaced signing key in an emergency; access tokens signed before are refused";

/// An event without its particulars, in the past tense, after who did it.
pub fn event(event: Event) -> &'static str {
    match event {
        Event::OrganizationCreated => "created organization",
        Event::OrganizationChanged => "changed settings",
        Event::OrganizationRestored => "restored from a backup",
        Event::KeyPolicyChanged => "changed key policy",
        Event::UserCreated => "added member",
        Event::UserDeactivated => "deactivated",
        Event::UserReactivated => "reactivated",
        Event::RoleChanged => "changed role",
        Event::ResetLinkMade => "made password link",
        Event::PasswordChanged => "changed password",
        Event::NameChanged => "changed name",
        Event::EmailChanged => "changed e-mail address",
        Event::InvitationCreated => "invited",
        Event::InvitationWithdrawn => "withdrew invitation",
        Event::EnvironmentCreated => "created environment",
        Event::EnvironmentRenamed => "renamed environment",
        Event::EnvironmentRetired => "retired environment",
        Event::SignedIn => "signed in",
        Event::SignedOut => "signed out",
        Event::KeyCreated => "created API key",
        Event::KeyEdited => "changed name or description",
        Event::KeySuspended => "suspended",
        Event::KeyReapproved => "re-approved",
        Event::KeyRotated => "rotated",
        Event::PreviousSecretEnded => "ended previous secret",
        Event::KeyRevoked => "removed",
        Event::TokenRevoked => "revoked access token",
        Event::AccessRefused => "was refused",
        Event::SignInRefused => "could not sign in",
        Event::ActivityExported => "exported Activity Log",
        Event::SigningKeyRotated => "rotated signing key",
        Event::MasterKeyRotated => "rotated master key",
    }
}

/// A key was suspended, with the note somebody left.
pub fn suspended(reason: &str) -> String {
    format!("suspended ({reason})")
}

/// A key was suspended, for a reason that nobody has put into words of their own.
pub fn suspended_because(reason: StatusReason) -> String {
    suspended(match reason {
        StatusReason::SuspendedByAdmin => "by an administrator",
        StatusReason::OwnerDeactivated => "owner deactivated",
        StatusReason::SignedOut => "owner signed out",
        StatusReason::Exposed => "found in public",
        StatusReason::Restored => "came back with a backup",
    })
}

/// A key was rotated; when its previous secret ends.
pub fn rotated(previous_ends: &str) -> String {
    format!("rotated; previous secret until {previous_ends}")
}

/// An organization was restored; when the backup was taken.
pub fn restored(taken: &str) -> String {
    format!("restored from a backup of {taken}")
}

/// Somebody was refused, and why and how often where that is known.
pub fn refused(refusal: Event, reason: Option<RefusalReason>, times: Option<u64>) -> String {
    let times = times.map(|count| format!("{count} times"));
    let said: Vec<_> = reason.map(|reason| why(reason).to_owned()).into_iter().chain(times).collect();
    if said.is_empty() { event(refusal).to_owned() } else { format!("{} ({})", event(refusal), said.join(", ")) }
}

fn why(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::WrongSecret => "wrong secret",
        RefusalReason::ReplacedSecret => "secret replaced by a newer one",
        RefusalReason::Revoked => "key removed",
        RefusalReason::Expired => "key expired",
        RefusalReason::Suspended => "key suspended",
        RefusalReason::OwnerDeactivated => "owner deactivated",
        RefusalReason::OrganizationDisabled => "organization disabled",
        RefusalReason::FeatureOff => "API keys turned off",
        RefusalReason::Throttled => "too many wrong attempts before",
        RefusalReason::ClientSecretAsBearer => "secret sent as it is instead of exchanged for a token",
        RefusalReason::TokenSecretExchanged => "secret offered for exchange instead of sent as it is",
        RefusalReason::WrongPassword => "wrong password",
        RefusalReason::Deactivated => "deactivated",
    }
}

/// A particular that holds nothing.
pub const NONE: &str = "none";
/// A particular that is true.
pub const ON: &str = "on";
/// A particular that is false.
pub const OFF: &str = "off";

/// A particular that changed.
pub fn changed(before: &str, after: &str) -> String {
    format!("{before} → {after}")
}
