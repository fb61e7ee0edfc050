//! Name and time zone.

use leptos::prelude::*;

use super::section::{SectionFields, SectionForm, SettingsSection};
use crate::{components::form::TextField, routes};

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
    /// Every name that may be chosen.
    pub zones: Vec<String>,
    /// What time it is in the zone that is set: "14:05 CET".
    pub time_there: String,
}

/// The section's markup.
#[component]
pub(super) fn GeneralSection(form: GeneralForm, org: String) -> AnyView {
    let GeneralForm { state, name, time_zone, zones, time_there } = form;
    let errors = state.errors.clone();
    let zones = zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view();
    view! {
        <SettingsSection
            id="general"
            heading="General"
            about=format!("Its address stays /t/{org}, whatever its name.")
        >
            <SectionFields action=routes::organization_settings(&org) section="general" state>
                <TextField
                    prefix=PREFIX
                    name="name"
                    label="Name"
                    autocomplete="organization"
                    value=name
                    errors=errors.clone()
                />
                <TextField
                    prefix=PREFIX
                    name="time_zone"
                    label="Time zone"
                    hint=format!(
                        "Dates are shown and keys expire by it. It is {time_there} there now. Keys that exist end at the \
                         same moment as before.",
                    )
                    list="zones"
                    value=time_zone
                    errors
                />
                <datalist id="zones">{zones}</datalist>
            </SectionFields>
        </SettingsSection>
    }
    .into_any()
}
