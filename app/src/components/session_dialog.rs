//! The dialog that says that the session is about to end, or has ended: filled and opened by `session.js`.

use leptos::prelude::*;

use super::form::FormToken;
use crate::{
    routes,
    words::session_dialog::{ended, warning},
};

/// How long a session lasts from when its page was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLeft {
    /// Seconds until it ends unless it is used.
    pub idle_s: i64,
    /// Seconds until it ends however much it is used.
    pub limit_s: i64,
}

/// The dialog, closed.
#[component]
pub fn SessionDialog(
    /// How long the session lasts.
    left: SessionLeft,
    /// MAC for signing out.
    form: String,
) -> AnyView {
    view! {
        <dialog
            id="session"
            class="dialog"
            aria-labelledby="session-warning"
            aria-describedby="session-warning-text"
            data-idle=left.idle_s.to_string()
            data-limit=left.limit_s.to_string()
            data-testid="session-warning"
        >
            <div data-warning="">
                <h2 id="session-warning">{warning::HEADING}</h2>
                <div id="session-warning-text">
                    <p>
                        {warning::TIME_LEFT}<span class="countdown" data-time=""></span>{warning::TIME_LEFT_END}
                        <strong data-secret=warning::SECRET></strong>
                    </p>
                    <p data-last=warning::LAST></p>
                </div>
                <form method="post" action=routes::SIGN_OUT class="actions">
                    <FormToken value=form />
                    <button class="button">{warning::SIGN_OUT}</button>
                    <button type="button" class="button primary" data-stay="" autofocus>{warning::STAY}</button>
                </form>
            </div>
            <div data-ended="" hidden>
                <h2 id="session-ended">{ended::HEADING}</h2>
                <p id="session-ended-text">{ended::TEXT}</p>
                <div class="actions"><a class="button primary" href=routes::SIGN_IN>{ended::SIGN_IN}</a></div>
            </div>
            <p class="sr-only" role="alert" data-last-call=warning::LAST_CALL data-unreached=warning::UNREACHED></p>
        </dialog>
    }
    .into_any()
}
