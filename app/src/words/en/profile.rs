//! A person's own page.

/// Heading.
pub const HEADING: &str = super::frame::PROFILE;

/// Who they are.
pub mod about {
    /// The heading.
    pub const HEADING: &str = "About you";
    /// Their display name.
    pub const NAME: &str = "Name";
    /// What it is for.
    pub const NAME_HINT: &str = "People see it beside what you do from now on, in every organization of yours.";
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

/// Their password.
pub mod password {
    use super::super::{confirm_password, set_up::you};

    /// The heading.
    pub const HEADING: &str = "Password";
    /// What changing it means.
    pub const LEDE: &str = "Changing it signs you out everywhere else.";
    /// The one that counts.
    pub const CURRENT: &str = "Current password";
    /// The one to come.
    pub const NEW: &str = "New password";
    /// What makes a good one.
    pub const NEW_HINT: &str = you::PASSWORD_HINT;
    /// The button.
    pub const SUBMIT: &str = "Change password";
    /// After it was changed.
    pub const CHANGED: &str = "Your password is changed. You are signed out everywhere else.";
    /// The current one is another.
    pub const WRONG: &str = confirm_password::WRONG;

    /// The current one was wrong too often.
    pub fn throttled(seconds: u32) -> String {
        confirm_password::throttled(seconds)
    }
}

/// Where they are signed in.
pub mod sessions {
    /// A browser that does not say which it is.
    pub const UNKNOWN_BROWSER: &str = "Unknown browser";

    /// A browser and the system it runs on, by their own names.
    pub fn browser_on(browser: &str, system: &str) -> String {
        format!("{browser} on {system}")
    }

    /// The heading.
    pub const HEADING: &str = "Where you are signed in";
    /// Marks the session that shows the page.
    pub const THIS_DEVICE: &str = "This device";
    /// Before when it was opened.
    pub const SIGNED_IN: &str = "Signed in ";
    /// Between that and when it was last used.
    pub const LAST_SEEN: &str = " · Last seen ";
    /// Ends a session.
    pub const SIGN_OUT: &str = "Sign out";

    /// The same, for screen readers; `last_seen` is as "4 minutes ago".
    pub fn sign_out_of(device: &str, last_seen: &str) -> String {
        format!("Sign out {device}, last seen {last_seen}")
    }

    /// After that.
    pub const SIGNED_OUT: &str = "That device is signed out.";
    /// Ends every session.
    pub const SIGN_OUT_EVERYWHERE: &str = "Sign out everywhere";
    /// What that means.
    pub const SIGN_OUT_EVERYWHERE_HINT: &str =
        "This device too. Keys of yours that are set to stop when you sign out are suspended.";
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
