//! What the member of a made-up company owns.

use domain::key::Kind;

use super::samples::{End, PLAIN, Sample, Story};

const OWN: Sample = Sample { owned: true, ..PLAIN };

pub(super) const MIA: &[Sample] = &[
    Sample { personal: true, days_old: 38, last_used_s: Some(7_500), address: "198.51.100.90", ..OWN },
    Sample {
        name: "Notebook",
        description: "Ad-hoc questions to the order API",
        days_old: 26,
        end: End::InDays(64),
        last_used_s: Some(2_400),
        address: "198.51.100.90",
        ..OWN
    },
    Sample {
        name: "Editor plug-in",
        description: "On the laptop; re-approved when needed",
        kind: Kind::Token,
        days_old: 18,
        end: End::InDays(72),
        suspend_on_sign_out: true,
        story: Story::SignedOut,
        last_change_days: 1,
        ..OWN
    },
];
