//! How a server function refuses.

/// The form was shown in another session.
pub const STALE_FORM: &str = "This form belongs to an earlier session. Nothing was changed. Reload the page.";
/// The person may not make keys.
pub const DENIED: &str = "Your role can't create keys here.";
/// There is no such key.
pub const NOT_FOUND: &str = "This key isn't here any more.";
/// The arguments could not be read.
pub const UNREADABLE: &str = "We couldn't read this request. Reload the page and try again.";
/// The password is asked for.
pub const PASSWORD_NEEDED: &str = "It's a while since you signed in. Enter your password to carry on.";
/// Nobody is signed in any more.
pub const SESSION_ENDED: &str = "Your session ended. Sign in again to carry on.";
/// The server has too much to do.
pub const BUSY: &str = "We're busy right now. Nothing was changed. Try again in a few seconds.";
/// No answer came.
pub const UNHEARD: &str = "We didn't hear back. Try again: it's safe, it won't happen twice.";

/// Something broke on our side.
pub fn failed(reference: &str) -> String {
    format!("Something went wrong on our side. Nothing was created. Reference {reference}.")
}

/// The form was sent before.
pub fn already_created(name: &str) -> String {
    format!(
        "“{name}” was already created. Its value was shown once and can't be shown again. If you didn't save it, rotate \
         the key to get a new one."
    )
}
