//! What names and descriptions share: normal form, length in what a reader calls characters, and
//! the characters that can hide or reorder text.

use std::borrow::Cow;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// NFC, the ends trimmed, each run of white space one space.
pub fn normalize(text: &str) -> String {
    let nfc: String = text.trim().nfc().collect();
    let mut words = nfc.split(|c: char| c.is_whitespace() && !c.is_control()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut joined, word| {
        joined.push(' ');
        joined.push_str(word);
        joined
    })
}

/// Length in grapheme clusters.
pub fn length(text: &str) -> usize {
    text.graphemes(true).count()
}

/// The first character that could hide or reorder text, `\n` and `\t` being let through where `lines` is set.
pub fn first_forbidden(text: &str, lines: bool) -> Option<char> {
    text.graphemes(true).find_map(|cluster| {
        let emoji = cluster.chars().any(|c| c.is_emoji_char() && !c.is_ascii());
        cluster.chars().find(|&c| {
            let line = lines && matches!(c, '\n' | '\t');
            let joins_emoji = emoji && (c == ZERO_WIDTH_JOINER || ('\u{E0020}'..='\u{E007F}').contains(&c));
            !line && !joins_emoji && is_forbidden(c)
        })
    })
}

fn is_forbidden(c: char) -> bool {
    let invisible = matches!(
        c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
            ..='\u{180F}' | '\u{2028}' | '\u{2029}' | '\u{3164}' | '\u{FFA0}'
    );
    let category = c.general_category();
    invisible
        || matches!(
            category,
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
        )
}

/// The form two texts share when people would call them the same: compatibility caseless (Unicode 3.13, D146).
pub fn fold(text: &str) -> String {
    text.nfd().default_case_fold().nfkd().default_case_fold().nfkd().collect()
}

/// `\r\n` and lone `\r` as `\n`, as browsers and files disagree.
pub fn unix_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}
