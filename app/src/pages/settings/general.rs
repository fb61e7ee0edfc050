//! Name, time zone and contact.

use leptos::prelude::*;

use super::section::{SectionFields, SectionForm, SettingsSection};
use crate::{components::form::TextField, routes, words::organization_settings::general as words};

/// What the ids begin with.
pub(super) const PREFIX: &str = "general-";

/// The form.
#[derive(Clone, Debug, Default)]
pub struct GeneralForm {
    /// What every section has.
    pub state: SectionForm,
    /// Display name.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Whom its people ask.
    pub support_contact: String,
    /// Every name that may be chosen.
    pub zones: Vec<String>,
    /// What time it is in the zone that is set: "14:05 CET".
    pub time_there: String,
}

/// The section's markup.
#[component]
pub(super) fn GeneralSection(form: GeneralForm, org: String) -> AnyView {
    let GeneralForm { state, name, time_zone, support_contact, zones, time_there } = form;
    let errors = state.errors.clone();
    let zones = zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view();
    view! {
        <SettingsSection id="general" heading=words::HEADING about=words::about(&org)>
            <SectionFields action=routes::organization_settings(&org) section="general" state>
                <TextField
                    prefix=PREFIX
                    name="name"
                    label=words::NAME
                    autocomplete="organization"
                    value=name
                    errors=errors.clone()
                />
                <TextField
                    prefix=PREFIX
                    name="time_zone"
                    label=words::TIME_ZONE
                    hint=words::time_zone_hint(&time_there)
                    list="zones"
                    value=time_zone
                    errors=errors.clone()
                />
                <datalist id="zones">{zones}</datalist>
                <TextField
                    prefix=PREFIX
                    name="support_contact"
                    label=words::CONTACT
                    hint=words::CONTACT_HINT
                    value=support_contact
                    required=false
                    errors
                />
            </SectionFields>
        </SettingsSection>
    }
    .into_any()
}
