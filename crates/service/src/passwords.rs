//! Passwords: argon2id, off the async threads, as many at once as there are cores.

use std::{fmt, sync::LazyLock};

use argon2::{Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier};
use domain::field::Refusal;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::Failure;

/// Shortest password, characters.
const MIN_CHARACTERS: usize = 12;
/// Longest password, bytes; anything longer is refused before it is hashed.
pub(crate) const MAX_BYTES: usize = 1024;
/// zxcvbn score that is enough, of 0–4.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;
/// Most hashes that wait for a core, for each core: about a second of work. More are turned away at once.
const QUEUE_PER_CORE: usize = 32;

/// Why a new password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer than 12 characters.
    TooShort,
    /// More than 1 kB.
    TooLong,
    /// Common, or made of names that belong to the person or the product.
    Guessable,
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "Use 12 characters or more.",
            Self::TooLong => "Use 1000 bytes or fewer.",
            Self::Guessable => {
                "This password is easy to guess. Use several unrelated words, or let a password manager choose."
            }
        })
    }
}

impl Refusal for PasswordError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Guessable => "guessable",
        }
    }
}

/// Checks a new password against length and guessing; `about` holds names that make it guessable.
pub(crate) fn check(password: &str, about: &[&str]) -> Result<(), PasswordError> {
    if password.chars().count() < MIN_CHARACTERS {
        return Err(PasswordError::TooShort);
    }
    if password.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    let folded: Vec<String> = about.iter().chain(&["keyline"]).map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = folded.iter().map(String::as_str).collect();
    // zxcvbn reads the first hundred characters; the rest can only add.
    if zxcvbn::zxcvbn(password, &words).score() < MIN_SCORE { Err(PasswordError::Guessable) } else { Ok(()) }
}

/// A hash nobody has the password of: verified for unknown accounts, so that they take the same work.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now(b"nobody has this password").expect("default parameters hash"));

/// Hashes and verifies passwords.
pub(crate) struct Passwords {
    cores: Semaphore,
    queue: Semaphore,
}

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verified {
    /// Right.
    Right,
    /// Right, but hashed with weaker parameters than today's.
    RightButWeak,
    /// Wrong, too long, or there is nothing to compare with.
    Wrong,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { cores: Semaphore::new(cores), queue: Semaphore::new(cores * QUEUE_PER_CORE) }
    }

    /// Verifies a password against a PHC string; `None` takes the same work and is wrong.
    pub(crate) async fn verify(&self, password: Zeroizing<String>, phc: Option<String>) -> Result<Verified, Failure> {
        if password.len() > MAX_BYTES {
            return Ok(Verified::Wrong);
        }
        self.on_a_core(move || {
            let stored = phc.as_deref().unwrap_or(&NOBODY);
            let parsed = PasswordHash::new(stored).map_err(|error| Failure::Password(error.to_string()))?;
            let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(match (right && phc.is_some(), is_weak(&parsed)) {
                (false, _) => Verified::Wrong,
                (true, true) => Verified::RightButWeak,
                (true, false) => Verified::Right,
            })
        })
        .await
    }

    /// Hashes a password into a PHC string with a salt of its own.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Failure> {
        self.on_a_core(move || hash_now(password.as_bytes())).await
    }

    async fn on_a_core<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.queue.try_acquire().map_err(|_| Failure::Overloaded)?;
        let _core = self.cores.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Password(error.to_string()))?
    }
}

fn hash_now(password: &[u8]) -> Result<String, Failure> {
    Argon2::default()
        .hash_password(password)
        .map(|hash| hash.to_string())
        .map_err(|error| Failure::Password(error.to_string()))
}

fn is_weak(hash: &PasswordHash) -> bool {
    Params::try_from(hash)
        .map_or(true, |params| params.m_cost() < Params::DEFAULT_M_COST || params.t_cost() < Params::DEFAULT_T_COST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_passwords() {
        let good = [
            "correct horse battery staple",
            "tr7#Lq9 vNp2!",
            "ключ от старого сада у реки",
            &"violet-otter/".repeat(5),
        ];
        for password in good {
            assert_eq!(check(password, &["ana@example.test"]), Ok(()), "{password}");
        }
        for (password, want) in [
            ("tr7#Lq9vNp2", PasswordError::TooShort),
            ("passwordpassword", PasswordError::Guessable),
            ("123456789012", PasswordError::Guessable),
            ("ana@example.test", PasswordError::Guessable),
            ("keylinekeyline", PasswordError::Guessable),
            (&"x7".repeat(513), PasswordError::TooLong),
        ] {
            assert_eq!(check(password, &["ana@example.test"]), Err(want), "{password}");
        }
    }

    #[tokio::test]
    async fn verification_knows_weak_hashes() {
        let passwords = Passwords::new();
        let password = || Zeroizing::new("correct horse battery staple".to_owned());
        let hash = passwords.hash(password()).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.verify(password(), Some(hash.clone())).await.expect("ran"), Verified::Right);
        let wrong = Zeroizing::new("correct horse battery staple ".to_owned());
        assert_eq!(passwords.verify(wrong, Some(hash)).await.expect("ran"), Verified::Wrong);
        assert_eq!(passwords.verify(password(), None).await.expect("ran"), Verified::Wrong);
        let weak = Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            Params::new(4096, 2, 1, None).expect("valid"),
        )
        .hash_password(password().as_bytes())
        .expect("hashed")
        .to_string();
        assert_eq!(passwords.verify(password(), Some(weak)).await.expect("ran"), Verified::RightButWeak);
    }
}
