//! Numbers, and nouns that are counted.

/// 10 000 with a narrow no-break space.
pub fn digits(number: u64) -> String {
    let plain = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && plain.len() > 4 && (plain.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// "1 day", "6 days".
pub fn plural(count: i64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// "1 key", "3 keys".
pub fn keys(count: usize) -> String {
    if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(digits(0), "0");
        assert_eq!(digits(9999), "9999");
        assert_eq!(digits(10_000), "10\u{202f}000");
        assert_eq!(digits(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
