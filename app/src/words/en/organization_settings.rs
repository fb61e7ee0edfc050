//! *Organization settings*.

/// Heading.
pub const HEADING: &str = super::frame::ORGANIZATION_SETTINGS;
/// Something was saved.
pub const SAVED: &str = "Changes saved.";

/// What it is about.
pub fn lede(org: &str) -> String {
    format!("How {org} appears, and what its keys may be.")
}

/// API keys are off.
pub fn off(org: &str) -> String {
    format!("API keys aren't turned on for {org}. What you set here counts as soon as they are.")
}

/// Every section.
pub mod section {
    /// Saves it.
    pub const SUBMIT: &str = "Save changes";
    /// Something was changed and is not saved.
    pub const UNSAVED: &str = "You have unsaved changes.";
    /// Somebody was faster, nobody knows who.
    pub const CHANGED: &str = "Somebody changed these settings meanwhile.";

    /// Somebody was faster, and when.
    pub fn changed(who: &str, when: &str) -> String {
        format!("{who} changed these settings at {when}.")
    }

    /// What follows from that; `changed` is one of the two.
    pub fn nothing_saved(changed: &str) -> String {
        format!("{changed} Nothing of yours was saved. Look again before you go on.")
    }
}

/// The section *General*.
pub mod general {
    /// Its heading.
    pub const HEADING: &str = "General";
    /// The organization's display name.
    pub const NAME: &str = "Name";
    /// Whom its people ask.
    pub const CONTACT: &str = "Support contact";
    /// What to write there.
    pub const CONTACT_HINT: &str =
        "Members see it where something is closed to them. An e-mail address, a link, or words such as a phone number.";
    /// Its zone.
    pub const TIME_ZONE: &str = "Time zone";

    /// What stays when the name changes.
    pub fn about(org: &str) -> String {
        format!("Its address stays /t/{org}, whatever its name.")
    }

    /// What the zone is for; `time_there` is as "14:05 CET".
    pub fn time_zone_hint(time_there: &str) -> String {
        format!(
            "Dates are shown and keys expire by it. It is {time_there} there now. Keys that exist end at the same moment \
             as before."
        )
    }
}

/// Who is told of keys by mail, in the section *Key policy*.
pub mod notices {
    /// Who is told.
    pub const WHO: &str = "Who is told by mail of the organization's keys";
    /// Every administrator.
    pub const ADMINISTRATORS: &str = "Administrators";
    /// Of what.
    pub const ADMINISTRATORS_DETAIL: &str = "When a key is created, rotated or suspended.";
    /// Nobody.
    pub const NOBODY: &str = "Nobody";
    /// Who is told in any case.
    pub const NOBODY_DETAIL: &str = "Owners are still told of their own keys.";
    /// Whether reminders are mailed.
    pub const REMINDERS: &str = "Remind before a key expires";
    /// When.
    pub const REMINDERS_HINT: &str = "By mail to the same people, 14 days, 3 days and 1 day before.";
}
