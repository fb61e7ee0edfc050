//! The list of API keys.

use domain::key::Kind;

use super::number::digits;

/// Title and heading of a person's own list.
pub const OWN_HEADING: &str = super::frame::OWN_KEYS;
/// Title and heading of the organization's list.
pub const HEADING: &str = super::frame::API_KEYS;
/// What a person's own keys are.
pub const OWN_LEDE: &str = "They act as you. If your account is deactivated, they stop working.";
/// Opens the create form.
pub const CREATE: &str = super::create_key::HEADING;
/// Links to the other environments, for screen readers.
pub const ENVIRONMENTS: &str = "Environments";

/// What the organization's keys are.
pub fn lede(product: &str) -> String {
    format!("Keys let your systems request access tokens for {product}.")
}

/// After the number of keys in an environment, for screen readers.
pub fn counted(count: u32) -> &'static str {
    if count == 1 { " key" } else { " keys" }
}

/// Where there is no key.
pub mod first_use {
    /// Leads to the guide about it.
    pub const HOW: &str = "How authentication works";
    /// Leads to what was there before.
    pub const REMOVED: &str = "See removed keys";

    /// Heading of the organization's list.
    pub fn heading(env: &str) -> String {
        format!("No keys in {env} yet")
    }

    /// Heading of a person's own list.
    pub fn own_heading(env: &str) -> String {
        format!("You have no keys in {env} yet")
    }

    /// What the organization's keys are good for.
    pub fn advice(product: &str) -> String {
        format!(
            "Create a key for each service that calls {product}, so you can replace or stop one without touching the \
             others."
        )
    }

    /// What a person's own keys are good for.
    pub fn own_advice(product: &str) -> String {
        format!(
            "Create a key for each script or tool of yours that calls {product}, so you can replace or stop one \
             without touching the others."
        )
    }
}

/// Where no more keys may be made.
pub mod limit {
    /// How many an environment has.
    pub fn of_environment(used: u32, max: u32, env: &str) -> String {
        format!("{used} of {max} keys used in {env}.")
    }

    /// How many a person has.
    pub fn of_person(used: u32, max: u32) -> String {
        format!("{used} of {max} keys of your own used.")
    }

    /// What to do, after that.
    pub const ADVICE: &str = " Remove one to create another. Rotating a key doesn't use a place.";
    /// What to do where others use the places.
    pub const ASK: &str = " Remove one, or ask an organization administrator to make room. Rotating a key doesn't use a \
                           place.";
}

/// Where the list did not come.
pub mod load_error {
    /// Heading.
    pub const HEADING: &str = "We couldn't load your keys";
    /// What to do.
    pub const ADVICE: &str = "Nothing has changed. Try again, or contact support";
    /// The same where the server gave one, which follows.
    pub const WITH_REFERENCE: &str = " with reference ";
    /// Does it.
    pub const TRY_AGAIN: &str = "Try again";
}

/// Where no key matches.
pub mod no_match {
    /// Heading where the filters leave nothing.
    pub const HEADING: &str = "No keys match";
    /// What to do then.
    pub const ADVICE: &str = "Clear the filters to see the others.";
    /// What to do where something was looked for.
    pub const SEARCH_ADVICE: &str = "Check the spelling, or clear the filters.";
    /// Does it.
    pub const CLEAR: &str = "Clear filters";

    /// Heading where something was looked for.
    pub fn search_heading(q: &str) -> String {
        format!("No keys match “{q}”")
    }
}

/// What is asked for.
pub mod filters {
    use crate::pages::api_keys::{SortBy, StatusFilter};

    /// Part of a name or of a client id.
    pub const SEARCH: &str = "Search keys";
    /// What it looks at.
    pub const SEARCH_HINT: &str = "Name or client ID";
    /// Which status.
    pub const STATUS: &str = "Status";
    /// In which order.
    pub const ORDER: &str = "Sort by";
    /// How many on a page.
    pub const PER_PAGE: &str = "Per page";
    /// Asks.
    pub const SUBMIT: &str = "Search";

    /// An order to choose.
    pub fn order(sort: SortBy, descending: bool) -> String {
        let (first, rest) = super::table::order(sort, descending).split_at(1);
        first.to_uppercase() + rest
    }

    /// A status to choose.
    pub fn status(status: StatusFilter) -> &'static str {
        match status {
            StatusFilter::All => "All",
            StatusFilter::Active => "Active",
            StatusFilter::ExpiresSoon => "Expires soon",
            StatusFilter::Suspended => "Suspended",
            StatusFilter::Expired => "Expired",
            StatusFilter::NeverUsed => "Never used",
            StatusFilter::Removed => "Removed",
        }
    }
}

/// What is done to several keys.
pub mod selection {
    /// The bar, for screen readers.
    pub const LABEL: &str = "Selected keys";
    /// Before the script counts.
    pub const SELECTED: &str = "Selected";
    /// Selects none.
    pub const CLEAR: &str = "Clear";
    /// Before the name of a key to tick.
    pub const SELECT: &str = "Select ";

