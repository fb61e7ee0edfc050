//! The master key: kept outside the database, it makes a copy of the database useless.
//!
//! It wraps the signing keys and the hash key. Secrets are hashed under the hash key, which stays when the master key is
//! replaced: nobody has the secrets to hash them anew. The first hash key is derived from the first master key, and knowing
//! it gives nothing away, since secrets are 256 random bits.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    digest, hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use store::{Hash, MasterKeyClaim};
use zeroize::Zeroizing;

use crate::clock::Draws;

const LENGTH: usize = 32;

/// What the hash key is bound to when it is wrapped.
const HASH_KEY: &str = "hash key";

/// The keys derived from the 32 bytes of a master key, and the hash key. It cannot be printed.
pub struct MasterKey(Box<Keys>);

struct Keys {
    hash_key: Zeroizing<Vec<u8>>,
    secrets: hmac::Key,
    forms: hmac::Key,
    cursors: hmac::Key,
    links: hmac::Key,
    wrapping: RandomizedNonceKey,
    typed: RandomizedNonceKey,
    fingerprint: Hash,
}

/// The text is not 32 bytes in base64url.
#[derive(Debug, thiserror::Error)]
#[error("a master key is 32 bytes in base64url, 43 characters")]
pub struct MalformedMasterKey;

/// Something was wrapped under another master key, or altered.
#[derive(Debug, thiserror::Error)]
#[error("this was not wrapped under this master key")]
pub struct CannotUnwrap;

impl MasterKey {
    /// Version of the key that secrets are hashed under; stored beside each hash.
    pub const HASH_KEY_VERSION: i32 = 1;

    /// Draws a new master key as the text that goes into its file.
    pub fn draw(random: &Draws) -> Zeroizing<String> {
        let bytes = Zeroizing::new(random.bytes::<LENGTH>());
        Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    }

    /// Reads the text of a master key file; white space around it is ignored.
    ///
    /// # Errors
    /// When it is not 32 bytes in base64url.
    pub fn parse(text: &str) -> Result<Self, MalformedMasterKey> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| MalformedMasterKey)?);
        if bytes.len() != LENGTH {
            return Err(MalformedMasterKey);
        }
        let root = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let derive = |purpose: &str| hmac::sign(&root, purpose.as_bytes());
        let key = |purpose: &str| hmac::Key::new(hmac::HMAC_SHA256, derive(purpose).as_ref());
        let sealing = |purpose: &str| {
            RandomizedNonceKey::new(&AES_256_GCM, derive(purpose).as_ref())
                .expect("an HMAC-SHA-256 tag is as long as an AES-256 key")
        };
        let hash_key = Zeroizing::new(derive("keyline secret hash v1").as_ref().to_vec());
        Ok(Self(Box::new(Keys {
            secrets: hmac::Key::new(hmac::HMAC_SHA256, &hash_key),
            hash_key,
            forms: key("keyline form v1"),
            cursors: key("keyline cursor v1"),
            links: key("keyline link v2"),
            wrapping: sealing("keyline wrapping v1"),
            typed: sealing("keyline typed v1"),
            fingerprint: hash_of(derive("keyline fingerprint v1").as_ref()),
        })))
    }

    /// What tells this master key from another without giving it away.
    pub fn fingerprint(&self) -> Hash {
        self.0.fingerprint
    }

    /// The fingerprint, and the hash key wrapped by this master key.
    pub fn claim(&self) -> MasterKeyClaim {
        MasterKeyClaim { fingerprint: self.0.fingerprint, wrapped_hash_key: self.wrap(HASH_KEY, &self.0.hash_key) }
    }

    /// The same master key with the hash key that the database has.
    ///
    /// # Errors
    /// When that was wrapped by another master key.
    pub fn with_hash_key(mut self, claim: &MasterKeyClaim) -> Result<Self, CannotUnwrap> {
        let hash_key = self.unwrap(HASH_KEY, &claim.wrapped_hash_key)?;
        self.0.secrets = hmac::Key::new(hmac::HMAC_SHA256, &hash_key);
        self.0.hash_key = hash_key;
        Ok(self)
    }

    /// This master key in the place of `former`: it keeps that one's hash key.
    #[must_use]
    pub fn succeeding(mut self, former: &Self) -> Self {
        self.0.secrets = former.0.secrets.clone();
        self.0.hash_key = former.0.hash_key.clone();
        self
    }

    /// What is stored of a secret: HMAC-SHA-256.
    pub fn hash_secret(&self, secret: &str) -> Hash {
        tag(&self.0.secrets, secret.as_bytes())
    }

    /// Shows later that this deployment wrote `content`, under whichever master key.
    pub(crate) fn record_tag(&self, content: &[u8]) -> Hash {
        tag(&hmac::Key::new(hmac::HMAC_SHA256, &self.hash_secret("keyline record v1")), content)
    }

    /// Binds the hidden value of a form to what it is made for.
    pub(crate) fn form_tag(&self, content: &[u8]) -> Hash {
        tag(&self.0.forms, content)
    }

    /// Binds a cursor to the list it is a place in.
    pub(crate) fn cursor_tag(&self, content: &[u8]) -> Hash {
        tag(&self.0.cursors, content)
    }

    /// What stands in a link that is mailed.
    pub(crate) fn link_tag(&self, mail: &[u8]) -> Hash {
        tag(&self.0.links, mail)
    }

    /// Encrypts `plain`, bound to `context`: nonce, then ciphertext and tag (AES-256-GCM).
    pub fn wrap(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        seal(&self.0.wrapping, context, plain)
    }

    /// Decrypts what [`MasterKey::wrap`] made for the same context.
    ///
    /// # Errors
    /// When it was wrapped under another master key or context, or altered.
    pub fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotUnwrap> {
        open(&self.0.wrapping, context, wrapped)
    }

    /// Encrypts what somebody typed, under a key of its own: anybody can have things sealed.
    pub(crate) fn seal_typed(&self, typed: &[u8]) -> Vec<u8> {
        seal(&self.0.typed, "", typed)
    }

    /// Decrypts what [`MasterKey::seal_typed`] made.
    pub(crate) fn open_typed(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotUnwrap> {
        open(&self.0.typed, "", sealed)
    }
}

