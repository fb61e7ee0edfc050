//! The algorithms access tokens are signed with, each as JOSE writes its keys and signatures.

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::master_key::hash_of;

domain::text_enum! {
    /// A signature algorithm, by its JOSE name (RFC 7518 §3.1, RFC 8037 §3.1).
    Algorithm {
        /// ECDSA on P-256: fast, understood almost everywhere. The default.
        Es256 = "ES256",
        /// RSA with PKCS#1 padding: slow to sign, for verifiers that know nothing else.
        Rs256 = "RS256",
        /// Ed25519: the fastest, for verifiers that know it.
        EdDsa = "EdDSA",
    }
}

/// A private key that signs.
pub(super) enum Signer {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

/// The library refused; there is nothing more it says.
pub(super) struct Refused;

impl Signer {
    /// A new private key as PKCS#8.
    pub(super) fn generate(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let pkcs8 = match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING)
                .and_then(|pair| pair.to_pkcs8v1())
                .map(|document| document.as_ref().to_vec()),
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).and_then(|pair| {
                AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).map(|der| der.as_ref().to_vec())
            }),
            Algorithm::EdDsa => {
                Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()).map(|document| document.as_ref().to_vec())
            }
        };
        pkcs8.map(Zeroizing::new).map_err(|_| Refused)
    }

    pub(super) fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, Refused> {
        let signer = match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Self::Es256)
            }
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8).map(Self::Rs256),
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8).map(Self::EdDsa),
        };
        signer.map_err(|_| Refused)
    }

    /// Appends the signature of `message`, base64url.
    pub(super) fn sign_onto(&self, message: &mut String) {
        let random = SystemRandom::new();
        let bytes = message.as_bytes();
        let append = |message: &mut String, signature: &[u8]| {
            message.push('.');
            URL_SAFE_NO_PAD.encode_string(signature, message);
        };
        match self {
            Self::Es256(pair) => {
                let signature = pair.sign(&random, bytes).expect("a valid key signs");
                append(message, signature.as_ref());
            }
            Self::EdDsa(pair) => {
                let signature = pair.sign(bytes);
                append(message, signature.as_ref());
            }
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, bytes, &mut signature).expect("a valid key signs");
                append(message, &signature);
            }
        }
    }

    /// The public key as a JWK with its thumbprint as `kid` (RFC 7638: the required members in alphabetical order).
    pub(super) fn public_jwk(&self) -> (String, Value) {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (algorithm, required, members) = match self {
            Self::Es256(pair) => {
                // An uncompressed point: 0x04, then x and y, 32 bytes each (SEC 1 §2.3.3).
                let point = pair.public_key().as_ref();
                let (x, y) = (text(&point[1..33]), text(&point[33..65]));
                let required = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
                (Algorithm::Es256, required, json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }))
            }
            Self::Rs256(pair) => {
                let public = pair.public_key();
                let n = text(public.modulus().big_endian_without_leading_zero());
                let e = text(public.exponent().big_endian_without_leading_zero());
                let required = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
                (Algorithm::Rs256, required, json!({ "kty": "RSA", "n": n, "e": e }))
            }
            Self::EdDsa(pair) => {
                let x = text(pair.public_key().as_ref());
                let required = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
                (Algorithm::EdDsa, required, json!({ "kty": "OKP", "crv": "Ed25519", "x": x }))
            }
        };
        let kid = text(&hash_of(required.as_bytes()));
        let mut jwk = members;
        jwk["use"] = "sig".into();
        jwk["alg"] = algorithm.as_str().into();
        jwk["kid"] = kid.as_str().into();
        (kid, jwk)
    }

    /// The public key in the form its algorithm verifies with.
    pub(super) fn verifier(&self) -> Verifier {
        match self {
            Self::Es256(pair) => Verifier::new(&signature::ECDSA_P256_SHA256_FIXED, pair.public_key()),
            Self::Rs256(pair) => Verifier::new(&signature::RSA_PKCS1_2048_8192_SHA256, pair.public_key()),
            Self::EdDsa(pair) => Verifier::new(&signature::ED25519, pair.public_key()),
        }
    }
}

/// A public key that verifies with the one algorithm it was made for.
pub(super) struct Verifier(UnparsedPublicKey<Vec<u8>>);

impl Verifier {
    fn new(algorithm: &'static dyn VerificationAlgorithm, key: &impl AsRef<[u8]>) -> Self {
        Self(UnparsedPublicKey::new(algorithm, key.as_ref().to_vec()))
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(message, signature).is_ok()
    }
}
