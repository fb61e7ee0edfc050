//! The answer to inviting people.

/// Heading, for as many new invitations.
pub fn heading(count: usize) -> String {
    match count {
        0 => "Invited before".to_owned(),
        1 => "1 person invited".to_owned(),
        count => format!("{count} people invited"),
    }
}

/// What to do with the links; `until` is as "28 Nov 2026, 12:59 CET".
pub fn by_hand(count: usize, until: &str) -> String {
    let them = if count == 1 { "this link" } else { "each link" };
    format!(
        "Hand {them} over to its person, until {until}. It works once, and lets whoever opens it first join. Leaving this \
         page removes it from view for good; you can always invite again."
    )
}

/// Where the links went; `until` is as "28 Nov 2026, 12:59 CET".
pub fn mailed(count: usize, until: &str) -> String {
    let whom = if count == 1 { "the address below" } else { "each address below" };
    format!(
        "A link to join was mailed to {whom}. It works once, until {until}. Nothing came? Invite again: that ends the older \
         link."
    )
}

/// The form has invited these addresses before.
pub mod before {
    /// Heading.
    pub const HEADING: &str = "This form was sent before";
    /// What became of their links.
    pub const ADVICE: &str = "Each link was shown or mailed once, and works as it did. Invite a person again for a new \
                              link, which ends the one before.";
}

/// Addresses that were not invited.
pub mod refused {
    /// Heading.
    pub fn heading(count: usize) -> String {
        match count {
            1 => "1 address was not invited".to_owned(),
            count => format!("{count} addresses were not invited"),
        }
    }

    /// Between an address and why.
    pub const BEFORE_WHY: &str = " — ";
    /// Somebody has joined with it.
    pub const MEMBER: &str = "belongs to the organization already";
    /// It cannot be read.
    pub const NO_ADDRESS: &str = "is not an e-mail address";
}

/// Leads to the list.
pub const DONE: &str = "Done";
/// Leads back to the form.
pub const INVITE_OTHERS: &str = "Invite others";
