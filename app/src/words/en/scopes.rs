//! What a key may do.

/// The question.
pub const QUESTION: &str = "What may it do?";
/// What choosing does.
pub const HINT: &str = "Scopes stand in its access tokens, and the API that receives a token decides by them. They can't \
                        be changed later.";
/// Those of the organization.
pub const OF_ORGANIZATION: &str = "In your own APIs";
/// Those of our API.
pub const OF_KEYLINE: &str = "In this console's API; not together with your own";

/// What one of our own allows.
pub fn meaning(scope: &str) -> &'static str {
    match scope {
        "keys:read" => "See API keys.",
        "keys:write" => "Create, change and remove API keys.",
        "activity:read" => "Read the Activity Log.",
        "tokens:introspect" => "Ask whether an access token is still good.",
        _ => "",
    }
}
