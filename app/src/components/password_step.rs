//! The password, asked for within a dialog before it makes a secret. Inert until an island puts it there.

use leptos::prelude::*;

use super::form::{FormToken, TextField};
use crate::{frame::FrameView, routes, words::confirm_password as words};

/// The question, for the person in a frame.
pub fn password_step(frame: &FrameView) -> AnyView {
    let (form, email) = (frame.form.clone(), frame.user_email.clone());
    view! {
        <template id="password-step">
            <div data-step="password">
                <h2 id="password-title">{words::TITLE}</h2>
                <p class="lede" id="password-why">{words::WHY}</p>
                <form class="form" method="post" action=routes::CONFIRM novalidate data-password="">
                    <FormToken value=form />
                    <input type="text" value=email autocomplete="username" readonly hidden />
                    <TextField
                        name="password"
                        label=words::PASSWORD
                        kind="password"
                        autocomplete="current-password"
                        errors=Vec::new()
                    />
                    <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
                    <div class="actions">
                        <button type="button" class="button" data-back="">{words::BACK}</button>
                        <button type="submit" class="button primary" data-pending=words::CHECKING>{words::CONTINUE}</button>
                    </div>
                </form>
            </div>
        </template>
    }
    .into_any()
}
