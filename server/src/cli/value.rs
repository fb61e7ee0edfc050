//! How arguments are read.

use std::{
    fmt::Display,
    io::{self, Read},
};

use anyhow::Context;
use domain::{
    field::{FieldError, Refusal},
    organization::Organization,
    slug::OrganizationSlug,
};
use service::{Service, authority::Operator};
use zeroize::Zeroizing;

use super::Failure;

/// Reads an argument by a rule of the product, with the rule's own sentence for a refusal.
pub(super) fn rule<T, E: Display>(
    parse: impl Fn(&str) -> Result<T, E> + Clone + Send + Sync + 'static,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| parse(text).map_err(|error| error.to_string())
}

/// Reads one of the words that a type stands as.
macro_rules! word {
    ($type:ty) => {{
        use clap::builder::{PossibleValuesParser, TypedValueParser};
        PossibleValuesParser::new(<$type>::ALL.iter().map(|value| value.as_str()))
            .map(|word| <$type>::parse(&word).expect("clap accepts the listed words only"))
    }};
}
pub(super) use word;

/// `on` or `off`.
pub(super) fn switch(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("write on or off"),
    }
}

/// Reads a secret from standard input, without the line break at its end.
pub(super) fn secret_from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut secret = Zeroizing::new(String::new());
    io::stdin().take(64 * 1024).read_to_string(&mut secret).context("standard input")?;
    let end = secret.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).len());
    if let Some(end) = end {
        secret.truncate(end);
    }
    Ok(secret)
}

/// The organization with a slug that was given as an argument.
pub(super) async fn organization(service: &Service, slug: &OrganizationSlug) -> Result<Organization, Failure> {
    service
        .organization(Operator::at_the_command_line(), slug)
        .await?
        .ok_or_else(|| Failure::refused(format!("There is no organization {slug}.")))
}

/// The refusal of an argument.
pub(super) fn refuse(argument: &str, refusal: &impl Refusal) -> Failure {
    Failure::refused(format!("--{argument}: {refusal}"))
}

/// The refusal of the argument that is named as the field.
pub(super) fn refuse_field(error: FieldError) -> Failure {
    Failure::refused(format!("--{}: {}", error.param, error.message))
}
