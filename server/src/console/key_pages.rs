//! The pages about keys: an administrator's and a person's own are the same, at different addresses.

use axum::{Router, routing::get};

use super::{bulk, desk::AtDesk, key, keys, verbs};
use crate::state::AppState;

/// The pages below the list of an environment.
pub fn routes<M: AtDesk>() -> Router<AppState> {
    Router::new()
        .route("/", get(keys::list::<M>).post(keys::create::<M>))
        .route("/new", get(keys::new::<M>))
        .route("/bulk", get(bulk::to_list::<M>).post(bulk::act::<M>))
        .route("/{client_id}", get(key::details::<M>))
        .route("/{client_id}/edit", get(verbs::edit::ask::<M>).post(verbs::edit::save::<M>))
        .route("/{client_id}/suspend", get(verbs::pause::ask_suspend::<M>).post(verbs::pause::suspend::<M>))
        .route("/{client_id}/reapprove", get(verbs::pause::ask_reapprove::<M>).post(verbs::pause::reapprove::<M>))
        .route("/{client_id}/rotate", get(verbs::rotate::ask::<M>).post(verbs::rotate::rotate::<M>))
        .route(
            "/{client_id}/end-previous-secret",
            get(verbs::end_previous::ask::<M>).post(verbs::end_previous::end::<M>),
        )
        .route("/{client_id}/remove", get(verbs::remove::ask::<M>).post(verbs::remove::remove::<M>))
}
