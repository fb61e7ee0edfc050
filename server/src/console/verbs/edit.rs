//! Name and description.

use app::components::question::{Edit, Question};
use axum::{extract::State, response::Response};
use domain::{
    field::{FieldError, Refusal, keep},
    key::Verb,
    name::Name,
    new_key,
};
use service::keys::{ChangeRefused, CreateRefused};

use super::{KeyDesk, KeyPath, Refused, revision};
use crate::{
    console::{confirm::ConfirmableForm, desk::AtDesk, form::PostedForm, page::PageError, session::SignedIn},
    state::AppState,
};

/// `GET …/edit`.
pub async fn ask<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
) -> Result<Response, PageError> {
    let at = KeyDesk::<M>::open(state, person, path).await?;
    let question = match &at.kept {
        Some(kept) => typed(&at, kept),
        None => question(&at, at.key.name.to_string(), at.key.description.as_str().to_owned()),
    };
    at.ask(Verb::Edit, question, Refused::default()).await
}

fn typed<M: AtDesk>(at: &KeyDesk<M>, posted: &PostedForm) -> Question {
    question(at, posted.get("name").to_owned(), posted.get("description").to_owned())
}

/// `POST …/edit`.
pub async fn save<M: AtDesk>(
    State(state): State<AppState>,
    path: KeyPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (at, _) = KeyDesk::<M>::posted(state, person, path, &posted).await?;
    let mut errors = Vec::new();
    let name = keep(Name::parse(posted.get("name")).map_err(|error| error.of("name")), &mut errors);
    let description = new_key::description(posted.get("description"), at.desk.manager.organization());
    let description = keep(description, &mut errors);
    let (Some(name), Some(description)) = (name, description) else {
        let question = typed(&at, &posted);
        return at.ask(Verb::Edit, question, Refused::fields(errors)).await;
    };
    let (service, manager) = (&at.state.service, &at.desk.manager);
    let edited =
        service.edit_key(manager, &at.key.client_id, Some(name.clone()), Some(description), revision(&posted)).await?;
    match edited {
        Ok(_) => at.done(Verb::Edit).await,
        Err(ChangeRefused::NameTaken) => {
            let question = typed(&at, &posted);
            let errors: Vec<FieldError> =
                CreateRefused::NameTaken.as_field_error(&at.desk.environment.name, &name).into_iter().collect();
            at.ask(Verb::Edit, question, Refused::fields(errors)).await
        }
        Err(refused) => at.ask_again(Verb::Edit, refused, |at| typed(at, &posted)).await,
    }
}

fn question<M: AtDesk>(at: &KeyDesk<M>, name: String, description: String) -> Question {
    let description_required = at.desk.manager.organization().policy.require_description;
    Question::Edit(Edit { name, description, description_required })
}
