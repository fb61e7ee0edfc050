//! The dialog that says that the session is about to end, or has ended: filled and opened by `session.js`.

use leptos::prelude::*;

use super::form::FormToken;
use crate::routes;

/// How long a session lasts from when its page was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLeft {
    /// Seconds until it ends unless it is used.
    pub idle_s: i64,
    /// Seconds until it ends however much it is used.
    pub limit_s: i64,
}

/// Said where pressing a button prolongs nothing.
const LAST: &str = "A session lasts only so long, however much it is used. You can sign in again then.";

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
            role="alertdialog"
            aria-labelledby="session-warning"
            aria-describedby="session-warning-text"
            data-idle=left.idle_s.to_string()
            data-limit=left.limit_s.to_string()
            data-testid="session-warning"
        >
            <div data-warning="">
                <h2 id="session-warning">"Still there?"</h2>
                <div id="session-warning-text">
                    <p>
                        "You'll be signed out in "<span class="countdown" data-time=""></span>". "
                        <strong data-secret="Copy your key first."></strong>
                    </p>
                    <p data-last=LAST></p>
                </div>
                <form method="post" action=routes::SIGN_OUT class="actions">
                    <FormToken value=form />
                    <button class="button">"Sign out"</button>
                    <button type="button" class="button primary" data-stay="" autofocus>"Stay signed in"</button>
                </form>
            </div>
            <div data-ended="" hidden>
                <h2 id="session-ended">"Your session ended"</h2>
                <p id="session-ended-text">"Sign in again to carry on. What you typed is kept."</p>
                <div class="actions"><a class="button primary" href=routes::SIGN_IN>"Sign in"</a></div>
            </div>
            <p class="sr-only" role="alert"></p>
        </dialog>
    }
    .into_any()
}
