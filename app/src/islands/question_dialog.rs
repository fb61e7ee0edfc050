//! Questions about a key in a dialog over the page: the form is the one of the question's own page, loaded from there and
//! sent there.

use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement, HtmlElement, HtmlFormElement, Url};

use super::{
    dialog,
    dom::{at, find, find_in, focus, on, on_window, set},
    form, password_step,
    refresh::{Answer, go, load, send},
    shown,
};
use crate::{routes, rpc::RpcError};

const ID: &str = "question-dialog";
const FORM: &str = "form[data-question]";

/// Id of what a question says, where it says something.
const MESSAGE: &str = "question-message";

/// What takes the focus, the first that is there: what is wrong, what must be typed, the safe way out.
const FOCUS: [&str; 4] = ["[aria-invalid=true]", "#changed", "[name=name], [name=confirm_name]", "[data-cancel]"];

/// Opens and closes the dialog, and sends its form.
pub fn listen() {
    dialog::listen();
    form::listen();
    on("click", |event| {
        if let Some(link) = dialog::opener(&event, "question") {
            event.prevent_default();
            let opener = opener_of(&link);
            spawn_local(async move { ask(&link.href(), opener).await });
        } else if at(&event, &format!("#{ID} [data-back], #{ID} [data-cancel]")).is_some()
            || get().is_some_and(|element| dialog::is_backdrop(&event, &element))
        {
            event.prevent_default();
            close();
        }
    });
    on("cancel", |event| {
        if at(&event, &format!("#{ID}")).is_some() {
            event.prevent_default();
            close();
        }
    });
    on("submit", |event| {
        let form = at(&event, "form:has([data-pending])").filter(|form| !form.has_attribute("data-create"));
        let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        if at(&event, &format!("#{ID}")).is_none() {
            if !form.has_attribute("data-password") && !form::begin(&form) {
                event.prevent_default();
            }
            return;
        }
        event.prevent_default();
        if form.has_attribute("data-password") {
            spawn_local(async move { confirm(form).await });
        } else if form::begin(&form) {
            let here = form.has_attribute("data-done");
            spawn_local(async move { if here { submit(form).await } else { leave_for_secret(form).await } });
        }
    });
    // A page that is kept for Back must not come back as if something were still on its way.
    on_window("pagehide", |_| {
        if let Some(form) = find::<HtmlFormElement>("form:has([data-pending][aria-disabled])") {
            form::end(&form);
        }
    });
    on_window("popstate", |_| {
        if let Some(element) = get().filter(HtmlDialogElement::open) {
            leave(&element);
        }
    });
}

fn get() -> Option<HtmlDialogElement> {
    dialog::get(ID)
}

/// What the focus returns to, as a selector: the button of the menu a link stands in, or the link.
fn opener_of(link: &Element) -> Option<String> {
    let menu = link.closest("[popover]").ok().flatten().and_then(|menu| menu.dyn_into::<HtmlElement>().ok());
    match menu {
        Some(menu) => {
            drop(menu.hide_popover());
            Some(format!("[popovertarget=\"{}\"]", menu.id()))
        }
        None if link.closest(&format!("#{ID}")).ok().flatten().is_some() => None,
        None => Some(format!("a[href=\"{}\"]", link.get_attribute("href")?)),
    }
}

/// Asks the question of the page at `address`. Without an opener it takes the place of the one on screen.
async fn ask(address: &str, opener: Option<String>) {
    let page = load(address).await.ok();
    let shown = page.as_ref().and_then(show);
    let Some(element) = shown else {
        // Whatever is there instead is said by the page itself.
        go(address);
        return;
    };
    if let Some(opener) = opener {
        set(&element, "data-opener", &opener);
        dialog::open(&element, address);
    } else {
        dialog::replace_address(address);
    }
    focus_first(&element);
}

/// Puts the question of a page into the dialog; `None` where the page asks none.
fn show(page: &Document) -> Option<HtmlDialogElement> {
    let element = get()?;
    password_step::take_back(&element);
    let question = page.query_selector(FORM).ok()??;
    let heading = page.query_selector("h1").ok()??.text_content();
    find_in::<HtmlElement>(&element, "h2")?.set_text_content(heading.as_deref());
    set(&element, "role", if question.has_attribute("data-alert") { "alertdialog" } else { "dialog" });
    match page.get_element_by_id(MESSAGE) {
        Some(_) => set(&element, "aria-describedby", MESSAGE),
        None => element.remove_attribute("aria-describedby").ok()?,
    }
    find_in::<Element>(&element, "[data-slot=question]")?.replace_children_with_node_1(&question);
    dialog::name_buttons(&element);
    Some(element)
}

/// A long question is read from its beginning: its buttons stay in sight where there is height for them.
fn focus_first(element: &Element) {
    FOCUS.into_iter().any(|selector| focus(element, selector));
    if find_in::<Element>(element, "[aria-invalid=true]").is_none() {
        element.set_scroll_top(0);
    }
    // Unless the focus would be out of sight.
    if let Some(focused) = document().active_element()
        && focused.get_bounding_client_rect().bottom() > element.get_bounding_client_rect().bottom()
    {
        focused.scroll_into_view_with_bool(false);
    }
}

