use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;
use serde_json::json;

use super::Failure;

/// Standard output, for a program or for a person.
#[derive(Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes a text for a person, or `value` as JSON.
    pub(super) fn write(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.json { self.object(value) } else { print(&text()) }
    }

    /// Writes one line for each item, or all of them as the API lists them.
    pub(super) fn list<T: Serialize>(self, items: &[T], line: impl Fn(&T) -> String) -> Result<(), Failure> {
        self.write(&json!({ "data": items }), || items.iter().map(|item| line(item) + "\n").collect())
    }

    /// Writes what was made, as JSON in any case: people and scripts both need its ids.
    pub(super) fn object(self, value: &impl Serialize) -> Result<(), Failure> {
        print(&serde_json::to_string_pretty(value).context("JSON")?)
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let text = text.trim_end();
    if !text.is_empty() {
        writeln!(io::stdout(), "{text}").context("standard output")?;
    }
    Ok(())
}
