//! Secrets and client ids: their shape, and the checksum that catches a typo.
//!
//! A secret is `{prefix}_{environment}_{43 base62}_{6 base62}`: 256 random bits, then the CRC-32 of
//! all before the last `_`. A client id is `{prefix}_ci_{26 × [0-9a-z]}`; `ci` is no environment.

use std::fmt;

use zeroize::Zeroizing;

use crate::slug::{EnvironmentSlug, KeyPrefix};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Random characters in a secret: 43 · log₂ 62 > 256 bits.
const RANDOM_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;
const CLIENT_ID_LENGTH: usize = 26;

/// Characters of a [`KeyPrefix`].
const PREFIX_LENGTHS: std::ops::RangeInclusive<usize> = 2..=8;

/// Longest text that can be a secret, bytes.
pub const SECRET_MAX_BYTES: usize = 8 + 1 + 12 + 1 + RANDOM_LENGTH + 1 + CHECKSUM_LENGTH;

/// A source of random bytes; the rules draw none of their own.
pub trait RandomBytes {
    /// Fills `buffer` with bytes nobody can guess.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// A secret in clear. It cannot be printed, serialised or compared, and is wiped when dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Draws a new secret.
    pub fn draw(prefix: &KeyPrefix, environment: &EnvironmentSlug, random: &mut impl RandomBytes) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(SECRET_MAX_BYTES));
        text.push_str(prefix.as_str());
        text.push('_');
        text.push_str(environment.as_str());
        text.push('_');
        push_random(&mut text, BASE62, RANDOM_LENGTH, random);
        let checksum = checksum(text.as_bytes());
        text.push('_');
        text.push_str(std::str::from_utf8(&checksum).expect("base62 is ASCII"));
        Self(text)
    }

    /// Takes a text presented as a secret; `None` when its shape or checksum is wrong, so that no
    /// look-up is needed to refuse it.
    pub fn parse(presented: &str) -> Option<Self> {
        let (body, sum) = presented.rsplit_once('_')?;
        let mut parts = body.split('_');
        let (prefix, environment, random) = (parts.next()?, parts.next()?, parts.next()?);
        let well_formed = parts.next().is_none()
            && KeyPrefix::parse(prefix).is_ok()
            && EnvironmentSlug::parse(environment).is_ok()
            && random.len() == RANDOM_LENGTH
            && random.bytes().all(|b| b.is_ascii_alphanumeric())
            && sum.as_bytes() == checksum(body.as_bytes());
        well_formed.then(|| Self(Zeroizing::new(presented.to_owned())))
    }

    /// The secrets that stand in a word: a run of ASCII letters, digits and `_`. Letters that touch one from outside, such as
    /// that of an escaped line break before it, do not hide it.
    pub fn find_in(word: &str) -> impl Iterator<Item = Self> + '_ {
        let seams: Vec<_> = word.match_indices('_').map(|(at, _)| at).collect();
        let around: Vec<[usize; 2]> = seams
            .windows(3)
            .filter(|seams| seams[2] - seams[1] - 1 == RANDOM_LENGTH)
            .map(|seams| [seams[0], seams[2]])
            .collect();
        around.into_iter().filter_map(move |[after_prefix, before_checksum]| {
            let end = before_checksum + 1 + CHECKSUM_LENGTH;
            let starts = PREFIX_LENGTHS.filter_map(|length| after_prefix.checked_sub(length));
            starts.filter_map(|start| word.get(start..end)).find_map(Self::parse)
        })
    }

    /// The secret itself, for the one answer that shows it and for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The public identifier of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Draws a new client id.
    pub fn draw(prefix: &KeyPrefix, random: &mut impl RandomBytes) -> Self {
        let mut text = format!("{prefix}_ci_");
        push_random(&mut text, BASE36, CLIENT_ID_LENGTH, random);
        Self(text)
    }

    /// Reads a client id; `None` when `text` cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, rest) = text.split_once('_')?;
        let random = rest.strip_prefix("ci_")?;
        let well_formed = KeyPrefix::parse(prefix).is_ok()
            && random.len() == CLIENT_ID_LENGTH
            && random.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The client id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Appends `length` characters, each equally likely: bytes above the last multiple are drawn again.
