//! Access tokens: how long they live.

use std::fmt;

use crate::{organization::TOKEN_LIFETIME_S, time::Timestamp};

/// A requested lifetime outside `[0-9]+` or outside 30–3600.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifetimeError;

impl fmt::Display for LifetimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expires_in must be a whole number of seconds from 30 to 3600")
    }
}

/// Reads the request parameter `expires_in`, seconds; never clamped.
///
/// # Errors
/// Anything but ASCII digits in the range.
pub fn parse_lifetime(text: &str) -> Result<u32, LifetimeError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let seconds = digits.then(|| text.parse::<u32>().ok()).flatten();
    seconds.filter(|seconds| TOKEN_LIFETIME_S.contains(seconds)).ok_or(LifetimeError)
}

/// Whole seconds a token issued at `now` lives: `wanted`, but never past the end of its key.
pub fn lifetime_within(wanted: u32, now: Timestamp, key_ends_at: Option<Timestamp>) -> u32 {
    let left = key_ends_at.map_or(i64::MAX, |end| end.as_seconds().saturating_sub(now.as_seconds()));
    u32::try_from(left.clamp(0, i64::from(wanted))).expect("between zero and a u32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes() {
        for good in ["30", "31", "3600", "0030"] {
            assert!(parse_lifetime(good).is_ok(), "{good}");
        }
        for bad in
            ["", "29", "3601", "0", "-1", "+30", "3e2", "0x1e", "30.0", "٣٠", " 30", "30 ", "99999999999999999999"]
        {
            assert_eq!(parse_lifetime(bad), Err(LifetimeError), "{bad}");
        }
        let now = Timestamp::from_millis(10_900);
        assert_eq!(lifetime_within(3600, now, None), 3600);
        assert_eq!(lifetime_within(3600, now, Some(Timestamp::from_millis(13_100))), 3);
        assert_eq!(lifetime_within(3600, now, Some(Timestamp::from_millis(10_950))), 0);
    }
}
