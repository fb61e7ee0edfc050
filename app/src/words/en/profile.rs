//! A person's own page.

/// Who they are.
pub mod about {
    /// Their display name.
    pub const NAME: &str = "Name";
    /// What it is for.
    pub const NAME_HINT: &str = "People see it beside what you do, in every organization of yours.";
    /// The button beside it.
    pub const SAVE_NAME: &str = "Save name";
    /// What they sign in with.
    pub const EMAIL: &str = "E-mail";
    /// What changing it means.
    pub const EMAIL_HINT: &str =
        "You sign in with it. Changing it asks for your password and signs you out everywhere else.";
    /// The button beside it.
    pub const SAVE_EMAIL: &str = "Change e-mail";
    /// After the name was saved.
    pub const NAME_CHANGED: &str = "Your name is changed.";
    /// After the address was saved.
    pub const EMAIL_CHANGED: &str =
        "Your e-mail address is changed. Sign in with the new one from now on. You are signed out everywhere else.";
    /// When there was nothing to save.
    pub const NOTHING_CHANGED: &str = "Nothing was changed.";
}

/// How times are shown.
pub mod times {
    /// The heading.
    pub const HEADING: &str = "Dates and times";
    /// The zone.
    pub const ZONE: &str = "Time zone";
    /// The switch.
    pub const EXACT: &str = "Exact times";
    /// What it does.
    pub const EXACT_HINT: &str = "Lists show “21 Nov 2026, 14:05 CET” where they would show “4 minutes ago”.";
    /// The button.
    pub const SAVE: &str = "Save";
    /// After it was saved.
    pub const CHANGED: &str = "Changes saved.";

    /// What the zone is for; `organization` is the one that counts where it is empty, `there` the time it is now.
    pub fn zone_hint(organization: &str, there: &str) -> String {
        format!(
            "Empty for that of your organization, {organization}. It is {there} now. Keys end by the organization's zone \
             whichever you choose."
        )
    }
}

/// Proposes the zone of the browser.
pub mod proposal {
    /// What the zone stands after.
    pub const QUESTION_BEFORE: &str = "Use ";
    /// What it stands before.
    pub const QUESTION_AFTER: &str = " for dates?";
    /// What the notice is called.
    pub const LABEL: &str = "Time zone";
    /// Yes.
    pub const USE: &str = "Use it";

    /// No: `zone` is what stays.
    pub fn keep(zone: &str) -> String {
        format!("Keep {zone}")
    }

    /// After a yes.
    pub fn used(zone: &str) -> String {
        format!("Dates are shown in {zone}. Change it in your profile.")
    }

    /// The browser named a zone that nobody here knows.
    pub const UNKNOWN: &str = "That time zone is not known here. Choose one in your profile.";
}
