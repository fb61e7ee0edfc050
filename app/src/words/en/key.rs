//! One key.

/// Leads back to the organization's list.
pub const BACK: &str = super::frame::API_KEYS;
/// Leads back to the person's own list.
pub const BACK_TO_OWN: &str = super::frame::OWN_KEYS;
/// Copies the client id.
pub const COPY: &str = "Copy";
/// The same, for screen readers.
pub const COPY_LABEL: &str = "Copy client ID";

/// The menu.
pub fn more_actions(name: &str) -> String {
    format!("More actions for {name}")
}

/// What it is.
pub mod about {
    use domain::key::AccessTokenFormat;

    /// Heading.
    pub const HEADING: &str = "About";
    /// Changes name and description.
    pub const EDIT: &str = "Edit";
    /// Says what that changes, for screen readers.
    pub const EDIT_WHAT: &str = " name and description";
    /// What it is for.
    pub const DESCRIPTION: &str = "Description";
    /// Nobody said.
    pub const NO_DESCRIPTION: &str = "None";
    /// Which kind.
    pub const TYPE: &str = "Type";

    /// The kind of a person's credentials.
    pub fn credentials(kind: &str) -> String {
        format!("{kind}, personal credentials")
    }

    /// What it is exchanged for.
    pub const ACCESS_TOKENS: &str = "Access tokens";

    /// What they are like.
    pub fn access_tokens(format: AccessTokenFormat) -> &'static str {
        match format {
            AccessTokenFormat::Jwt => "JWT",
            AccessTokenFormat::Opaque => "Opaque",
        }
    }

    /// What it may do.
    pub const SCOPES: &str = "Scopes";
    /// Nothing was chosen.
    pub const NO_SCOPES: &str = "None";
    /// Whose.
    pub const OWNER: &str = "Owner";
    /// The organization's.
    pub const OF_ORGANIZATION: &str = "The organization";
    /// The reader's.
    pub const OF_YOU: &str = "You";
    /// Where.
    pub const ENVIRONMENT: &str = "Environment";
    /// End.
    pub const EXPIRES: &str = "Expires";
    /// No end.
    pub const NEVER_EXPIRES: &str = "No expiration";
    /// What becomes of it when its owner signs out.
    pub const AT_SIGN_OUT: &str = "At sign-out";
    /// It stops.
    pub const SUSPENDED_AT_SIGN_OUT: &str = "Suspended until its owner re-approves it";
    /// Creation.
    pub const CREATED: &str = "Created";
    /// Between the day and who made it.
    pub const CREATED_BY: &str = " by ";
}

/// Its secrets.
pub mod secrets {
    /// Heading.
    pub const HEADING: &str = "Secrets";
    /// The newest.
    pub const CURRENT: &str = "Current";
    /// The one before.
    pub const PREVIOUS: &str = "Previous";
    /// Why none is shown.
    pub const HINT: &str = "Stored as a fingerprint. It can't be shown.";
    /// Before the day it was made.
    pub const CREATED: &str = "Created ";
    /// Before its last use.
    pub const LAST_USED: &str = "last used ";
    /// No use yet.
    pub const NEVER_USED: &str = "never used";
    /// The previous one is used.
    pub const STILL_IN_USE: &str = "Still in use: whatever uses it fails once it ends.";
    /// Before when the previous one ends.
    pub const ENDS: &str = "Ends ";
    /// Ends it.
    pub const END_NOW: &str = "End previous secret now";
    /// The button meanwhile.
    pub const ENDING: &str = "Ending…";
}

/// How it is used.
pub mod usage {
    /// Heading.
    pub const HEADING: &str = "Use";
    /// Before how long ago.
    pub const LAST_USED: &str = "Last used ";
    /// Before the address.
    pub const FROM: &str = " from ";
    /// Before what used it, as it calls itself.
    pub const BY: &str = " by ";
    /// No use yet.
    pub const NEVER_USED: &str = "Never used.";
}

/// What happened to it.
pub mod activity {
    /// Heading.
    pub const HEADING: &str = "Activity";
    /// Leads to all of it.
    pub const ALL: &str = "See all";
}
