//! The master key: kept outside the database, it makes a copy of the database useless.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    digest, hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use store::Hash;
use zeroize::Zeroizing;

use crate::clock::Draws;

const LENGTH: usize = 32;

/// The keys derived from the 32 bytes of a master key. It cannot be printed.
pub struct MasterKey {
    secrets: hmac::Key,
    forms: hmac::Key,
    cursors: hmac::Key,
    wrapping: RandomizedNonceKey,
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
        Ok(Self {
            secrets: key("keyline secret hash v1"),
            forms: key("keyline form v1"),
            cursors: key("keyline cursor v1"),
            wrapping: RandomizedNonceKey::new(&AES_256_GCM, derive("keyline wrapping v1").as_ref())
                .expect("an HMAC-SHA-256 tag is as long as an AES-256 key"),
            fingerprint: hash_of(derive("keyline fingerprint v1").as_ref()),
        })
    }

    /// What tells this master key from another without giving it away.
    pub fn fingerprint(&self) -> Hash {
        self.fingerprint
    }

    /// What is stored of a secret: HMAC-SHA-256.
    pub fn hash_secret(&self, secret: &str) -> Hash {
        tag(&self.secrets, secret.as_bytes())
    }

    /// Binds the hidden value of a form to what it is made for.
    pub(crate) fn form_tag(&self, content: &[u8]) -> Hash {
        tag(&self.forms, content)
    }

    /// Binds a cursor to the list it is a place in.
    pub(crate) fn cursor_tag(&self, content: &[u8]) -> Hash {
        tag(&self.cursors, content)
    }

    /// Encrypts `plain`, bound to `context`: nonce, then ciphertext and tag (AES-256-GCM).
    pub fn wrap(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .wrapping
            .seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut sealed)
            .expect("the plain text is far below the limit of AES-GCM");
        [nonce.as_ref().as_slice(), &sealed].concat()
    }

    /// Decrypts what [`MasterKey::wrap`] made for the same context.
    ///
    /// # Errors
    /// When it was wrapped under another master key or context, or altered.
    pub fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotUnwrap> {
        let (nonce, sealed) = wrapped.split_at_checked(aws_lc_rs::aead::NONCE_LEN).ok_or(CannotUnwrap)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotUnwrap)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let length = self
            .wrapping
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut plain)
            .map_err(|_| CannotUnwrap)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
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
    fn malformed_keys_are_refused() {
        for text in ["", "abc", &"A".repeat(44), &"!".repeat(43)] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
        assert!(MasterKey::parse(&format!("{}\n", "A".repeat(43))).is_ok());
    }
}
