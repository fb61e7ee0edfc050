//! The password, asked for within a dialog before it makes a secret. What the dialog shows waits meanwhile, as it was
//! typed.

use domain::field::FieldError;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlFormElement, UrlSearchParams};

use super::{
    dom::{find, find_in, focus, set},
    form,
    refresh::{fields_of, post},
};
use crate::{routes, rpc::RpcError};

/// The form of the question.
pub const FORM: &str = "form[data-password]";
/// Id of what a question says, where it says something.
const MESSAGE: &str = "question-message";
const STEP: &str = "[data-step=password]";

/// Puts the question in the place of what the dialog shows; the style sheet hides the rest.
pub fn ask(dialog: &Element) -> Option<()> {
    let waiting = find::<Element>("#password-step")?;
    dialog.insert_adjacent_html("beforeend", &waiting.inner_html()).ok()?;
    set(dialog, "aria-labelledby", "password-title");
    set(dialog, "aria-describedby", "password-why");
    focus(dialog, &format!("{STEP} [name=password]")).then_some(())
}

/// Takes the question away; `false` where none was asked.
pub fn take_back(dialog: &Element) -> bool {
    let Some(step) = find_in::<Element>(dialog, STEP) else { return false };
    step.remove();
    if let Some(title) = find_in::<Element>(dialog, "h2") {
        set(dialog, "aria-labelledby", &title.id());
    }
    describe(dialog);
    focus(dialog, "[data-pending]");
    true
}

/// Lets a dialog be described by what its question says, where it says something.
pub fn describe(dialog: &Element) {
    match find_in::<Element>(dialog, &format!("#{MESSAGE}")) {
        Some(_) => set(dialog, "aria-describedby", MESSAGE),
        None => drop(dialog.remove_attribute("aria-describedby")),
    }
}

/// Whether a secret is to be had only with the password. No answer is none: then the browser shows what is the matter.
pub async fn is_needed() -> bool {
    let asked = async { Ok::<_, JsValue>(post(routes::CONFIRM, &UrlSearchParams::new()?).await?.status()) };
    asked.await == Ok(401)
}

/// Whether the password is right; if it is not, says why beside it.
pub async fn confirm(form: &HtmlFormElement) -> bool {
    if !form::begin(form) {
        return false;
    }
    let outcome = answer(form).await;
    form::end(form);
    match outcome {
        Ok(None) => return true,
        Ok(Some(error)) => form::refuse(form, &error),
        Err(_) => form::refuse(form, &RpcError::Unheard),
    }
    false
}

/// Why it is refused; `None` when it is right.
async fn answer(form: &HtmlFormElement) -> Result<Option<RpcError>, JsValue> {
    let response = post(routes::CONFIRM, &fields_of(form)?).await?;
    Ok(match response.status() {
        204 => None,
        _ if response.redirected() => Some(RpcError::SessionEnded),
        422 | 429 => {
            let words = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
            Some(RpcError::Fields(vec![FieldError::new("password", "refused", words)]))
        }
        503 => Some(RpcError::Busy),
        _ => Some(RpcError::Unreadable),
    })
}
