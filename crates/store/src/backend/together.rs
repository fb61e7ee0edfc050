//! Statements that look several things up at once, one for each number of places in [`PLACES`].

use std::fmt::Write;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::coalesce::PLACES;

/// The same statement with different numbers of places.
pub(super) struct Statements([(usize, SqlStr); PLACES.len()]);

impl Statements {
    /// Writes the statements; `write` is given the number of places.
    pub(super) fn new(write: impl Fn(usize) -> String) -> Self {
        // Constants and numbered places, nothing else.
        Self(PLACES.map(|places| (places, AssertSqlSafe(write(places)).into_sql_str())))
    }

    /// The shortest statement with a place for each of the look-ups, and what goes into its places.
    pub(super) fn fitting<'a, K>(&self, asked: &'a [K]) -> (SqlStr, impl Iterator<Item = &'a K> + use<'a, K>) {
        let fitting = self.0.iter().find(|(places, _)| *places >= asked.len());
        let (places, statement) = fitting.expect("no more than the longest statement takes");
        let last = asked.last().expect("at least one");
        (statement.clone(), asked.iter().chain(std::iter::repeat(last)).take(*places))
    }
}

/// `count` numbered places, the first one `$first`: `$1, $2, $3`.
pub(super) fn list(first: usize, count: usize) -> String {
    (first..first + count).fold(String::new(), |mut places, number| {
        let separator = if places.is_empty() { "" } else { ", " };
        write!(places, "{separator}${number}").expect("text can be written to");
        places
    })
}

/// `count` rows of `width` numbered places: `($1, $2), ($3, $4)`.
pub(super) fn rows(width: usize, count: usize) -> String {
    let rows: Vec<_> = (0..count).map(|row| format!("({})", list(row * width + 1, width))).collect();
    rows.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        assert_eq!(list(1, 3), "$1, $2, $3");
        assert_eq!(rows(2, 2), "($1, $2), ($3, $4)");
        let statements = Statements::new(|places| places.to_string());
        let filled = |asked: &[u32]| {
            let (statement, filled) = statements.fitting(asked);
            (statement.as_str().to_owned(), filled.copied().collect::<Vec<_>>())
        };
        assert_eq!(filled(&[7]), ("1".to_owned(), vec![7]));
        assert_eq!(filled(&[7, 8]), ("4".to_owned(), vec![7, 8, 8, 8]));
    }
}