/// Nonce, then ciphertext and tag.
fn seal(key: &RandomizedNonceKey, context: &str, plain: &[u8]) -> Vec<u8> {
    let mut sealed = plain.to_vec();
    let nonce = key
        .seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut sealed)
        .expect("the plain text is far below the limit of AES-GCM");
    [nonce.as_ref().as_slice(), &sealed].concat()
}

fn open(key: &RandomizedNonceKey, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotUnwrap> {
    let (nonce, sealed) = sealed.split_at_checked(aws_lc_rs::aead::NONCE_LEN).ok_or(CannotUnwrap)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotUnwrap)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    let opened = key.open_in_place(nonce, Aad::from(context.as_bytes()), &mut plain);
    let length = opened.map_err(|_| CannotUnwrap)?.len();
    plain.truncate(length);
    Ok(plain)
}

/// SHA-256.
pub fn hash_of(bytes: &[u8]) -> Hash {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().try_into().expect("SHA-256 is 32 bytes")
}

fn tag(key: &hmac::Key, content: &[u8]) -> Hash {
    hmac::sign(key, content).as_ref().try_into().expect("HMAC-SHA-256 is 32 bytes")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::SystemRandom;

    #[test]
    fn wrapping_is_bound_to_key_and_context() {
        let draws = Draws(Arc::new(SystemRandom));
        let [one, two] = [(); 2].map(|()| MasterKey::parse(&MasterKey::draw(&draws)).expect("drawn"));
        let wrapped = one.wrap("a", b"private");
        assert_eq!(one.unwrap("a", &wrapped).expect("same").as_slice(), b"private");
        assert!(one.unwrap("b", &wrapped).is_err());
        assert!(two.unwrap("a", &wrapped).is_err());
        assert!(one.unwrap("a", &wrapped[..8]).is_err());
        assert_ne!(one.fingerprint(), two.fingerprint());
        assert_ne!(one.hash_secret("x"), two.hash_secret("x"));
    }

    #[test]
    fn the_hash_key_outlives_its_master_key() {
        let draws = Draws(Arc::new(SystemRandom));
        let [first, second, stranger] = [(); 3].map(|()| MasterKey::draw(&draws));
        let parsed = |text: &str| MasterKey::parse(text).expect("drawn");
        let hash = parsed(&first).hash_secret("x");
        assert_eq!(parsed(&first).with_hash_key(&parsed(&first).claim()).expect("its own").hash_secret("x"), hash);
        let claim = parsed(&second).succeeding(&parsed(&first)).claim();
        assert_eq!(claim.fingerprint, parsed(&second).fingerprint());
        assert_eq!(parsed(&second).with_hash_key(&claim).expect("its own").hash_secret("x"), hash);
        assert!(parsed(&stranger).with_hash_key(&claim).is_err());
    }

    #[test]
    fn malformed_keys_are_refused() {
        for text in ["", "abc", &"A".repeat(44), &"!".repeat(43)] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
        assert!(MasterKey::parse(&format!("{}\n", "A".repeat(43))).is_ok());
    }
}
