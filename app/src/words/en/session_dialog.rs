//! The dialog that says that the session is about to end, or has ended.

/// Before it ends.
pub mod warning {
    /// Heading.
    pub const HEADING: &str = "Still there?";
    /// Before the time that is left.
    pub const TIME_LEFT: &str = "You'll be signed out in ";
    /// After it.
    pub const TIME_LEFT_END: &str = ". ";
    /// Where a secret is on screen that nobody has saved.
    pub const SECRET: &str = "Copy your key first.";
    /// Where pressing a button prolongs nothing.
    pub const LAST: &str = "A session lasts only so long, however much it is used. You can sign in again then.";
    /// Read out near the end; `{}` stands for the seconds.
    pub const LAST_CALL: &str = "You'll be signed out in {} seconds.";
    /// The session could not be prolonged.
    pub const UNREACHED: &str = "We couldn't reach the server. Try again.";
    /// Goes.
    pub const SIGN_OUT: &str = "Sign out";
    /// Stays.
    pub const STAY: &str = "Stay signed in";
}

/// After it has ended.
pub mod ended {
    /// Heading.
    pub const HEADING: &str = "Your session ended";
    /// What to do.
    pub const TEXT: &str = "Sign in again to carry on. What you typed is kept.";
    /// Does it.
    pub const SIGN_IN: &str = "Sign in";
}
