//! What the address of the list asks for: the address is the state.

use std::borrow::Cow;

use domain::user::{Role, UserState};

/// The filters; what cannot be read counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilters {
    /// Part of a name or of an address.
    pub q: String,
    /// Only people with this role.
    pub role: Option<Role>,
    /// Only people in this state.
    pub status: Option<UserState>,
    /// Which page, from 0.
    pub page: u32,
}

impl UserFilters {
    /// Reads the decoded pairs of a query string; unknown names count as absent.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let mut filters = Self::default();
        for (name, value) in pairs {
            match &*name {
                "q" => filters.q = value.trim().to_owned(),
                "role" => filters.role = Role::parse(&value),
                "status" => filters.status = UserState::parse(&value),
                "page" => filters.page = value.parse::<u32>().unwrap_or(1).saturating_sub(1),
                _ => {}
            }
        }
        filters
    }

    /// Whether nothing is filtered; the page does not count.
    pub fn is_plain(&self) -> bool {
        self.q.is_empty() && self.role.is_none() && self.status.is_none()
    }

    /// The address at `path` of another page for these filters.
    pub(super) fn href(&self, path: &str, page: u32) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let role = self.role.map_or("", Role::as_str);
        let status = self.status.map_or("", UserState::as_str);
        let pairs = [("q", self.q.as_str()), ("role", role), ("status", status)];
        query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
        if page > 0 {
            query.append_pair("page", &(page + 1).to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_filters_agree() {
        for query in ["", "?q=ana&role=admin&status=deactivated&page=3", "?page=2"] {
            let filters = UserFilters::from_pairs(form_urlencoded::parse(query.trim_start_matches('?').as_bytes()));
            assert_eq!(filters.href("/users", filters.page), format!("/users{query}"));
        }
        let nonsense = UserFilters::from_pairs(form_urlencoded::parse(b"role=x&status=y&page=-1"));
        assert_eq!(nonsense, UserFilters::default());
    }
}
