//! What the address of the list asks for: the address is the state.

use std::borrow::Cow;

use domain::text_enum;

text_enum! {
    /// Which keys are listed.
    StatusFilter {
        /// All but the removed.
        All = "all",
        /// Those that work.
        Active = "active",
        /// Those that end soon.
        ExpiresSoon = "expires-soon",
        /// Those that are stopped.
        Suspended = "suspended",
        /// Those past their end.
        Expired = "expired",
        /// Those without a use.
        NeverUsed = "never-used",
        /// The removed alone.
        Removed = "removed",
    }
    /// What they are sorted by.
    SortBy {
        /// Name, folded.
        Name = "name",
        /// Last use.
        LastUsed = "last-used",
        /// End.
        Expires = "expires",
        /// Creation.
        Created = "created",
    }
}

/// Keys on a page.
pub const PER_PAGE: [u16; 3] = [25, 50, 100];

/// Directions.
const DESCENDING: &str = "desc";
const ASCENDING: &str = "asc";

/// Value that selects every matching key.
const SELECT_ALL: &str = "all";

/// The query of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Part of a name or of a client id.
    pub q: String,
    /// Which keys.
    pub status: StatusFilter,
    /// In which order.
    pub sort: SortBy,
    /// Largest, latest or last in the alphabet first.
    pub descending: bool,
    /// Rows on a page.
    pub per: u16,
    /// Where the page begins or ends; the first without it.
    pub cursor: Option<String>,
    /// Whether every matching key is selected, on this page and the others.
    pub select_all: bool,
    /// Client id of a key that was just created: shown also where the rest of the query hides it. Said once, so that no
    /// link goes on saying it.
    pub created: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            status: StatusFilter::All,
            sort: SortBy::Created,
            descending: true,
            per: 50,
            cursor: None,
            select_all: false,
            created: None,
        }
    }
}

impl ListQuery {
    /// Reads the decoded pairs of a query string. Unknown names and values count as absent: an old
    /// bookmark shows the list, not an error.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let mut query = Self::default();
        let mut direction = None;
        for (name, value) in pairs {
            match &*name {
                "q" => query.q = value.trim().to_owned(),
                "status" => query.status = StatusFilter::parse(&value).unwrap_or(query.status),
                "sort" => {
                    let (by, turned) = value.split_once('.').unwrap_or((&value, ""));
                    query.sort = SortBy::parse(by).unwrap_or(query.sort);
                    direction = direction.or((!turned.is_empty()).then_some(turned == DESCENDING));
                }
                "dir" => direction = Some(value == DESCENDING),
                "per" => query.per = value.parse().ok().filter(|per| PER_PAGE.contains(per)).unwrap_or(query.per),
                "cursor" => query.cursor = Some(value.into_owned()),
                "select" => query.select_all = value == SELECT_ALL,
                "created" => query.created = Some(value.into_owned()),
                _ => {}
            }
        }
        query.descending = direction.unwrap_or(query.sort.descends_first());
        query
    }

    /// Whether nothing is filtered and the list starts at its beginning.
    pub fn is_plain(&self) -> bool {
        self.q.is_empty() && self.status == StatusFilter::All && self.cursor.is_none()
    }

    /// The address of the list at `path` for this query, what is default left out.
    pub fn href(&self, path: &str) -> String {
        let default = Self::default();
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            pairs.append_pair("q", &self.q);
        }
        if self.status != default.status {
            pairs.append_pair("status", self.status.as_str());
        }
        if self.sort != default.sort {
            pairs.append_pair("sort", self.sort.as_str());
        }
        if self.descending != self.sort.descends_first() {
            pairs.append_pair("dir", if self.descending { DESCENDING } else { ASCENDING });
        }
        if self.per != default.per {
            pairs.append_pair("per", &self.per.to_string());
        }
        if let Some(cursor) = &self.cursor {
            pairs.append_pair("cursor", cursor);
        }
        if self.select_all {
            pairs.append_pair("select", SELECT_ALL);
        }
        let query = pairs.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// What was removed.
    pub(super) fn removed(&self) -> Self {
        Self { status: StatusFilter::Removed, ..self.clone() }
    }

    /// Another page of the same.
    pub(super) fn at(&self, cursor: String) -> Self {
        Self { cursor: Some(cursor), select_all: false, ..self.clone() }
    }

    /// The same sorted by `sort`, turned round if it is sorted so already.
    pub(super) fn sorted_by(&self, sort: SortBy) -> Self {
        let descending = if self.sort == sort { !self.descending } else { sort.descends_first() };
        Self { sort, descending, cursor: None, select_all: false, ..self.clone() }
    }

    /// The orders that can be chosen, each as one value and with its direction.
    pub(super) fn orders() -> impl Iterator<Item = (String, SortBy, bool)> {
        SortBy::ALL.iter().rev().flat_map(|&sort| {
            let natural = sort.descends_first();
            [natural, !natural].map(|descending| {
                let direction = if descending { DESCENDING } else { ASCENDING };
                (format!("{sort}.{direction}"), sort, descending)
            })
        })
    }

    /// The same with every matching key selected, or with none.
    pub(super) fn selecting(&self, select_all: bool) -> Self {
        Self { select_all, ..self.clone() }
    }
}

impl SortBy {
    /// Names start at A and deadlines with the nearest; times in the past with the latest.
    fn descends_first(self) -> bool {
        matches!(self, Self::LastUsed | Self::Created)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> ListQuery {
        ListQuery::from_pairs(form_urlencoded::parse(query.as_bytes()))
    }

    #[test]
    fn addresses_and_queries_agree() {
        for query in [
            "",
            "?q=billing+%26+sync",
            "?status=expires-soon&sort=name&dir=desc&per=25&cursor=abc",
            "?cursor=-abc.17",
            "?sort=last-used",
            "?status=active&select=all",
        ] {
            assert_eq!(read(query.trim_start_matches('?')).href("/list"), format!("/list{query}"));
        }
    }

    #[test]
    fn an_order_is_one_value_of_a_form() {
        assert_eq!(read("sort=created.desc").href("/l"), "/l");
        assert_eq!(read("sort=name.desc").href("/l"), "/l?sort=name&dir=desc");
        for (value, sort, descending) in ListQuery::orders() {
            let query = read(&format!("sort={value}"));
            assert_eq!((query.sort, query.descending), (sort, descending), "{value}");
        }
    }

    #[test]
    fn unknown_values_count_as_absent() {
        assert_eq!(read("status=nonsense&sort=secret&per=7&page=2"), ListQuery::default());
    }

    #[test]
    fn a_heading_turns_its_own_order_round() {
        let query = ListQuery { cursor: Some("x".to_owned()), ..ListQuery::default() };
        assert_eq!(query.sorted_by(SortBy::Created).href("/l"), "/l?dir=asc");
        assert_eq!(query.sorted_by(SortBy::Name).href("/l"), "/l?sort=name");
    }
}
