//! Every route, in the order of who uses it.

use axum::{
    Router,
    routing::{get, post},
};

use crate::{api, assets, console, oauth, state::AppState};

/// All routes of the public listener, without the [passage](crate::passage) before them.
pub fn router(state: AppState) -> Router {
    Router::new()
        // Machines that want a token. Bearer and Basic only: no cookie is read here, so no other site can use one.
        .route("/oauth/token", post(oauth::token))
        .route("/auth/token", post(oauth::token))
        .route("/api/oauth/token", post(oauth::token))
        // Whoever verifies tokens, and clients that are done with one.
        .route("/oauth/introspect", post(oauth::introspect))
        .route("/oauth/revoke", post(oauth::revoke))
        .route("/.well-known/oauth-authorization-server", get(oauth::server_metadata))
        .route("/.well-known/jwks.json", get(oauth::key_set))
        // Programs that manage keys.
        .merge(api::routes())
        // Browsers: files named by their content.
        .route("/pkg/{file}", get(assets::serve))
        // People.
        .merge(console::routes(&state))
        .with_state(state)
}
