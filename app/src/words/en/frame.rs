//! The frame of a signed-in person's pages.

/// The rail's links to sections, for screen readers.
pub const SECTIONS: &str = "Settings";
/// Opens them where they have no room.
pub const MENU: &str = "Menu";
/// Above the sections.
pub const TENANT: &str = "Tenant";
/// How people sign in and systems get access tokens.
pub const AUTHENTICATION: &str = "Authentication";
/// The people.
pub const USERS: &str = "Users";
/// What happened.
pub const ACTIVITY_LOG: &str = "Activity Log";
/// The organization's keys.
pub const API_KEYS: &str = "API Keys";
/// Above what belongs to the organization as a whole.
pub const ORGANIZATION: &str = "Organization";
/// What administrators set there.
pub const SETTINGS: &str = "Settings";

/// Leads to the guide about the section.
pub const HELP: &str = "Help";
/// Leads to the guide about keys to press.
pub const KEYBOARD: &str = "Keyboard shortcuts";

/// Opens the command palette.
pub const JUMP: &str = "Search or jump to…";
/// The keys that open it.
pub const JUMP_KEYS: &str = "Ctrl K";
/// Name of the palette and of its field.
pub const PALETTE: &str = "Search or jump to";
/// What it finds.
pub const PALETTE_PLACEHOLDER: &str = "Pages, actions, keys";
/// Its list.
pub const RESULTS: &str = "Results";

/// An action of the palette.
pub fn create_key_in(env: &str) -> String {
    format!("Create API Key in {env}")
}

/// The list of an environment, in the palette and on the search page.
pub fn keys_in(env: &str) -> String {
    format!("API Keys in {env}")
}

/// The button that names where the person is.
pub fn place(org: &str, env: &str) -> String {
    format!("{org}, {env}. Switch organization or environment")
}

/// Above the environments to choose from.
pub const ENVIRONMENTS: &str = "Environments";
/// Above the organizations.
pub const ORGANIZATIONS: &str = "Organizations";
/// Marks the one on screen.
pub const CURRENT: &str = "Current";

/// The button that names the person.
pub fn account(user: &str) -> String {
    format!("{user}. Your account")
}

/// The person's own page.
pub const PROFILE: &str = "Profile";
/// The person's own keys.
pub const OWN_KEYS: &str = "Your API keys";
/// The person's credentials.
pub const CREDENTIALS: &str = "Generate credentials";
/// The organization's settings, in the person's menu.
pub const ORGANIZATION_SETTINGS: &str = "Organization settings";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";
/// Above the colour schemes.
pub const APPEARANCE: &str = "Appearance";

/// A colour scheme, in the palette.
pub fn appearance(theme: &str) -> String {
    format!("Appearance: {theme}")
}
