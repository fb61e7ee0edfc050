//! What a program does first with a client id and a secret.

/// Over the steps.
pub const HEADING: &str = "Use them";
/// The first step.
pub const GET: &str = "1. Get an access token";
/// The second.
pub const CHECK: &str = "2. Check it, as the API that receives it does";
/// What stands in front of the second where the first has its own caption.
pub const THEN: &str = "Send the token it answers as access_token to your API, which checks it:";
/// Under the first.
pub const LIFETIME: &str = "Between 30 and 3600 seconds.";
/// Copies the first.
pub const COPY: &str = "Copy command";
/// Copies the second.
pub const COPY_CHECK: &str = "Copy check";
/// Said after copying.
pub const COPIED: &str = "Command copied";
/// What the second step needs, for a token that is verified offline.
pub const NEEDS_PYJWT: &str =
    "With Python and PyJWT[crypto]. It prints the token's claims, or why the token is not good.";
/// The same for a token that is asked about.
pub const NEEDS_CHECKER: &str =
    "With a key of your organization that has the scope tokens:introspect. A good token is active: true.";
