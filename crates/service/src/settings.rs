//! An organization's settings as its administrators change them. What only the operator decides (plan, state, whether
//! API keys are on, the ceilings of limits) has no place here. Rules for keys are changed by somebody who has proved
//! lately who they are.

mod effect;

use domain::{
    activity::{Actor, Event, Target},
    organization::Organization,
    settings::{AccessTokens, General, KeyPolicy},
    time::Timestamp,
};
use serde_json::{Map, Value, json};
use store::{ActivityQuery, ChangeOrganization, OrganizationChange, SettingsEntryFor};

pub use effect::Effect;

use crate::{
    Failure, Service,
    authority::{Administrator, Issuer, Recent},
};

/// Why settings were not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsRefused {
    /// Somebody changed them meanwhile: what they are like now, and who and when.
    Stale(Box<Organization>, Option<LastChange>),
    /// The organization is gone.
    NotFound,
}

/// Who changed the settings last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChange {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

impl Service {
    /// Changes name, time zone and contact, unless somebody changed the settings since `expected_revision`.
    ///
    /// # Errors
    /// `Ok(Err(_))` when somebody did.
    pub async fn change_general(
        &self,
        administrator: &Administrator,
        general: General,
        expected_revision: i64,
    ) -> Result<Result<(), SettingsRefused>, Failure> {
        let change = OrganizationChange {
            name: Some(general.name),
            time_zone: Some(general.time_zone),
            support_contact: Some(general.support_contact),
            ..Default::default()
        };
        self.change_settings(administrator, Event::OrganizationChanged, change, expected_revision).await
    }

    /// Changes the rules for keys, in the same way.
    ///
    /// # Errors
    /// As [`Service::change_general`].
    pub async fn change_key_policy(
        &self,
        administrator: &Recent<'_, Administrator>,
        policy: KeyPolicy,
        expected_revision: i64,
    ) -> Result<Result<(), SettingsRefused>, Failure> {
        let change = OrganizationChange {
            max_key_lifetime_days: Some(policy.max_key_lifetime_days),
            allow_no_expiration: Some(policy.allow_no_expiration),
            require_description: Some(policy.require_description),
            kinds: Some(policy.kinds),
            self_service: Some(policy.self_service),
            own_max_keys_per_environment: Some(policy.own_max_keys_per_environment),
            own_max_keys_per_user: Some(policy.own_max_keys_per_user),
            key_notices: Some(policy.key_notices),
            expiry_reminders: Some(policy.expiry_reminders),
            scopes: Some(policy.scopes),
            ..Default::default()
        };
        self.change_settings(administrator, Event::KeyPolicyChanged, change, expected_revision).await
    }

    /// Changes what access tokens are like by default, in the same way.
    ///
    /// # Errors
    /// As [`Service::change_general`].
    pub async fn change_access_tokens(
        &self,
        administrator: &Recent<'_, Administrator>,
        tokens: AccessTokens,
        expected_revision: i64,
    ) -> Result<Result<(), SettingsRefused>, Failure> {
        let change = OrganizationChange {
            access_token_format: Some(tokens.format),
            token_lifetime_s: Some(tokens.lifetime_s),
            ..Default::default()
        };
        self.change_settings(administrator, Event::KeyPolicyChanged, change, expected_revision).await
    }

    async fn change_settings(
        &self,
        administrator: &Administrator,
        event: Event,
        change: OrganizationChange,
        expected_revision: i64,
    ) -> Result<Result<(), SettingsRefused>, Failure> {
        let id = &administrator.member().organization.id;
        let entry = self.settings_entry(&administrator.issuer(), event);
        Ok(match self.store.change_organization(id, change, Some(expected_revision), self.now(), entry).await? {
            ChangeOrganization::Changed(_) | ChangeOrganization::Unchanged(_) => Ok(()),
            ChangeOrganization::Stale(now) => {
                let last = self.last_change_of_settings(&now).await?;
                Err(SettingsRefused::Stale(now, last))
            }
            ChangeOrganization::NotFound => Err(SettingsRefused::NotFound),
        })
    }

    /// Whoever changed the settings last. Rows of such changes are those that are about the organization itself.
    async fn last_change_of_settings(&self, organization: &Organization) -> Result<Option<LastChange>, Failure> {
        let query = ActivityQuery {
            organization: organization.id.clone(),
            concerning: None,
            actor: None,
            event: None,
            target: Some(organization.id.to_string()),
            environment: None,
            from: None,
            until: None,
            before: None,
            limit: 1,
        };
        let last = self.store.activity_page(&query).await?.pop();
        Ok(last.map(|row| LastChange { actor: row.entry.actor, at: row.entry.at }))
    }

    /// The row of a change of settings: each that changed, before and after.
    pub(crate) fn settings_entry(&self, issuer: &Issuer<'_>, event: Event) -> SettingsEntryFor {
        let (service, organization, now) = (self.clone(), issuer.organization.clone(), self.now());
        let (actor, origin) = (issuer.actor.clone(), issuer.origin.clone());
        Box::new(move |before, after| {
            let issuer = Issuer { organization: &organization, actor, origin };
            let target = Target { id: after.id.to_string(), name: after.name.to_string() };
            service.entry(&issuer, event, target, None, now, &differences(before, after))
        })
    }
}

/// `{setting: {before, after}}` for every setting that is another.
fn differences(before: &Organization, after: &Organization) -> Value {
    let (before, after) = (json!(before), json!(after));
    let settings = after.as_object().into_iter().flatten();
    let changed = settings.filter(|(name, value)| *name != "updated_at" && before[name.as_str()] != **value);
    let changed =
        changed.map(|(name, value)| (name.clone(), json!({ "before": before[name.as_str()], "after": value })));
    Value::Object(changed.collect::<Map<_, _>>())
}
