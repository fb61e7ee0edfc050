//! `application/x-www-form-urlencoded`, read once and strictly: the one parser for forms of people and of machines.

use zeroize::Zeroizing;

/// Why a form cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// An escape is broken, a text is not UTF-8, or it holds a NUL.
    Encoding,
    /// More fields than any form of ours, or of a client, has.
    TooMany,
    /// A name stands twice (RFC 6749 §3.2 forbids it, and no form of ours repeats one).
    Repeated,
}

/// Most fields of a form: each name is compared with those before it.
const FIELDS_MAX: usize = 100;

/// What the names of fields end with that may hold any character, a NUL too: passwords are hashed, never stored.
const PASSWORD: &str = "password";

/// A field: name and value.
pub type Field = (String, Zeroizing<String>);

/// The fields of a form in their order, each name once.
///
/// # Errors
/// See [`Malformed`].
pub fn parse(body: &[u8]) -> Result<Vec<Field>, Malformed> {
    parse_with_list(body, "", 0).map(|(fields, _)| fields)
}

/// The same for a form with one list: `list` may stand in it `max` times, and its values are given apart.
///
/// # Errors
/// See [`Malformed`].
pub fn parse_with_list(body: &[u8], list: &str, max: usize) -> Result<(Vec<Field>, Vec<String>), Malformed> {
    let mut fields: Vec<Field> = Vec::new();
    let mut values = Vec::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let name = decode(&pair[..equals]).ok_or(Malformed::Encoding)?.to_string();
        let value = unescape(pair.get(equals + 1..).unwrap_or_default()).ok_or(Malformed::Encoding)?;
        if value.contains('\0') && !name.ends_with(PASSWORD) {
            return Err(Malformed::Encoding);
        }
        if name == list && max > 0 {
            values.push(value.to_string());
        } else if fields.iter().any(|(known, _)| *known == name) {
            return Err(Malformed::Repeated);
        } else {
            fields.push((name, value));
        }
        if fields.len() > FIELDS_MAX || values.len() > max {
            return Err(Malformed::TooMany);
        }
    }
    Ok((fields, values))
}

/// Decodes one name or value of `application/x-www-form-urlencoded`, once; `None` when an escape is broken, the result
/// is not UTF-8, or it holds a NUL.
pub fn decode(encoded: &[u8]) -> Option<Zeroizing<String>> {
    unescape(encoded).filter(|text| !text.contains('\0'))
}

fn unescape(encoded: &[u8]) -> Option<Zeroizing<String>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut bytes = encoded.iter();
    while let Some(&byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex(*bytes.next()?)? << 4 | hex(*bytes.next()?)?,
            other => other,
        });
    }
    std::str::from_utf8(&decoded).ok().map(|text| Zeroizing::new(text.to_owned()))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(body: &str) -> Result<Vec<(String, String)>, Malformed> {
        Ok(parse(body.as_bytes())?.into_iter().map(|(name, value)| (name, value.to_string())).collect())
    }

    #[test]
    fn forms() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(fields("a=1&b=x+y%2B%2b"), Ok(vec![pair("a", "1"), pair("b", "x y++")]));
        assert_eq!(fields("&&a=b=c&d"), Ok(vec![pair("a", "b=c"), pair("d", "")]));
        assert_eq!(fields("a=1&a=1"), Err(Malformed::Repeated));
        let many: String = (0..=FIELDS_MAX).map(|n| format!("a{n}=1&")).collect();
        assert_eq!(fields(&many), Err(Malformed::TooMany));
        let list = |body: &str, max| parse_with_list(body.as_bytes(), "ids", max).map(|(_, values)| values);
        assert_eq!(list("ids=1&a=2&ids=3", 2), Ok(vec!["1".to_owned(), "3".to_owned()]));
        assert_eq!(list("ids=1&ids=2&ids=3", 2), Err(Malformed::TooMany));
        assert_eq!(list("ids=1&a=2&a=3", 2), Err(Malformed::Repeated));
        assert_eq!(fields("new_password=%00"), Ok(vec![pair("new_password", "\0")]));
        for malformed in ["a=%zz", "a=%2", "a=%", "%ff=1", "a=%00", "a=%C3%28"] {
            assert_eq!(fields(malformed), Err(Malformed::Encoding), "{malformed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "[^\\x00]*") {
            let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            prop_assert_eq!(decode(encoded.as_bytes()).map(|decoded| decoded.to_string()), Some(text));
        }

        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&body);
        }
    }
}
