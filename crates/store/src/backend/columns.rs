//! From columns to the types of the domain.

use domain::time::Timestamp;
use sqlx::{Decode, Row as _, Type};

use super::{Db, Row};
use crate::{Error, Hash};

/// Typed access to the columns of a row. A value outside its type is [`Error::Corrupt`].
pub(super) trait Columns {
    /// A value as the database has it.
    fn get<T: for<'r> Decode<'r, Db> + Type<Db>>(&self, column: &'static str) -> Result<T, Error>;

    /// A text that `parse` understands.
    fn parsed<T>(&self, column: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Error>;

    /// A text that `parse` understands, if there is one.
    fn parsed_if_any<T>(&self, column: &'static str, parse: impl FnOnce(&str) -> Option<T>)
    -> Result<Option<T>, Error>;

    /// A number that fits its type.
    fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, Error> {
        T::try_from(self.get(column)?).map_err(|_| Error::Corrupt { what: column })
    }

    /// A number that fits its type, if there is one.
    fn number_if_any<T: TryFrom<i64>>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let number: Option<i64> = self.get(column)?;
        number.map(T::try_from).transpose().map_err(|_| Error::Corrupt { what: column })
    }

    /// An instant.
    fn time(&self, column: &'static str) -> Result<Timestamp, Error> {
        self.get(column).map(Timestamp::from_millis)
    }

    /// An instant, if there is one.
    fn time_if_any(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        let millis: Option<i64> = self.get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    }

    /// A hash.
    fn hash(&self, column: &'static str) -> Result<Hash, Error> {
        let bytes: Vec<u8> = self.get(column)?;
        bytes.try_into().map_err(|_| Error::Corrupt { what: column })
    }
}

impl Columns for Row {
    fn get<T: for<'r> Decode<'r, Db> + Type<Db>>(&self, column: &'static str) -> Result<T, Error> {
        self.try_get(column).map_err(|_| Error::Corrupt { what: column })
    }

    fn parsed<T>(&self, column: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Error> {
        self.parsed_if_any(column, parse)?.ok_or(Error::Corrupt { what: column })
    }

    fn parsed_if_any<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let corrupt = || Error::Corrupt { what: column };
        let text: Option<&str> = self.try_get(column).map_err(|_| corrupt())?;
        text.map(|text| parse(text).ok_or_else(corrupt)).transpose()
    }
}
