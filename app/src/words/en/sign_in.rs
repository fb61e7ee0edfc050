//! Sign-in.

/// Heading.
pub const HEADING: &str = "Sign in";
/// Who.
pub const EMAIL: &str = "E-mail";
/// With what.
pub const PASSWORD: &str = "Password";
/// Does it.
pub const SUBMIT: &str = "Sign in";
/// The session is over.
pub const SESSION_ENDED: &str = super::rpc::SESSION_ENDED;
/// The session was over when a form was sent, which waits here.
pub const TYPED_KEPT: &str = "Your session ended. Sign in again to carry on. What you typed is kept for 15 minutes.";
/// The person signed out.
pub const SIGNED_OUT: &str = "You are signed out.";
/// Wrong address or password, or an account that may not sign in.
pub const REFUSED: &str = "That e-mail address and password don't match an account.";

/// It was wrong too often.
pub fn too_many(seconds: u64) -> String {
    super::forgot_password::too_many(seconds)
}
