//! What the address of the Activity Log asks for: the address is the state.

use std::borrow::Cow;

/// The filters as typed; empty ones count for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilters {
    /// A user's id, a key's client id, or `-` for the command line.
    pub actor: String,
    /// An event's name.
    pub event: String,
    /// A key's client id.
    pub key: String,
    /// An environment's slug.
    pub env: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub to: String,
    /// Only rows before this place in the log.
    pub before: Option<i64>,
}

impl ActivityFilters {
    /// Reads the decoded pairs of a query string; unknown names count as absent.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let mut filters = Self::default();
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            match &*name {
                "actor" => filters.actor = value,
                "event" => filters.event = value,
                "key" => filters.key = value,
                "env" => filters.env = value,
                "from" => filters.from = value,
                "to" => filters.to = value,
                "cursor" => filters.before = value.parse().ok(),
                _ => {}
            }
        }
        filters
    }

    /// The same for other days.
    pub(super) fn within(&self, from: &str, to: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), before: None, ..self.clone() }
    }

    /// Whether nothing is filtered; the page does not count.
    pub fn is_plain(&self) -> bool {
        self.pairs().all(|(_, value)| value.is_empty())
    }

    /// The address at `path` for these filters, empty ones left out.
    pub fn href(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs().filter(|(_, value)| !value.is_empty()));
        if let Some(before) = self.before {
            query.append_pair("cursor", &before.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The rows before a place in the log.
    pub(super) fn before(&self, sequence: i64) -> Self {
        Self { before: Some(sequence), ..self.clone() }
    }

    /// The same from the newest row on.
    pub(super) fn newest(&self) -> Self {
        Self { before: None, ..self.clone() }
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Self { actor, event, key, env, from, to, .. } = self;
        [("actor", actor), ("event", event), ("key", key), ("env", env), ("from", from), ("to", to)]
            .into_iter()
            .map(|(name, value)| (name, value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_filters_agree() {
        for query in ["", "?event=api_key.created&key=kl_ci_1&env=production", "?actor=-&from=2026-11-01&cursor=7"] {
            let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
            assert_eq!(ActivityFilters::from_pairs(pairs).href("/log"), format!("/log{query}"));
        }
    }
}
