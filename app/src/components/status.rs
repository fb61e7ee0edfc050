//! The status of a key: a word, an icon and a tone, never colour alone.

use leptos::prelude::*;

use super::icon::{Icon, Shape};
use crate::words::status as words;

/// Tone of a row's keyline and of its status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Works.
    Moss,
    /// Stopped or ended.
    Slate,
    /// A deadline or a secret.
    Brass,
    /// Dangerous or about to break.
    Oxide,
    /// In transition.
    Verdigris,
}

impl Tone {
    /// Class of the tone.
    pub fn class(self) -> &'static str {
        match self {
            Self::Moss => "moss",
            Self::Slate => "slate",
            Self::Brass => "brass",
            Self::Oxide => "oxide",
            Self::Verdigris => "verdigris",
        }
    }
}

/// Status of a key as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// Found under the filter *Removed* only.
    Removed,
    /// Its secret was found in public.
    Exposed,
    /// Stopped with its owner.
    OwnerDeactivated,
    /// Stopped when its owner signed out; waits for them.
    SignedOut,
    /// Came back with a backup; waits to be re-approved.
    Restored,
    /// Stopped by a person.
    Suspended,
    /// Past its end.
    Expired,
    /// Created, but its secret never reached a screen.
    NotDelivered,
    /// Two secrets work; says when the old one ends: "in 23 h".
    Rotating(String),
    /// Says when: "in 31 hours". `urgent` within 48 hours.
    ExpiresSoon {
        /// When, relative to now.
        when: String,
        /// Whether it is a matter of hours.
        urgent: bool,
    },
    /// Works.
    Active,
}

impl KeyStatus {
    /// Stable word for tests and styles.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Exposed => "exposed",
            Self::OwnerDeactivated => "owner-deactivated",
            Self::SignedOut => "signed-out",
            Self::Restored => "restored",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::NotDelivered => "not-delivered",
            Self::Rotating(_) => "rotating",
            Self::ExpiresSoon { .. } => "expires-soon",
            Self::Active => "active",
        }
    }

    /// Its tone.
    pub fn tone(&self) -> Tone {
        match self {
            Self::Removed
            | Self::OwnerDeactivated
            | Self::SignedOut
            | Self::Restored
            | Self::Suspended
            | Self::Expired => Tone::Slate,
            Self::NotDelivered | Self::ExpiresSoon { urgent: false, .. } => Tone::Brass,
            Self::Exposed | Self::ExpiresSoon { urgent: true, .. } => Tone::Oxide,
            Self::Rotating(_) => Tone::Verdigris,
            Self::Active => Tone::Moss,
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Self::Removed | Self::Expired => Shape::Cross,
            Self::OwnerDeactivated | Self::SignedOut | Self::Restored | Self::Suspended => Shape::Pause,
            Self::Exposed | Self::NotDelivered => Shape::Warning,
            Self::Rotating(_) => Shape::Cycle,
            Self::ExpiresSoon { .. } => Shape::Clock,
            Self::Active => Shape::Tick,
        }
    }
}

/// The status beside a key.
#[component]
pub fn Status(
    /// Which.
    status: KeyStatus,
) -> impl IntoView {
    let class = format!("status {}", status.tone().class());
    view! {
        <span class=class data-testid="key-status" data-status=status.code()>
            <Icon shape=status.shape() />
            {words::status(&status)}
        </span>
    }
}
