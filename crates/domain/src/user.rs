//! People.

use crate::text_enum;

text_enum! {
    /// What a person may do in one organization.
    Role {
        /// Organization Administrator: manages the organization's keys.
        Admin = "admin",
        /// Manages their own keys only, where the organization allows that.
        Member = "member",
    }
    /// Whether an account, or a membership, may be used.
    UserState {
        /// In use.
        Active = "active",
        /// Refused, with every key it owns.
        Deactivated = "deactivated",
    }
}
