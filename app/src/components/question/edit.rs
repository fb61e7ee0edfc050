//! Name and description of a key.

use domain::field::FieldError;
use leptos::prelude::*;

use super::PREFIX;
use crate::{
    components::form::{DescriptionField, TextField},
    words::question::edit as words,
};

/// The fields.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Name, filled in.
    pub name: String,
    /// Description, filled in.
    pub description: String,
    /// Whether the organization asks for a description.
    pub description_required: bool,
}

#[component]
pub(super) fn Fields(edit: Edit, errors: Vec<FieldError>) -> impl IntoView {
    view! {
        <TextField prefix=PREFIX name="name" label=words::NAME value=edit.name errors=errors.clone() />
        <DescriptionField prefix=PREFIX value=edit.description required=edit.description_required errors />
        <p class="hint">{words::HINT}</p>
    }
}
