//! The status of a key.

use crate::components::status::KeyStatus;

/// A status as it stands beside a key.
pub fn status(status: &KeyStatus) -> String {
    match status {
        KeyStatus::Removed => "Removed".to_owned(),
        KeyStatus::Exposed => "Found in public — rotate now".to_owned(),
        KeyStatus::OwnerDeactivated => "Suspended · owner deactivated".to_owned(),
        KeyStatus::SignedOut => "Suspended · owner signed out".to_owned(),
        KeyStatus::Restored => "Suspended · restored from a backup".to_owned(),
        KeyStatus::Suspended => "Suspended".to_owned(),
        KeyStatus::Expired => "Expired".to_owned(),
        KeyStatus::NotDelivered => "Secret never shown".to_owned(),
        KeyStatus::Rotating(when) => format!("Rotating · old secret ends {when}"),
        KeyStatus::ExpiresSoon { when, .. } => format!("Expires {when}"),
        KeyStatus::Active => "Active".to_owned(),
    }
}