    /// How many match; `keys` are their digits.
    pub fn total(keys: &str, one: bool) -> String {
        format!("{keys} {}", if one { "key" } else { "keys" })
    }

    /// Selects every key that matches.
    pub fn select_all(keys: &str) -> String {
        format!("Select all {keys} that match")
    }

    /// Selects as many as can be at once.
    pub fn select_first(max: u32, keys: &str) -> String {
        format!("Select the first {max} of {keys} that match")
    }

    /// Selects the keys on screen.
    pub fn select_page(shown: usize) -> String {
        format!("Select all {shown} on this page")
    }
}

/// The table.
pub mod table {
    use crate::pages::api_keys::SortBy;

    /// Name and description.
    pub const KEY: &str = "Key";
    /// Public identifier.
    pub const CLIENT_ID: &str = "Client ID";
    /// How it is used.
    pub const TYPE: &str = "Type";
    /// Status.
    pub const STATUS: &str = "Status";
    /// Last use.
    pub const LAST_USED: &str = "Last used";
    /// No use yet.
    pub const NEVER_USED: &str = "Never";
    /// End.
    pub const EXPIRES: &str = "Expires";
    /// No end.
    pub const NEVER_EXPIRES: &str = "No expiration";
    /// Creation.
    pub const CREATED: &str = "Created";
    /// Before the name of who made it.
    pub const CREATED_BY: &str = "by ";
    /// The menus, for screen readers.
    pub const ACTIONS: &str = "Actions";
    /// Copies the client id.
    pub const COPY: &str = "Copy";
    /// Leads to the page of a key.
    pub const DETAILS: &str = "View details";
    /// The links to other pages, for screen readers.
    pub const PAGES: &str = "Pages";
    /// The page before.
    pub const PREVIOUS: &str = "Previous";
    /// The page after.
    pub const NEXT: &str = "Next";

    /// Marks a key that was just created and that the filters would hide.
    pub const JUST_CREATED: &str = "Just created";
    /// In the place of the range where nothing matches the filters.
    pub const NONE: &str = "No other keys match";

    /// What the table is where it holds nothing but a key that was just created.
    pub fn caption_of_created(env: &str) -> String {
        format!("The API key that was just created in {env}. No others match.")
    }

    /// What it is, for screen readers.
    pub fn caption(env: &str, range: &str, order: &str) -> String {
        format!("API keys in {env}, {range}, sorted by {order}. Column headings sort the list.")
    }

    /// Its order, for the caption.
    pub fn order(sort: SortBy, descending: bool) -> &'static str {
        match (sort, descending) {
            (SortBy::Name, false) => "name, A to Z",
            (SortBy::Name, true) => "name, Z to A",
            (SortBy::LastUsed, true) => "last use, latest first",
            (SortBy::LastUsed, false) => "last use, earliest first",
            (SortBy::Expires, false) => "expiration, soonest first",
            (SortBy::Expires, true) => "expiration, latest first",
            (SortBy::Created, true) => "date created, newest first",
            (SortBy::Created, false) => "date created, oldest first",
        }
    }

    /// "1–50 of 312".
    pub fn range(first: &str, last: &str, total: &str) -> String {
        format!("{first}–{last} of {total}")
    }

    /// The same as it is read aloud.
    pub fn spoken_range(first: &str, last: &str, total: &str) -> String {
        format!("{first} to {last} of {total}")
    }

    /// Copies the client id of that key.
    pub fn copy(name: &str) -> String {
        format!("Copy client ID of {name}")
    }

    /// The menu of that key.
    pub fn actions(name: &str) -> String {
        format!("Actions for {name}")
    }
}

/// More than are counted.
pub fn more_than(count: u32) -> String {
    format!("more than {}", digits(count.into()))
}

/// The kind of a key.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Client => "OAuth client",
        Kind::Token => "API token",
    }
}

/// Whose a key is that belongs to a person.
pub mod ownership {
    /// The reader's.
    pub const YOURS: &str = "owned by you";
    /// The reader's credentials.
    pub const YOUR_CREDENTIALS: &str = "your API credentials";

    /// Somebody else's.
    pub fn theirs(name: &str) -> String {
        format!("owned by {name}")
    }

    /// Somebody else's credentials.
    pub fn their_credentials(name: &str) -> String {
        format!("API credentials of {name}")
    }
}

/// Whether something uses a key, before it is removed.
pub mod evidence {
    /// Nothing ever did.
    pub const NEVER_USED: &str = "Never used.";

    /// Nothing did of late.
    pub fn not_used_since(day: &str) -> String {
        format!("Not used since {day}.")
    }

    /// Something did, and from where it is known.
    pub fn last_used(when: &str, ip: Option<&str>) -> String {
        ip.map_or_else(|| format!("Last used {when}."), |ip| format!("Last used {when} from {ip}."))
    }
}