/// Goes back to the question where the password is asked for, else to the page.
fn close() {
    if let Some(element) = get().filter(HtmlDialogElement::open)
        && !password_step::take_back(&element)
    {
        leave(&element);
        dialog::back();
    }
}

fn leave(element: &HtmlDialogElement) {
    password_step::take_back(element);
    element.close();
    let opener = element.get_attribute("data-opener").unwrap_or_default();
    if let Some(opener) = find::<HtmlElement>(&opener) {
        drop(opener.focus());
    }
}

/// Sends a form that a page with a secret answers, unless the password is needed first.
async fn leave_for_secret(form: HtmlFormElement) {
    if password_step::is_needed().await {
        form::end(&form);
        get().and_then(|element| password_step::ask(&element));
    } else {
        drop(form.submit());
    }
}

/// Goes on with the question once the password is right.
async fn confirm(form: HtmlFormElement) {
    if password_step::confirm(&form).await
        && let Some(element) = get()
        && password_step::take_back(&element)
        && let Some(form) = find_in::<HtmlFormElement>(&element, FORM)
    {
        drop(form.submit());
    }
}

async fn submit(form: HtmlFormElement) {
    let answer = send(&form).await;
    form::end(&form);
    match answer {
        Ok(Answer::Moved(to)) if dialog_path(&to).as_deref() == Some(routes::SIGN_IN) => {
            form::refuse(&form, &RpcError::SessionEnded);
        }
        Ok(Answer::Moved(to)) => done(&form, &to).await,
        Ok(Answer::Page(page)) if asks_to_sign_in(&page) => form::refuse(&form, &RpcError::SessionEnded),
        Ok(Answer::Page(page)) => match show(&page) {
            Some(element) => focus_first(&element),
            None => {
                form::complain(&form, &advice(&page));
                lead_back(&form, &page);
            }
        },
        Ok(Answer::Failed(page)) => {
            let still = form.get_attribute("data-failed").unwrap_or_default();
            form::complain(&form, &format!("{still} {}", advice(&page)));
        }
        Err(_) => form::refuse(&form, &RpcError::Unheard),
    }
}

/// Where the key is gone, nothing is left to do but what the page that says so offers.
fn lead_back(form: &Element, page: &Document) -> Option<()> {
    let link = page.query_selector("a[data-gone]").ok()??;
    find_in::<Element>(form, ".actions")?.replace_children_with_node_1(&link);
    Some(())
}

fn asks_to_sign_in(page: &Document) -> bool {
    page.query_selector(&format!("form[action='{}']", routes::SIGN_IN)).ok().flatten().is_some()
}

/// What a page says that asks nothing.
fn advice(page: &Document) -> String {
    let said = page.query_selector("main .lede").ok().flatten().and_then(|words| words.text_content());
    said.unwrap_or_else(|| RpcError::Unreadable.to_string())
}

fn dialog_path(url: &str) -> Option<String> {
    Some(Url::new(url).ok()?.pathname())
}

/// Shows the page below as it is now; where the key's own page is below and the key is gone from it, the list.
async fn done(form: &HtmlFormElement, to: &str) {
    let Some(element) = get() else { return };
    let words = form.get_attribute("data-done").unwrap_or_default();
    let client_id = form.get_attribute("data-client-id").unwrap_or_default();
    let is_list = find::<Element>("[data-key-list]").is_some();
    let here = dialog_path(to).is_some_and(|path| path == shown::path_of(&shown::address()));
    if !is_list && !here {
        drop(window().location().assign(to));
        return;
    }
    let neighbour =
        row(&client_id).and_then(|row| row.next_element_sibling().or_else(|| row.previous_element_sibling()));
    let neighbour = neighbour.and_then(|row| row.get_attribute("data-key-id")).unwrap_or_default();
    let opener = element.get_attribute("data-opener").unwrap_or_default();
    element.close();
    dialog::back();
    shown::show_again().await;
    // The toast says so, also where the page does.
    if let Some(said) = find::<Element>(".notice.done") {
        said.remove();
    }
    dialog::toast(&words);
    focus_after(&[&client_id, &neighbour], &opener);
}

fn row(client_id: &str) -> Option<Element> {
    find(&format!("[data-key-id=\"{client_id}\"]"))
}

/// The menu button of the first of these keys that is in the list, what the question was opened from, or the heading.
fn focus_after(client_ids: &[&str], opener: &str) {
    let on_row = client_ids.iter().any(|id| row(id).is_some_and(|row| focus(&row, ".menu-button")));
    if on_row {
        return;
    }
    let Some(body) = document().body() else { return };
    if opener.is_empty() || !focus(&body, opener) {
        focus(&body, "h1");
    }
}
