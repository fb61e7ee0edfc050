//! The password, asked for again.

/// Heading.
pub const TITLE: &str = "Confirm it's you";
/// Why it is asked for.
pub const WHY: &str = "It's a while since you signed in. Enter your password to carry on. What you typed is kept.";
/// The password.
pub const PASSWORD: &str = "Password";
/// Goes on.
pub const CONTINUE: &str = "Continue";
/// The same while it is looked at.
pub const CHECKING: &str = "Checking…";
/// Back to what was typed.
pub const BACK: &str = "Back";
/// It is another one.
pub const WRONG: &str = "That isn't your password. Try again.";

/// It was wrong too often.
pub fn throttled(seconds: u32) -> String {
    format!("Too many attempts. Try again in {seconds} seconds.")
}
