//! The answer to inviting people.

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
