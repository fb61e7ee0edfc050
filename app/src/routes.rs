//! Addresses of the console. No secret ever stands in one.

/// Sign-in page and where its form posts.
pub const SIGN_IN: &str = "/sign-in";
/// Sign-in page after signing out.
pub const SIGNED_OUT: &str = "/sign-in?signed-out";
/// Where the choice of light or dark posts.
pub const APPEARANCE: &str = "/appearance";
/// Where the sign-out form posts.
pub const SIGN_OUT: &str = "/sign-out";
/// The page that leads to a person's organization.
pub const HOME: &str = "/";

/// First-run set-up, opened with the one-time `token`.
pub fn set_up(token: &str) -> String {
    format!("/setup/{token}")
}

/// Choice of a new password through the one-time link with this token.
pub fn reset_password(token: &str) -> String {
    format!("/reset/{token}")
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

/// Name and description of a key; saving posts to the same address.
pub fn edit_key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/edit", key(org, env, client_id))
}

/// The page that asks before a key is suspended; suspending posts to the same address.
pub fn suspend_key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/suspend", key(org, env, client_id))
}

/// The page that asks before a key is re-approved; re-approving posts to the same address.
pub fn reapprove_key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/reapprove", key(org, env, client_id))
}

/// The page that asks how a key is rotated; rotating posts to the same address.
pub fn rotate_key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/rotate", key(org, env, client_id))
}

/// Where ending the previous secret of a key posts.
pub fn end_previous_secret(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/end-previous-secret", key(org, env, client_id))
}

/// The page that asks before a key is removed; removing posts to the same address.
pub fn remove_key(org: &str, env: &str, client_id: &str) -> String {
    format!("{}/remove", key(org, env, client_id))
}

/// The Activity Log of an organization.
pub fn activity(org: &str) -> String {
    format!("/t/{org}/settings/activity")
}

/// The Activity Log of an organization as a file, `csv` or `json`.
pub fn export_activity(org: &str, format: &str) -> String {
    format!("{}/export/{format}", activity(org))
}

/// The Activity Log of an organization, what concerns one key alone.
pub fn activity_of_key(org: &str, client_id: &str) -> String {
    format!("{}?key={client_id}", activity(org))
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
