//! *Forgot your password?*

/// The link on the sign-in page, and the heading.
pub const HEADING: &str = "Forgot your password?";
/// What happens.
pub const LEDE: &str = "Enter the address of your account, and we mail you a link to choose a new password.";
/// The field.
pub const EMAIL: &str = "E-mail";
/// The button.
pub const SEND: &str = "Send link";
/// The heading of the answer.
pub const SENT_HEADING: &str = "Check your mail";
/// Leads back.
pub const BACK: &str = "Back to sign-in";

/// The answer, whether there is such an account or not.
pub fn sent(email: &str, minutes: i64) -> String {
    format!(
        "If {email} belongs to an account, a link to choose a new password is on its way there. It works once, for \
         {minutes} minutes, and a newer one ends it. Nothing came? Look among unwanted mail, or ask again in some minutes."
    )
}

/// Where no mail is sent.
pub fn by_hand(contact: Option<&str>) -> String {
    let whom = contact.map_or_else(|| "whoever runs this console".to_owned(), str::to_owned);
    format!(
        "This console sends no mail. Ask an administrator of your organization for a link to choose a new password, or {whom}."
    )
}

/// Too many in a row.
pub fn too_many(seconds: u64) -> String {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    format!("Too many attempts. Try again in {seconds} {unit}.")
}
