//! Passwords: argon2id, off the async threads, few at once, in memory that is kept.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use domain::field::Refusal;
use tokio::sync::Semaphore;
use zeroize::{Zeroize, Zeroizing};

use crate::Failure;

/// Shortest password, characters.
const MIN_CHARACTERS: usize = 12;
/// Longest password, bytes; anything longer is refused before it is hashed.
pub(crate) const MAX_BYTES: usize = 1024;
/// zxcvbn score that is enough, of 0–4.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;
/// Most hashes that wait for the one before: a second or two of work. More are turned away at once.
const QUEUE: usize = 64;

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
    if folded.iter().any(|word| is_made_of(password, word)) {
        return Err(PasswordError::Guessable);
    }
    let words: Vec<&str> = folded.iter().map(String::as_str).collect();
    // zxcvbn reads the first hundred characters; the rest can only add.
    if zxcvbn::zxcvbn(password, &words).score() < MIN_SCORE { Err(PasswordError::Guessable) } else { Ok(()) }
}

/// Whether a password is nothing but this name, once or more, whatever stands between its letters.
fn is_made_of(password: &str, name: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (password, name) = (plain(password), plain(name));
    !password.is_empty() && !name.is_empty() && password.replace(&name, "").is_empty()
}

/// A hash nobody has the password of, by today's parameters: verified for unknown accounts, so that they take the same
/// work.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and verifies passwords, one after the other: each takes 19 MiB, and a processor from those who want tokens.
pub(crate) struct Passwords {
    queue: Arc<Semaphore>,
    turn: Arc<Semaphore>,
    memory: Arc<Memory>,
}

/// The memory that hashes are computed in, 19 MiB once there was one. An allocator would keep a block of this size for each
/// thread that ever had one.
#[derive(Default)]
struct Memory(Mutex<Vec<Block>>);

impl Memory {
    fn lend<T>(&self, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.resize(Params::DEFAULT.block_count(), Block::new());
        let done = work(&mut memory);
        // With what is in there a guess would be checked faster than with the hash.
        memory.iter_mut().for_each(Zeroize::zeroize);
        done
    }
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
        Self { queue: Arc::new(Semaphore::new(QUEUE)), turn: Arc::new(Semaphore::new(1)), memory: Arc::default() }
    }

    /// Verifies a password against a PHC string; `None` takes the same work and is wrong.
    pub(crate) async fn verify(&self, password: Zeroizing<String>, phc: Option<String>) -> Result<Verified, Failure> {
        if password.len() > MAX_BYTES {
            return Ok(Verified::Wrong);
        }
        metrics::counter!("argon2_verify_total").increment(1);
        self.in_memory(move |memory| {
            let stored = PasswordHash::new(phc.as_deref().unwrap_or(NOBODY)).map_err(failure)?;
            let right = is_right(password.as_bytes(), &stored, memory)?;
            Ok(match (right && phc.is_some(), is_weak(&stored)) {
                (false, _) => Verified::Wrong,
                (true, true) => Verified::RightButWeak,
                (true, false) => Verified::Right,
            })
        })
        .await
    }

    /// Hashes a password into a PHC string with a salt of its own.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Failure> {
        self.in_memory(move |memory| hashed(password.as_bytes(), memory)).await
    }

    /// Runs `work` when it is its turn. Who goes away meanwhile gives neither the turn away nor memory that is in use.
    async fn in_memory<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut [Block]) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let queued = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Failure::Overloaded)?;
        let turn = Arc::clone(&self.turn).acquire_owned().await.expect("the semaphore is never closed");
        let memory = Arc::clone(&self.memory);
        let working = tokio::task::spawn_blocking(move || {
            let _until_done = (queued, turn);
            memory.lend(work)
        });
        working.await.map_err(failure)?
    }
}

