//! Replacing a part of the page by what the server renders now.

use js_sys::Array;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, FormData, HtmlFormElement, RequestInit, Response, SupportedType, UrlSearchParams,
};

use super::{dialog, dom, form, row_menu};
use crate::routes;

/// Why a page did not come.
pub enum Unloaded {
    /// Nobody is signed in any more.
    SessionEnded,
    /// It is somewhere else, or is not what was expected: the browser has to go there.
    Elsewhere,
    /// The server failed, under this reference if it gave one, or no answer came.
    Failed(Option<String>),
}

impl From<JsValue> for Unloaded {
    fn from(_: JsValue) -> Self {
        Self::Failed(None)
    }
}

/// The element `selector` of the page at `address`, put in the place of the one on screen. Where
/// that cannot be done, the browser goes there instead, or asks to sign in again.
pub async fn refresh(address: &str, selector: &str) -> Option<Element> {
    match replace(address, selector).await {
        Ok(fresh) => return Some(fresh),
        Err(Unloaded::SessionEnded) => form::session_ended(),
        Err(Unloaded::Elsewhere | Unloaded::Failed(_)) => go(address),
    }
    None
}

/// Says that something is on its way, where it takes long enough to be noticed.
pub fn waiting(is_waiting: bool) {
    if let Some(html) = document().document_element() {
        drop(html.toggle_attribute_with_force("data-waiting", is_waiting));
    }
}

/// Leaves for another page; without a connection this one is the best there is.
pub fn go(address: &str) {
    match dom::offline() {
        Some(words) => dialog::toast(&words),
        None => drop(window().location().assign(address)),
    }
}

/// The same, but stays where the server fails.
pub async fn replace(address: &str, selector: &str) -> Result<Element, Unloaded> {
    put(&load(address).await?, selector)
}

/// Puts the element `selector` of a page in the place of the one on screen.
pub fn put(page: &Document, selector: &str) -> Result<Element, Unloaded> {
    let fresh = page.query_selector(selector)?.ok_or(Unloaded::Elsewhere)?;
    let stale = dom::find::<Element>(selector).ok_or(Unloaded::Elsewhere)?;
    stale.replace_with_with_node_1(&fresh)?;
    row_menu::prepare(&fresh);
    Ok(fresh)
}

/// The page at `address`, if it is there and not somewhere else.
pub async fn load(address: &str) -> Result<Document, Unloaded> {
    let response: Response = JsFuture::from(window().fetch_with_str(address)).await?.dyn_into()?;
    if response.status() >= 500 {
        let reference = parse(&response).await?.query_selector("[data-reference]")?;
        return Err(Unloaded::Failed(reference.and_then(|reference| reference.text_content())));
    }
    if response.redirected() && response.url().contains(routes::SIGN_IN) {
        return Err(Unloaded::SessionEnded);
    }
    if !response.ok() || response.redirected() {
        return Err(Unloaded::Elsewhere);
    }
    Ok(parse(&response).await?)
}

/// How the server answered a form.
pub enum Answer {
    /// With a page of its own.
    Page(Document),
    /// With a page that says that it failed.
    Failed(Document),
    /// It is done, and this address shows the result.
    Moved(String),
}

/// Sends a form as the browser would.
pub async fn send(form: &HtmlFormElement) -> Result<Answer, JsValue> {
    let address = form.get_attribute("action").unwrap_or_default();
    let response = post(&address, &fields_of(form)?).await?;
    if response.redirected() {
        return Ok(Answer::Moved(response.url()));
    }
    let page = parse(&response).await?;
    Ok(if response.status() >= 500 { Answer::Failed(page) } else { Answer::Page(page) })
}

/// What is typed into a form.
pub fn fields_of(form: &HtmlFormElement) -> Result<UrlSearchParams, JsValue> {
    let data = FormData::new_with_form(form)?;
    UrlSearchParams::new_with_str_sequence_sequence(&data)
}

/// Posts fields to an address of this site. What is said on the page that follows waits for whoever sees it.
pub async fn post(address: &str, fields: &UrlSearchParams) -> Result<Response, JsValue> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&Array::of1(&Array::of2(&routes::UNSEEN.into(), &"1".into())));
    request.set_body(fields);
    JsFuture::from(window().fetch_with_str_and_init(address, &request)).await?.dyn_into()
}

async fn parse(response: &Response) -> Result<Document, JsValue> {
    let html = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    DomParser::new()?.parse_from_string(&html, SupportedType::TextHtml)
}
