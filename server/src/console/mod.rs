//! The console: mounts the pages of `app`, and the form posts that work without script.

mod accept_invitation;
mod activity;
mod appearance;
mod bulk;
mod compression;
mod confirm;
mod cookies;
mod credentials;
mod desk;
mod device;
mod flash;
mod forgot_password;
mod form;
pub mod headers;
mod help;
mod home;
mod kept;
mod key;
mod key_pages;
mod keys;
mod page;
mod profile;
mod redirect;
mod reset_password;
mod same_origin;
mod search;
mod sections;
pub mod server_functions;
mod session;
mod session_cookie;
mod set_up;
mod settings;
mod sign_in;
mod users;
mod verbs;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use service::authority::{KeyOwner, OrgAdmin};
use tower_http::limit::RequestBodyLimitLayer;

use crate::state::AppState;

/// Largest body of a form or a server function, bytes.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// Every page and form of the console.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/", get(home::home))
        .route("/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/forgot", get(forgot_password::page).post(forgot_password::submit))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/appearance", post(appearance::choose))
        .route("/session/stay", post(session::stay))
        .route("/session/confirm", post(confirm::confirm))
        .route("/session/ended", get(sign_in::ended))
        .route("/help", get(help::first))
        .route("/help/{guide}", get(help::show))
        .route("/help/pictures/{file}", get(help::picture))
        .route("/llms.txt", get(help::index))
        .route("/403", get(page::forbidden))
        .route("/404", get(page::not_found))
        .route("/offline", get(page::offline))
        .route("/t/{organization}/me/appearance", get(appearance::page))
        .route("/t/{organization}/me/profile", get(profile::page).post(profile::about::save))
        .route("/t/{organization}/me/profile/time-zone", post(profile::about::answer_time_zone))
        .route("/t/{organization}/me/profile/password", post(profile::change_password))
        .route("/t/{organization}/me/profile/sessions/{session}/end", post(profile::end_session))
        .route("/t/{organization}/me/profile/sign-out-everywhere", post(profile::sign_out_everywhere))
        .route("/setup/{token}", get(set_up::page).post(set_up::submit))
        .route("/reset/{token}", get(reset_password::page).post(reset_password::submit))
        .route("/invite/{token}", get(accept_invitation::page).post(accept_invitation::submit))
        .route("/t/{organization}", get(home::organization))
        .route("/t/{organization}/settings/api-keys", get(home::organization_keys))
        .nest("/t/{organization}/settings/api-keys/{environment}", key_pages::routes::<OrgAdmin>())
        .route("/t/{organization}/me/credentials", get(credentials::page).post(credentials::generate))
        .route("/t/{organization}/me/credentials/replace", get(credentials::ask).post(credentials::replace))
        .route("/t/{organization}/me/api-keys", get(home::own_keys))
        .nest("/t/{organization}/me/api-keys/{environment}", key_pages::routes::<KeyOwner>())
        .route("/t/{organization}/settings/users", get(users::list))
        .route("/t/{organization}/settings/users/invite", get(users::invite::ask).post(users::invite::invite))
        .route("/t/{organization}/settings/users/invitations/{invitation}/withdraw", post(users::invite::withdraw))
        .route("/t/{organization}/settings/users/{user}", get(users::person::details).post(users::person::set_role))
        .route(
            "/t/{organization}/settings/users/{user}/deactivate",
            get(users::state::ask_deactivate).post(users::state::deactivate),
        )
        .route(
            "/t/{organization}/settings/users/{user}/reactivate",
            get(users::state::ask_reactivate).post(users::state::reactivate),
        )
        .route("/t/{organization}/settings/users/{user}/reset-link", post(users::person::reset_link))
        .route(
            "/t/{organization}/settings/authentication",
            get(settings::authentication::page).post(settings::authentication::save),
        )
        .route(
            "/t/{organization}/settings/organization",
            get(settings::organization::page).post(settings::organization::save),
        )
        .route(
            "/t/{organization}/settings/organization/environments/{environment}/rename",
            get(settings::environments::ask_rename).post(settings::environments::rename),
        )
        .route(
            "/t/{organization}/settings/organization/environments/{environment}/retire",
            get(settings::environments::ask_retire).post(settings::environments::retire),
        )
        .route("/t/{organization}/search", get(search::page))
        .route("/t/{organization}/settings/activity", get(activity::page))
        .route("/t/{organization}/settings/activity/since/{sequence}", get(activity::since))
        .route("/t/{organization}/settings/activity/export/{format}", get(activity::export))
        .route("/_fn/{*function}", post(server_functions::run))
        .fallback(page::not_found)
        // Innermost: a handler may read the session and a bounded body.
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES))
        .layer(session::layer(state))
        .layer(middleware::from_fn_with_state(state.clone(), session_cookie::exact))
        .layer(middleware::from_fn(session::timed))
        // A request from another site is refused before anything reads its cookie.
        .layer(middleware::from_fn_with_state(state.clone(), same_origin::require))
        // A page asked for under another host is sent to the one that cookies and checks belong to.
        .layer(middleware::from_fn_with_state(state.clone(), redirect::to_public_host))
        .layer(middleware::from_fn_with_state(state.clone(), sections::remember))
        // What went wrong further in becomes a page.
        .layer(middleware::from_fn_with_state(state.clone(), page::explain))
        // Whatever page it is, it looks as its person chose.
        .layer(middleware::from_fn(appearance::apply))
        .layer(middleware::from_fn(compression::brotli))
        .layer(compression::gzip())
}
