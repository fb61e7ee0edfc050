//! A section: what it is about beside a form of its own.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{components::form::FormToken, words::organization_settings::section as words};

/// What every form of a section carries.
#[derive(Clone, Debug, Default)]
pub struct SectionForm {
    /// MAC.
    pub form: String,
    /// What the changes of the settings were counted to when they were shown.
    pub revision: i64,
    /// Somebody changed the settings meanwhile: who and when.
    pub changed: Option<String>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl SectionForm {
    /// Whether the form came back as it was typed, and nothing of it is saved.
    fn came_back(&self) -> bool {
        self.changed.is_some() || !self.errors.is_empty()
    }
}

/// Heading and explanation, with the contents beside them where there is room.
#[component]
pub(super) fn SettingsSection(
    id: &'static str,
    heading: &'static str,
    #[prop(into)] about: String,
    children: Children,
) -> AnyView {
    view! {
        <section class="settings-section" aria-labelledby=id>
            <header><h2 id=id>{heading}</h2><p class="hint">{about}</p></header>
            <div class="settings-body">{children()}</div>
        </section>
    }
    .into_any()
}

/// The form of a section. What is typed and not saved is said beside its button.
#[component]
pub(super) fn SectionFields(
    action: String,
    /// Value of the hidden field `section`, where several forms post to one address.
    section: &'static str,
    state: SectionForm,
    #[prop(default = words::SUBMIT)] submit: &'static str,
    children: Children,
) -> AnyView {
    let unsaved = if state.came_back() { "typed" } else { "" };
    let SectionForm { form, revision, changed, .. } = state;
    view! {
        <form class="form" method="post" action=action novalidate data-unsaved=unsaved data-kept="">
            <FormToken value=form />
            <input type="hidden" name="section" value=section />
            <input type="hidden" name="revision" value=revision.to_string() />
            {changed.map(|changed| view! { <Changed changed /> })}
            {children()}
            <div class="actions start">
                <button type="submit" class="button primary">{submit}</button>
                <p class="unsaved" role="status" data-unsaved-note=words::UNSAVED></p>
            </div>
        </form>
    }
    .into_any()
}

/// Says that nothing was saved because somebody else was faster.
#[component]
fn Changed(changed: String) -> impl IntoView {
    view! {
        <p class="notice" id="changed" tabindex="-1" autofocus>
            {words::nothing_saved(&changed)}
        </p>
    }
}
