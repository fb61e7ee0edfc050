//! The people of one organization, as its administrators manage them: memberships, never accounts.

use domain::{
    activity::{Event, Target},
    id::UserId,
    key::Owner,
    name,
    time::Timestamp,
    user::{Role, UserState},
};
use serde_json::json;
use store::{Direction, KeyFilter, KeyPage, KeyQuery, Membership, SortBy};

use crate::{
    Failure, Service,
    accounts::{AccountRefused, outcome},
    authority::{Administrator, Recent},
};

/// Most people on a page.
pub const PEOPLE_PER_PAGE: u32 = 100;

/// A person in the organization as its administrators see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who they are there.
    pub membership: Membership,
    /// How many live keys they own there.
    pub keys: u32,
    /// When they last did something there.
    pub last_active_at: Option<Timestamp>,
    /// Whether the account is or was a member of another organization, too.
    pub elsewhere: bool,
    /// Whether nobody else administers the organization.
    pub only_administrator: bool,
}

/// Which people.
#[derive(Clone, Debug, Default)]
pub struct PeopleQuery {
    /// Part of a name or of an address, in any case; empty for everybody.
    pub search: String,
    /// Only with this role.
    pub role: Option<Role>,
    /// Only in this state, which that of the account counts to.
    pub state: Option<UserState>,
    /// Which page, from 0; one beyond the last is the last.
    pub page: u32,
}

/// A page of people, by name.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// The people on it.
    pub people: Vec<Person>,
    /// Which page it is, from 0.
    pub page: u32,
    /// How many match on all pages.
    pub total: u32,
    /// How many belong to the organization.
    pub everybody: u32,
}

impl PeopleQuery {
    fn matches(&self, search: &str, member: &Membership) -> bool {
        self.role.is_none_or(|role| role == member.role)
            && self.state.is_none_or(|state| state == state_of(member))
            && (search.is_empty() || member.name.key().contains(search) || member.email.key().contains(search))
    }
}

/// A person may do something only while membership and account are active.
fn state_of(member: &Membership) -> UserState {
    match (member.state, member.account) {
        (UserState::Active, UserState::Active) => UserState::Active,
        _ => UserState::Deactivated,
    }
}

fn is_administrator(member: &Membership) -> bool {
    member.role == Role::Admin && state_of(member) == UserState::Active
}

impl Service {
    /// A page of the people of the organization. Names are folded and sorted here and not by the database, which knows
    /// less of Unicode: even a large organization has no more people than fit into memory.
    pub async fn people(&self, administrator: &Administrator, query: PeopleQuery) -> Result<PeoplePage, Failure> {
        let members = self.members(administrator).await?;
        let (everybody, search) = (count(members.len()), name::search_key(&query.search));
        let administrators = members.iter().filter(|member| is_administrator(member)).count();
        let mut members: Vec<_> = members.into_iter().filter(|member| query.matches(&search, member)).collect();
        members.sort_by_cached_key(|member| (member.name.key(), member.email.key()));
        let total = count(members.len());
        let page = query.page.min(total.saturating_sub(1) / PEOPLE_PER_PAGE);
        let (first, size) = ((page * PEOPLE_PER_PAGE) as usize, PEOPLE_PER_PAGE as usize);
        let members = members.into_iter().skip(first).take(size).collect();
        let people = self.with_traces(administrator, members, administrators).await?;
        Ok(PeoplePage { people, page, total, everybody })
    }

    /// One person of the organization.
    pub async fn person(&self, administrator: &Administrator, user: &UserId) -> Result<Option<Person>, Failure> {
        let members = self.members(administrator).await?;
        let administrators = members.iter().filter(|member| is_administrator(member)).count();
        let member = members.into_iter().filter(|member| member.user == *user).collect();
        Ok(self.with_traces(administrator, member, administrators).await?.pop())
    }

    async fn with_traces(
        &self,
        administrator: &Administrator,
        members: Vec<Membership>,
        administrators: usize,
    ) -> Result<Vec<Person>, Failure> {
        let ids: Vec<_> = members.iter().map(|member| member.user.clone()).collect();
        let organization = &administrator.member().organization.id;
        let traces = self.store.traces(organization, &ids, self.now()).await?;
        let person = |membership: Membership| {
            let left = traces.iter().find(|traces| traces.user == membership.user);
            Person {
                keys: left.map_or(0, |traces| traces.live_keys),
                last_active_at: left.and_then(|traces| traces.last_active_at),
                elsewhere: left.is_some_and(|traces| traces.elsewhere),
                only_administrator: administrators == 1 && is_administrator(&membership),
                membership,
            }
        };
        Ok(members.into_iter().map(person).collect())
    }

    /// Keys that a person owns in the organization, the newest first, whether API keys are on or not.
    pub async fn keys_of_person(
        &self,
        administrator: &Administrator,
        user: &UserId,
        filter: KeyFilter,
        limit: u32,
    ) -> Result<KeyPage, Failure> {
        let query = KeyQuery {
            organization: administrator.member().organization.id.clone(),
            environment: None,
            owner: Some(Owner::User(user.clone())),
            search: None,
            filter,
            sort: SortBy::Created,
            direction: Direction::Descending,
            edge: None,
            limit,
            counted: false,
            now: self.now(),
        };
        Ok(self.store.keys(&query).await?)
    }

    /// Everybody in the organization, in whatever state, by name.
    pub async fn members(&self, administrator: &Administrator) -> Result<Vec<Membership>, Failure> {
        Ok(self.store.members(&administrator.member().organization.id).await?)
    }

    /// Gives a member another role, which counts from their next request on. Takes an administrator who has proved lately
    /// who they are.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn set_role(
        &self,
        administrator: &Recent<'_, Administrator>,
        user: &UserId,
        role: Role,
    ) -> Result<Result<(), AccountRefused>, Failure> {
        let details = json!({ "role": role });
        let Some((membership, entry)) = self.member_entry(administrator, user, Event::RoleChanged, &details).await?
        else {
            return Ok(Err(AccountRefused::NotFound));
        };
        let organization = &administrator.member().organization.id;
        Ok(outcome(self.store.set_role(organization, &membership.user, role, entry).await?))
    }

    /// Deactivates or reactivates a membership; the account stays as it is.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn set_membership_state(
        &self,
        administrator: &Administrator,
        user: &UserId,
        state: UserState,
    ) -> Result<Result<(), AccountRefused>, Failure> {
        let event = match state {
            UserState::Active => Event::UserReactivated,
            UserState::Deactivated => Event::UserDeactivated,
        };
        let details = json!({ "everywhere": false });
        let Some((membership, entry)) = self.member_entry(administrator, user, event, &details).await? else {
            return Ok(Err(AccountRefused::NotFound));
        };
        let organization = &administrator.member().organization.id;
        Ok(outcome(self.store.set_membership_state(organization, &membership.user, state, entry).await?))
    }

    async fn member_entry(
        &self,
        administrator: &Administrator,
        user: &UserId,
        event: Event,
        details: &serde_json::Value,
    ) -> Result<Option<(Membership, domain::activity::Entry)>, Failure> {
        let organization = &administrator.member().organization.id;
        let Some(membership) = self.store.membership(organization, user).await? else {
            return Ok(None);
        };
        let target = Target { id: membership.user.to_string(), name: membership.name.to_string() };
        let entry = self.entry(&administrator.issuer(), event, target, None, self.now(), details);
        Ok(Some((membership, entry)))
    }
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
