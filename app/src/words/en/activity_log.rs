//! The Activity Log.

/// Heading.
pub const HEADING: &str = super::frame::ACTIVITY_LOG;
/// What it is.
pub const LEDE: &str = "Everything that people and programs did here. Nothing in it can be changed.";
/// Downloads what matches.
pub const EXPORT_CSV: &str = "Export CSV";
/// The same for programs.
pub const EXPORT_JSON: &str = "Export JSON";
/// Where nothing matches.
pub const EMPTY: &str = "Nothing has happened yet in this period.";

/// What is asked for.
pub mod filters {
    use domain::activity::Event;

    /// By whom.
    pub const WHO: &str = "Who";
    /// By whomever.
    pub const ANYONE: &str = "Anyone";
    /// By the command line, which has no name.
    pub const COMMAND_LINE: &str = "Command line and server";
    /// Which event.
    pub const EVENT: &str = "Event";
    /// Whichever.
    pub const ANYTHING: &str = "Anything";
    /// In which environment.
    pub const ENVIRONMENT: &str = "Environment";
    /// In each.
    pub const ALL: &str = "All";
    /// Concerning which key.
    pub const KEY: &str = "Key";
    /// How a key is named here.
    pub const KEY_PLACEHOLDER: &str = "Client ID";
    /// First day.
    pub const FROM: &str = "From";
    /// Last day.
    pub const TO: &str = "To";
    /// Asks.
    pub const SHOW: &str = "Show";
    /// Asks for everything.
    pub const CLEAR: &str = "Clear filters";

    /// An event to choose.
    pub fn event(event: Event) -> String {
        super::sentence(super::super::activity::event(event))
    }

    /// The key cannot be read.
    pub const KEY_MALFORMED: &str = "This is not a client ID. It begins like kl_ci_ and is in the list of keys.";
    /// What was chosen cannot be.
    pub const UNKNOWN_CHOICE: &str = "Choose one of the list.";
    /// A day cannot be read.
    pub const DAY_MALFORMED: &str = "Choose a date.";
    /// The last day comes before the first.
    pub const TO_BEFORE_FROM: &str = "Choose the same day as in From or a later one.";
}

/// Days in one step.
pub mod spans {
    /// The links, for screen readers.
    pub const LABEL: &str = "Time ranges";
    /// This day.
    pub const TODAY: &str = "Today";
    /// The day before.
    pub const YESTERDAY: &str = "Yesterday";
    /// A week.
    pub const LAST_7_DAYS: &str = "Last 7 days";
    /// A month.
    pub const LAST_30_DAYS: &str = "Last 30 days";

    /// Whose days.
    pub fn zone(zone: &str) -> String {
        format!("Days begin and end in {zone}.")
    }
}

/// The table.
pub mod table {
    /// What it is, for screen readers.
    pub const CAPTION: &str = "What happened, newest first";
    /// When.
    pub const TIME: &str = "Time";
    /// Who did it.
    pub const WHO: &str = "Who";
    /// What.
    pub const WHAT: &str = "What";
    /// To what.
    pub const TARGET: &str = "Target";
    /// In which environment.
    pub const ENVIRONMENT: &str = "Environment";
    /// From which address.
    pub const IP: &str = "IP";
    /// Opens the particulars.
    pub const DETAILS: &str = "Details";

    /// Of what, for screen readers.
    pub fn of(what: &str, target: &str) -> String {
        format!(" of “{what}”, {target}")
    }

    /// The exact time, among the particulars.
    pub const EXACT_TIME: &str = "Time";
    /// The target's id.
    pub const TARGET_ID: &str = "Target";
    /// The id of the request.
    pub const REQUEST: &str = "Request ID";

    /// A particular by its name in the log, `snake_case`.
    pub fn particular(name: &str) -> String {
        super::sentence(&name.replace('_', " "))
    }
}

/// The other pages.
pub mod pages {
    /// The links, for screen readers.
    pub const LABEL: &str = "Pages";
    /// To the first page.
    pub const NEWEST: &str = "Newest";
    /// To the next.
    pub const OLDER: &str = "Older";
}

/// A phrase as it begins a sentence.
fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
