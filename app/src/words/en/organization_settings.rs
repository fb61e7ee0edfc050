//! *Organization settings*.

/// The section *General*.
pub mod general {
    /// Its heading.
    pub const HEADING: &str = "General";
    /// The organization's display name.
    pub const NAME: &str = "Name";
    /// Its zone.
    pub const TIME_ZONE: &str = "Time zone";

    /// What stays when the name changes.
    pub fn about(org: &str) -> String {
        format!("Its address stays /t/{org}, whatever its name.")
    }

    /// What the zone is for; `time_there` is as "14:05 CET".
    pub fn time_zone_hint(time_there: &str) -> String {
        format!(
            "Dates are shown and keys expire by it. It is {time_there} there now. Keys that exist end at the same moment \
             as before."
        )
    }
}
