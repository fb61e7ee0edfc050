//! What is said while the list of keys changes.

/// A key is new in it.
pub fn added(name: &str, env: &str) -> String {
    format!("{name} was added to {env}.")
}

/// How many keys match; the number is in digits.
pub fn matches(keys: &str) -> String {
    match keys {
        "0" => "No keys match".to_owned(),
        "1" => "1 key matches".to_owned(),
        _ => format!("{keys} keys match"),
    }
}

/// How many are ticked; the number is in digits.
pub fn selected(keys: &str) -> String {
    format!("{keys} selected")
}

/// No answer came to whoever creates a key.
pub const UNHEARD: &str = "We didn't hear back. Try again: it's safe, you won't get two keys.";
