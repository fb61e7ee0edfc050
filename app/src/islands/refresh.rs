//! Replacing a part of the page by what the server renders now.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, Response, SupportedType};

use super::{dom, row_menu};

/// The element `selector` of the page at `address`, put in the place of the one on screen. Where
/// that cannot be done, the browser goes there instead.
pub async fn refresh(address: &str, selector: &str) -> Option<Element> {
    let replaced = replace(address, selector).await;
    if replaced.is_none() {
        drop(window().location().assign(address));
    }
    replaced
}

async fn replace(address: &str, selector: &str) -> Option<Element> {
    let page = load(address).await.ok()?;
    let fresh = page.query_selector(selector).ok()??;
    let stale = dom::find::<Element>(selector)?;
    stale.replace_with_with_node_1(&fresh).ok()?;
    row_menu::prepare(&fresh);
    Some(fresh)
}

async fn load(address: &str) -> Result<Document, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() || response.redirected() {
        return Err(JsValue::NULL);
    }
    let html = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    DomParser::new()?.parse_from_string(&html, SupportedType::TextHtml)
}
