//! Mail.

/// The line above everything else.
pub fn greeting(name: Option<&str>) -> String {
    name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"))
}

/// The last line.
pub fn signature(product: &str, url: &str) -> String {
    format!("-- \n{product}, {url}")
}

/// Facts about a key or a change, a line each.
pub mod facts {
    /// Name of the key.
    pub const KEY: &str = "API key";
    /// Its client id.
    pub const CLIENT_ID: &str = "Client ID";
    /// Its organization.
    pub const ORGANIZATION: &str = "Organization";
    /// Its environment.
    pub const ENVIRONMENT: &str = "Environment";
    /// Who changed it.
    pub const BY: &str = "By";
    /// When.
    pub const WHEN: &str = "When";
    /// From which network address.
    pub const FROM: &str = "From";
    /// When it ends.
    pub const EXPIRES: &str = "Expires";
    /// Until when the secret before it works.
    pub const PREVIOUS_SECRET: &str = "Previous secret until";
}

/// What happened to a key.
pub mod key {
    /// Subject and first sentence.
    pub fn created(name: &str, org: &str) -> (String, String) {
        (format!("API key “{name}” was created"), format!("An API key was created in {org}."))
    }

    /// Subject and first sentence.
    pub fn rotated(name: &str, org: &str) -> (String, String) {
        (format!("API key “{name}” was rotated"), format!("An API key in {org} got a new secret."))
    }

    /// Subject and first sentence.
    pub fn suspended(name: &str, org: &str) -> (String, String) {
        let sentence = format!("An API key in {org} was suspended. It is refused until somebody re-approves it.");
        (format!("API key “{name}” was suspended"), sentence)
    }

    /// Subject and first sentence.
    pub fn exposed(name: &str, org: &str) -> (String, String) {
        let sentence = format!(
            "The secret of an API key in {org} was found in public. The key is suspended, and its access tokens are refused \
             where they are checked online. Rotate it, give the new secret to what uses it, then have it re-approved."
        );
        (format!("API key “{name}” was found in public"), sentence)
    }

    /// Subject and first sentence; `day` is as "5 Dec 2026".
    pub fn expires(name: &str, org: &str, day: &str) -> (String, String) {
        let sentence = format!(
            "An API key in {org} works until {day} and is refused after that. If it is still needed, rotate it with a new \
             expiration, or create another key, before then."
        );
        (format!("API key “{name}” expires on {day}"), sentence)
    }

    /// Above the link to the key.
    pub const LOOK_AT_IT: &str = "The key, where you can suspend, rotate or remove it:";
    /// Why an owner gets the mail.
    pub const YOU_OWN_IT: &str = "You get this mail because the key is yours.";

    /// Why an administrator gets the mail.
    pub fn you_administer(org: &str) -> String {
        format!("You get this mail because you administer {org}. Organization settings, Key policy says who is told.")
    }
}

/// An invitation.
pub mod invitation {
    /// Subject.
    pub fn subject(org: &str, product: &str) -> String {
        format!("Join {org} on {product}")
    }

    /// What it is about.
    pub fn sentence(by: &str, org: &str, product: &str) -> String {
        format!("{by} invites you to join {org} on {product}. Open this link to accept:")
    }

    /// How long the link works; `until` is as "28 Nov 2026, 11:59 UTC".
    pub fn until(until: &str) -> String {
        format!("It works once, until {until}. If you don't know what this is about, ignore this mail.")
    }
}

/// A link to choose a new password.
pub mod password_link {
    /// Subject.
    pub fn subject(product: &str) -> String {
        format!("Choose a new password for {product}")
    }

    /// Asked for at the sign-in page.
    pub fn asked_by_anybody(product: &str) -> String {
        format!("Somebody, probably you, asked for a new password for {product}. Open this link to choose one:")
    }

    /// Asked for by an administrator.
    pub fn asked_by_administrator(product: &str) -> String {
        format!("An administrator asks you to choose a new password for {product}. Open this link to do so:")
    }

    /// How long it works.
    pub fn until(minutes: i64) -> String {
        format!(
            "It works once, for {minutes} minutes, and a newer link ends it. You are signed out everywhere then. If you \
             did not ask for it, ignore this mail: your password stays as it is."
        )
    }
}

/// A password that was changed.
pub mod password_changed {
    /// Subject.
    pub fn subject(product: &str) -> String {
        format!("Your password for {product} was changed")
    }

    /// What happened.
    pub fn sentence(product: &str) -> String {
        format!("The password of your account on {product} was changed, and other sessions were ended.")
    }

    /// What to do.
    pub const NOT_YOU: &str = "If that was not you, choose a new password at once, and tell an administrator:";
}

/// An address that was changed; goes to the former one.
pub mod email_changed {
    /// Subject.
    pub fn subject(product: &str) -> String {
        format!("Your e-mail address for {product} was changed")
    }

    /// What happened.
    pub fn sentence(product: &str) -> String {
        format!("Your account on {product} has another e-mail address now. This one no longer signs in.")
    }

    /// What to do.
    pub const NOT_YOU: &str = "If that was not you, tell an administrator at once.";
}
