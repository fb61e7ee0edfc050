//! Identifiers: a prefix that tells the kind, then a ULID, never chosen by a client.

use std::fmt;

use crate::time::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id from the time it is made at and 80 random bits, the rest of `random` being ignored.
            pub fn new(now: Timestamp, random: u128) -> Self {
                let millis = u64::try_from(now.as_millis()).unwrap_or(0);
                Self(format!("{}{}", $prefix, ulid::Ulid::from_parts(millis, random)))
            }

            /// Reads an id; `None` when `text` cannot be one.
            pub fn parse(text: &str) -> Option<Self> {
                let ulid = text.strip_prefix($prefix)?;
                (ulid.len() == ulid::ULID_LEN && ulid::Ulid::from_string(ulid).is_ok()).then(|| Self(text.to_owned()))
            }

            /// The id as it stands in the database and in the API.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// An organization, the tenant.
    OrganizationId = "org_";
    /// A person's account.
    UserId = "usr_";
    /// An API key. People see its `client_id` instead.
    KeyId = "key_";
    /// An environment of an organization.
    EnvironmentId = "env_";
    /// An invitation to an organization.
    InvitationId = "inv_";
    /// A row of the Activity Log.
    EventId = "evt_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_kind() {
        let id = KeyId::new(Timestamp::from_millis(1_795_682_527_120), 7);
        assert_eq!(KeyId::parse(id.as_str()), Some(id.clone()));
        assert_eq!(UserId::parse(id.as_str()), None);
        assert_eq!(KeyId::parse("key_"), None);
        assert_eq!(KeyId::parse("key_01ARZ3NDEKTSV4RRFFQ69G5FA!"), None);
    }
}