fn hashed(password: &[u8], memory: &mut [Block]) -> Result<String, Failure> {
    let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, Params::DEFAULT);
    let salt = Salt::generate();
    let output = output(&Argon2::new(algorithm, version, params.clone()), password, &salt, memory)?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params).map_err(failure)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// Whether the password has this hash, by the hash's own algorithm and parameters. Compares in constant time.
fn is_right(password: &[u8], stored: &PasswordHash, memory: &mut [Block]) -> Result<bool, Failure> {
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Ok(false) };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(failure)?;
    let version = stored.version.map(Version::try_from).transpose().map_err(failure)?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(stored).map_err(failure)?);
    Ok(output(&argon2, password, salt, memory)? == *expected)
}

fn output(argon2: &Argon2<'_>, password: &[u8], salt: &[u8], memory: &mut [Block]) -> Result<Output, Failure> {
    let mut buffer = [0; Output::MAX_LENGTH];
    let length = argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let out = buffer.get_mut(..length).ok_or_else(|| failure("the output is too long"))?;
    match memory.get_mut(..argon2.params().block_count()) {
        Some(memory) => argon2.hash_password_into_with_memory(password, salt, out, memory),
        // Hashed elsewhere, at a higher cost than ours.
        None => argon2.hash_password_into(password, salt, out),
    }
    .map_err(failure)?;
    Output::new(out).map_err(failure)
}

fn failure(error: impl fmt::Display) -> Failure {
    Failure::Password(error.to_string())
}

fn is_weak(hash: &PasswordHash) -> bool {
    Params::try_from(hash)
        .map_or(true, |params| params.m_cost() < Params::DEFAULT_M_COST || params.t_cost() < Params::DEFAULT_T_COST)
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

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
            ("Key-Line keyline", PasswordError::Guessable),
            ("northwind-traders", PasswordError::Guessable),
            (&"x7".repeat(513), PasswordError::TooLong),
        ] {
            assert_eq!(check(password, &["ana@example.test", "Northwind Traders"]), Err(want), "{password}");
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
        assert_eq!(passwords.verify(password(), Some(elsewhere(4096))).await.expect("ran"), Verified::RightButWeak);
        let strong = elsewhere(2 * Params::DEFAULT_M_COST);
        assert_eq!(passwords.verify(password(), Some(strong)).await.expect("ran"), Verified::Right);
    }

    #[tokio::test]
    async fn the_library_agrees_and_memory_is_lent_again() {
        let passwords = Passwords::new();
        let password = || Zeroizing::new("correct horse battery staple".to_owned());
        let ours = passwords.hash(password()).await.expect("hashed");
        assert!(Argon2::default().verify_password(password().as_bytes(), ours.as_str()).is_ok());
        let theirs = elsewhere(Params::DEFAULT_M_COST);
        let verify = || passwords.verify(password(), Some(theirs.clone()));
        let (one, two, three, four) = tokio::join!(verify(), verify(), verify(), verify());
        for verified in [one, two, three, four] {
            assert_eq!(verified.expect("ran"), Verified::Right);
        }
        let memory = passwords.memory.0.lock().expect("nobody panics");
        assert_eq!(memory.len(), Params::DEFAULT.block_count());
        let left = memory.iter().any(|block| block.as_ref().iter().any(|word| *word != 0));
        assert!(!left, "memory is wiped");
    }

    #[test]
    fn nobodys_hash_takes_todays_work() {
        let nobody = PasswordHash::new(NOBODY).expect("a PHC string");
        assert!(!is_weak(&nobody) && nobody.params == ParamsString::try_from(&Params::DEFAULT).expect("plain"));
        assert_eq!(nobody.hash.map(|hash| hash.len()), Some(Params::DEFAULT_OUTPUT_LEN));
    }

    /// The hash of the same password, made by the library alone.
    fn elsewhere(m_cost: u32) -> String {
        let params = Params::new(m_cost, 2, 1, None).expect("valid");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password(b"correct horse battery staple").expect("hashed").to_string()
    }
}
