//! JSON arguments without tolerance: nothing unknown, nothing twice, nothing missing.

use serde::{Serialize, de::DeserializeOwned};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// Arguments in the body of a `POST`, as strict JSON.
pub type StrictJson = Post<Strict>;

/// The encoding of [`StrictJson`].
pub struct Strict;

impl ContentType for Strict {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Strict {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Strict {
    type Error = serde_json::Error;

    fn encode(arguments: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(arguments).map(Bytes::from)
    }
}

impl<T: Serialize + DeserializeOwned> Decodes<T> for Strict {
    type Error = serde_json::Error;

    /// Serde refuses a known member that stands twice. Anything else that was ignored or filled in
    /// shows when the arguments are written again: they differ from what came.
    fn decode(body: Bytes) -> Result<T, Self::Error> {
        let arguments: T = serde_json::from_slice(&body)?;
        let came: serde_json::Value = serde_json::from_slice(&body)?;
        if serde_json::to_value(&arguments)? == came {
            Ok(arguments)
        } else {
            Err(serde::de::Error::custom("members that are unknown or missing"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        name: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Arguments {
        org: String,
        inner: Inner,
    }

    fn decode(body: &'static str) -> Option<Arguments> {
        Strict::decode(Bytes::from_static(body.as_bytes())).ok()
    }

    #[test]
    fn only_exact_arguments_are_read() {
        let exact = r#"{"org":"acme","inner":{"name":"a"}}"#;
        assert!(decode(exact).is_some());
        for body in [
            r#"{"org":"acme","inner":{"name":"a"},"more":1}"#,
            r#"{"org":"acme","inner":{"name":"a","more":1}}"#,
            r#"{"org":"acme","org":"acme","inner":{"name":"a"}}"#,
            r#"{"org":"acme","inner":{"name":"a","name":"a"}}"#,
            r#"{"org":"acme"}"#,
            r#"{"org":1,"inner":{"name":"a"}}"#,
            r#"["acme",{"name":"a"}]"#,
            "org=acme",
            "",
        ] {
            assert_eq!(decode(body), None, "{body}");
        }
    }
}
