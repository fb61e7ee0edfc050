//! Addresses of the console. No secret ever stands in one.

/// Sign-in page and where its form posts.
pub const SIGN_IN: &str = "/sign-in";
/// Where the sign-out form posts.
pub const SIGN_OUT: &str = "/sign-out";
/// The page that leads to a person's organization.
pub const HOME: &str = "/";

/// First-run set-up, opened with the one-time `token`.
pub fn set_up(token: &str) -> String {
    format!("/setup/{token}")
}

/// An organization, by slug.
pub fn organization(org: &str) -> String {
    format!("/t/{org}")
}

/// The list of API keys of an environment; creating posts to the same address.
pub fn api_keys(org: &str, env: &str) -> String {
    format!("/t/{org}/settings/api-keys/{env}")
}

/// The create form as a page.
pub fn new_key(org: &str, env: &str) -> String {
    format!("{}/new", api_keys(org, env))
}

/// One key.
pub fn key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/{client_id}", api_keys(org, env))
}

/// The page that asks before a key is removed; removing posts to the same address.
pub fn remove_key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/{client_id}/remove", api_keys(org, env))
}

/// The list, scrolled to the row of one key. The query is what makes it another address than that of the page which
/// answers a creation: a fragment alone would only scroll there.
pub fn key_in_list(org: &str, env: &str, client_id: &str) -> String {
    format!("{}?sort=created#{}", api_keys(org, env), row_id(client_id))
}

/// Id of a key's row in the list.
pub fn row_id(client_id: &str) -> String {
    format!("key-{client_id}")
}
