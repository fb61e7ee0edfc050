//! What every list that is read page by page has in common.

use domain::{field::FieldError, time::Timestamp};

use super::input::Value;

/// Objects in a page where the request says nothing.
pub const LIMIT: u32 = 50;

/// Most objects in a page.
pub const LIMIT_MAX: u32 = 100;

/// Reads the parameter `limit`.
///
/// # Errors
/// Anything but ASCII digits from 1 to [`LIMIT_MAX`]; never clamped.
pub fn limit(value: Value) -> Result<u32, FieldError> {
    let text = value.text()?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|limit| digits && (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| FieldError::new("", "out_of_range", format!("Use a whole number from 1 to {LIMIT_MAX}.")))
}

/// Reads an instant.
///
/// # Errors
/// Anything but an RFC 3339 date-time with a zone, or one that no zone can write any more.
pub fn instant(value: Value) -> Result<Timestamp, FieldError> {
    let instant = Timestamp::parse_rfc3339(&value.text()?);
    instant.ok_or_else(|| {
        FieldError::new("", "malformed", "Use an RFC 3339 date-time before 9999-12-30, like 2027-01-31T00:00:00Z.")
    })
}

/// A cursor that was made for another list, or by somebody else.
pub fn foreign_cursor() -> FieldError {
    FieldError::new("", "invalid_cursor", "Use next_cursor of the page before, with the same filters and order.")
}
