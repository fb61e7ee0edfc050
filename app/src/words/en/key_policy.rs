//! The section *Key policy* of the organization's settings. Who is told by mail stands in `organization_settings`.

/// The section's heading.
pub const HEADING: &str = "Key policy";
/// What it is about.
pub const ABOUT: &str = "What new keys must keep to. Keys that exist keep what they have, and before you save you see \
                         which of them the new rules would not allow.";
/// Whether keys say what they are for.
pub const REQUIRE_DESCRIPTION: &str = "Require a description";

/// How long keys live.
pub mod lifetime {
    /// The question.
    pub const LEGEND: &str = "Longest life of a key";
    /// As long as anybody likes.
    pub const NO_LIMIT: &str = "No limit";
    /// A number of days of one's own.
    pub const CUSTOM: &str = "Custom";
    /// That number.
    pub const CUSTOM_DAYS: &str = "Days";
    /// Whether a key may have no end.
    pub const ALLOW_NONE: &str = "Allow keys without an expiration";
    /// When that matters.
    pub const ALLOW_NONE_HINT: &str = "Counts where there is no longest life.";

    /// A fixed choice.
    pub fn days(days: u32) -> String {
        format!("{days} days")
    }
}

/// Which kinds of key there are.
pub mod kinds {
    /// The question.
    pub const LEGEND: &str = "How keys are used";
    /// Both.
    pub const BOTH: &str = "Either way";
    /// What that means.
    pub const BOTH_DETAIL: &str = "Chosen when a key is created.";
    /// Clients.
    pub const CLIENT: &str = "Exchanged for access tokens";
    /// What that means.
    pub const CLIENT_DETAIL: &str = "Tokens live an hour at most.";
    /// Tokens.
    pub const TOKEN: &str = "Sent as they are";
    /// What that means.
    pub const TOKEN_DETAIL: &str = "With every request.";
}

/// Who may own keys.
pub mod owners {
    /// The question.
    pub const LEGEND: &str = "Who may own keys, beside the organization";
    /// Everybody.
    pub const MEMBERS: &str = "Every member";
    /// What that means.
    pub const MEMBERS_DETAIL: &str = "Each manages only their own.";
    /// Administrators.
    pub const ADMINISTRATORS: &str = "Administrators";
    /// What that means.
    pub const ADMINISTRATORS_DETAIL: &str = "Members own none.";
    /// Nobody.
    pub const NOBODY: &str = "Nobody";
    /// What that means.
    pub const NOBODY_DETAIL: &str = "Every key is the organization's.";
}

/// How many keys there may be.
pub mod limits {
    /// Of an environment.
    pub const PER_ENVIRONMENT: &str = "Most keys in an environment";
    /// Of a person.
    pub const PER_USER: &str = "Most keys a person owns";

    /// The operator's ceiling counts.
    pub fn ceiling_counts(ceiling: u32) -> String {
        format!("Whoever runs this console allows {ceiling}, which counts while this is empty.")
    }

    /// The operator's ceiling counts because it is lower.
    pub fn ceiling_is_lower(ceiling: u32, own: u32) -> String {
        format!("Whoever runs this console allows {ceiling} at the moment, which counts: it is below your own {own}.")
    }

    /// The administrators' own counts.
    pub fn own_counts(ceiling: u32) -> String {
        format!("Whoever runs this console allows {ceiling}. Empty this field to go by that.")
    }
}

/// The organization's own scopes.
pub mod scopes {
    /// What they are.
    pub const LABEL: &str = "Your own scopes";
    /// How to write them; an example follows.
    pub const HINT: &str = "One on each line, such as ";
    /// The example.
    pub const EXAMPLE: &str = "invoices:read";
    /// What they do.
    pub const HINT_END: &str =
        ". They stand in access tokens, and your systems know what they mean. Keyline's own are always there.";
}

/// The question before stricter rules are saved.
pub mod confirm {
    /// Heading.
    pub const HEADING: &str = "Save this key policy?";
    /// What follows.
    pub const LEDE: &str = "Nothing stops working. The new rules do not reach:";
    /// Does it.
    pub const SUBMIT: &str = super::super::organization_settings::section::SUBMIT;
}
