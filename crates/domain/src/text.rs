//! What names and descriptions share: normal form, length in what a reader calls characters, and
//! the characters that can hide or reorder text.

use std::borrow::Cow;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

const ZERO_WIDTH_JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';

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
        let cluster: Vec<char> = cluster.chars().collect();
        let forbidden = |&(place, &c): &(usize, &char)| {
            let line = lines && matches!(c, '\n' | '\t');
            !line && is_forbidden(c) && !shapes_emoji(&cluster, place)
        };
        cluster.iter().enumerate().find(forbidden).map(|(_, &c)| c)
    })
}

/// Whether a character without a width is where an emoji needs it (UTS 51): between two it joins, after one whose
/// presentation it chooses, or in the tags of a flag. Anywhere else it would make a name that looks like another.
fn shapes_emoji(cluster: &[char], place: usize) -> bool {
    let is_emoji = |c: &char| c.is_emoji_char() && !c.is_ascii();
    let (before, after) = (place.checked_sub(1).map(|before| &cluster[before]), cluster.get(place + 1));
    match cluster[place] {
        ZERO_WIDTH_JOINER => before.is_some_and(|c| is_emoji(c) || is_presentation(*c)) && after.is_some_and(is_emoji),
        c if is_presentation(c) => before.is_some_and(is_emoji) || after == Some(&KEYCAP),
        '\u{E0020}'..=CANCEL_TAG => cluster.first() == Some(&BLACK_FLAG) && cluster.last() == Some(&CANCEL_TAG),
        _ => false,
    }
}

/// Chooses the presentation of the character before it, as text or as a picture.
fn is_presentation(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}')
}

fn is_forbidden(c: char) -> bool {
    let invisible = matches!(
        c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'
            ..='\u{180F}' | '\u{2028}' | '\u{2029}' | '\u{3164}' | '\u{FE00}'
                ..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'
            ..='\u{E01EF}'
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