fn push_random(text: &mut String, alphabet: &[u8], length: usize, random: &mut impl RandomBytes) {
    let size = alphabet.len();
    let limit = 256 / size * size;
    let mut drawn = Zeroizing::new([0_u8; 64]);
    let mut missing = length;
    while missing > 0 {
        random.fill(drawn.as_mut());
        for byte in drawn.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < limit).take(missing) {
            text.push(char::from(alphabet[byte % size]));
            missing -= 1;
        }
    }
}

/// CRC-32 as base62, padded with zeros.
fn checksum(body: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    let mut rest = crc32fast::hash(body);
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A small generator with a known course (xorshift64*).
    struct Course(u64);

    impl RandomBytes for Course {
        fn fill(&mut self, buffer: &mut [u8]) {
            for byte in buffer {
                self.0 ^= self.0 >> 12;
                self.0 ^= self.0 << 25;
                self.0 ^= self.0 >> 27;
                *byte = (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8;
            }
        }
    }

    fn draw(seed: u64) -> Secret {
        let prefix = KeyPrefix::parse("kl").expect("valid");
        let environment = EnvironmentSlug::parse("production").expect("valid");
        Secret::draw(&prefix, &environment, &mut Course(seed))
    }

    #[test]
    fn shape() {
        let secret = draw(1);
        let text = secret.expose();
        assert!(text.starts_with("kl_production_"));
        assert_eq!(text.len(), "kl_production_".len() + 43 + 1 + 6);
        assert!(Secret::parse(text).is_some());
        let prefix = KeyPrefix::parse("kl").expect("valid");
        let id = ClientId::draw(&prefix, &mut Course(1));
        assert_eq!(ClientId::parse(id.as_str()), Some(id.clone()));
        assert!(Secret::parse(id.as_str()).is_none());
        assert!(ClientId::parse(text).is_none());
    }

    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = [0_u32; 128];
        let rounds = 20_000;
        for seed in 1..=rounds {
            let secret = draw(seed);
            for byte in secret.expose().as_bytes()[14..57].iter() {
                counts[usize::from(*byte)] += 1;
            }
        }
        let expected = f64::from(u32::try_from(rounds).expect("small")) * 43.0 / 62.0;
        let chi_square: f64 =
            BASE62.iter().map(|&b| (f64::from(counts[usize::from(b)]) - expected).powi(2) / expected).sum();
        assert!(chi_square < 110.0, "61 degrees of freedom, p < 0.0001 above 110: {chi_square}");
    }

    #[test]
    fn found_where_it_does_not_belong() {
        let (one, other) = (draw(1), draw(2));
        let (one, other) = (one.expose(), other.expose());
        for (word, found) in [
            (one.to_owned(), vec![one]),
            (format!("n{one}"), vec![one]),
            (format!("API_KEY_{one}n_x"), vec![one]),
            (format!("{one}_{other}"), vec![one, other]),
            (one[..63].to_owned(), vec![]),
            (one.to_uppercase(), vec![]),
        ] {
            let all: Vec<_> = Secret::find_in(&word).collect();
            assert_eq!(all.iter().map(Secret::expose).collect::<Vec<_>>(), found, "{word}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_caught(seed in 1_u64.., at in 0_usize..64, with in "[0-9A-Za-z_]") {
            let secret = draw(seed);
            let mut text = secret.expose().to_owned();
            prop_assume!(text.get(at..=at) != Some(with.as_str()));
            text.replace_range(at..=at, &with);
            prop_assert!(Secret::parse(&text).is_none());
        }

        #[test]
        fn a_cut_secret_is_refused(seed in 1_u64.., length in 0_usize..64) {
            prop_assert!(Secret::parse(&draw(seed).expose()[..length]).is_none());
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Secret::parse(&text);
            let _ = Secret::find_in(&text).count();
            let _ = ClientId::parse(&text);
        }
    }
}
