//! Time zones, and how a person wants times to be shown.

use std::fmt;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::field::Refusal;

/// A name in the IANA tables that are in the program, so that every server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneName(String);

/// UTC.
impl Default for ZoneName {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

/// No zone of this name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownZone;

impl ZoneName {
    /// Reads a name, whatever its case.
    ///
    /// # Errors
    /// [`UnknownZone`].
    pub fn parse(text: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZoneDatabase::bundled().get(text.trim()).map_err(|_| UnknownZone)?;
        zone.iana_name().map(|name| Self(name.to_owned())).ok_or(UnknownZone)
    }

    /// The names that people choose from, sorted: those of places, and UTC. The tables have older ones too.
    pub fn places() -> Vec<String> {
        let tables = TimeZoneDatabase::bundled();
        let names = tables.available().map(|name| name.to_string());
        let is_place = |name: &str| name.contains('/') && !["Etc/", "US/"].iter().any(|old| name.starts_with(old));
        let mut names: Vec<_> = names.filter(|name| is_place(name) || name == "UTC").collect();
        names.sort_unstable();
        names
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The zone.
    pub fn zone(&self) -> TimeZone {
        zone(&self.0)
    }
}

/// The zone of this name, after the tables of the system or else those in the program; UTC when neither knows it.
pub fn zone(name: &str) -> TimeZone {
    let in_the_program = || TimeZoneDatabase::bundled().get(name);
    TimeZone::get(name).or_else(|_| in_the_program()).unwrap_or(TimeZone::UTC)
}

/// How a person wants times to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Their zone; `None` for that of the organization they look at.
    pub zone: Option<ZoneName>,
    /// Whether absolute times stand where relative ones would.
    pub exact: bool,
    /// Whether they have been asked for their zone.
    pub zone_proposed: bool,
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("There is no time zone of this name. Use a name such as Europe/Warsaw or UTC.")
    }
}

impl Refusal for UnknownZone {
    fn code(&self) -> &'static str {
        "unknown_time_zone"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_tables() {
        for (text, name) in [("UTC", "UTC"), (" europe/warsaw ", "Europe/Warsaw"), ("Asia/Kathmandu", "Asia/Kathmandu")]
        {
            assert_eq!(ZoneName::parse(text).expect(text).as_str(), name);
        }
        for text in ["", "Warsaw", "+01:00", "Europe/Warsaw\0", "../../etc/passwd", "posix/UTC", "EST5EDT4", "Europe"] {
            assert_eq!(ZoneName::parse(text), Err(UnknownZone), "{text}");
        }
        assert!(ZoneName::places().iter().all(|name| ZoneName::parse(name).is_ok()));
    }
}
