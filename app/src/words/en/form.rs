//! Parts of forms.

/// Leads back without doing anything.
pub const CANCEL: &str = "Cancel";
/// After the label of a field that may stay empty.
pub const OPTIONAL: &str = " (optional)";
/// What a key is for.
pub const DESCRIPTION: &str = "Description";
/// Under it.
pub const DESCRIPTION_HINT: &str = "Who owns it, and where it runs.";
/// The same where it may not stay empty.
pub const DESCRIPTION_REQUIRED_HINT: &str = "Who owns it, and where it runs. Your organization asks for it.";
/// Above a form that was kept while its session ended.
pub const SUBMIT_AGAIN: &str = "Check and submit again.";

/// The answers to a question before what was typed is lost.
pub mod discard {
    /// No.
    pub const KEEP: &str = "Keep editing";
    /// Yes.
    pub const LEAVE: &str = "Discard";
}

/// Title of a page whose form came back.
pub fn error_title(title: &str) -> String {
    format!("Error: {title}")
}

/// Above the mistakes in a form.
pub fn things_to_fix(count: usize) -> String {
    if count == 1 { "1 thing to fix".to_owned() } else { format!("{count} things to fix") }
}
