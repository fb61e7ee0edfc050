//! Sign-in.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, FormToken, TextField},
    frame::Threshold,
    routes,
    words::{forgot_password, form::error_title, sign_in as words},
};

/// Longest e-mail address, bytes (RFC 5321 §4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// Why the sign-in page is shown, above the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The session is over; what was typed may be lost.
    SessionEnded,
    /// The session was over when a form was sent, which waits here.
    TypedIsKept,
    /// The person signed out.
    SignedOut,
    /// Wrong address or password, or an account that may not sign in.
    Refused,
    /// Too many attempts; seconds to wait.
    TooManyAttempts(u64),
}

impl Notice {
    fn words(self) -> String {
        match self {
            Self::SessionEnded => words::SESSION_ENDED.to_owned(),
            Self::TypedIsKept => words::TYPED_KEPT.to_owned(),
            Self::SignedOut => words::SIGNED_OUT.to_owned(),
            Self::Refused => words::REFUSED.to_owned(),
            Self::TooManyAttempts(seconds) => words::too_many(seconds),
        }
    }

    fn is_error(self) -> bool {
        matches!(self, Self::Refused | Self::TooManyAttempts(_))
    }
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct SignInView {
    /// The product's display name.
    pub product: String,
    /// MAC, where there is a session to bind it to.
    pub form: String,
    /// Where to go afterwards, a path of this console.
    pub return_to: Option<String>,
    /// A form that waits, sealed.
    pub kept: Option<String>,
    /// Address typed before.
    pub email: String,
    /// Why the page is shown.
    pub notice: Option<Notice>,
}

impl SignInView {
    pub(super) fn title(&self) -> String {
        let title = format!("{} — {}", words::HEADING, self.product);
        if self.notice.is_some_and(Notice::is_error) { error_title(&title) } else { title }
    }
}

/// The page's markup.
#[component]
pub fn SignInPage(
    /// Its contents.
    view: SignInView,
) -> impl IntoView {
    let SignInView { product, form, return_to, kept, email, notice } = view;
    // A refusal is as long for one address as for another, so that its length tells nothing.
    let fill = (notice == Some(Notice::Refused)).then(|| " ".repeat(LONGEST_EMAIL.saturating_sub(email.len())));
    let notice = notice.map(|notice| {
        let class = if notice.is_error() { "notice oxide" } else { "notice" };
        view! { <p class=class id="notice" tabindex="-1" autofocus=notice.is_error()>{notice.words()}</p> }
    });
    let errors: Vec<FieldError> = Vec::new();
    view! {
        <Threshold product>
            <h1>{words::HEADING}</h1>
            {notice}
            <form class="form" method="post" action=routes::SIGN_IN data-fill=fill>
                <FormToken value=form />
                {return_to.map(|path| view! { <input type="hidden" name="return_to" value=path /> })}
                {kept.map(|kept| view! { <input type="hidden" name="kept" value=kept /> })}
                <TextField
                    name="email"
                    label=words::EMAIL
                    kind="email"
                    autocomplete="username"
                    autofocus=email.is_empty()
                    value=email
                    errors=errors.clone()
                />
                <TextField
                    name="password"
                    label=words::PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    errors
                />
                <Actions submit=words::SUBMIT />
            </form>
            <p class="elsewhere"><a href=routes::FORGOT_PASSWORD>{forgot_password::HEADING}</a></p>
        </Threshold>
    }
}
