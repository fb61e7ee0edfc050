//! Questions about a key in a dialog over the page: the form is the one of the question's own page, loaded from there and
//! sent there. Where the answer is a secret, it is shown in the form's place, once.

use std::cell::Cell;

use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlDialogElement, HtmlElement, HtmlFormElement, Url};

use super::{
    dialog,
    dom::{self, at, find, find_all, find_in, focus, on, on_window, set},
    form, password_step,
    refresh::{self, Answer, go, load, send},
    secret_panel, shown,
};
use crate::{routes, rpc::RpcError};

const ID: &str = "question-dialog";
const FORM: &str = "form[data-question]";

/// Where the question stands, and the secret after it.
const PLACE: &str = "[data-step=question]";

/// What the page with a secret says in a dialog, in that order.
const SECRET: &str = "main .lede:not([data-on-page]), main [data-secret-panel], main [data-secret-panel] ~ .actions";

/// What takes the focus, the first that is there: what is wrong, what must be typed, the safe way out.
const FOCUS: [&str; 4] = ["[aria-invalid=true]", "#changed", "[name=name], [name=confirm_name]", "[data-cancel]"];

thread_local! {
    /// How many questions were asked for.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Opens and closes the dialog, and sends its form.
pub fn listen() {
    dialog::listen();
    form::listen();
    on("click", |event| {
        if let Some(link) = dialog::opener(&event, "question") {
            event.prevent_default();
            let opener = opener_of(&link);
            let number = ASKED.get() + 1;
            ASKED.set(number);
            spawn_local(async move { ask(&link.href(), opener, number).await });
        } else if let Some(element) = get().filter(|element| at(&event, &format!("#{ID}")).as_ref() == Some(element)) {
            clicked(&event, &element);
        }
    });
    on("cancel", |event| {
        if at(&event, &format!("#{ID}")).is_some() {
            event.prevent_default();
            ask_to_close();
        }
    });
    // A browser may close a dialog at the second Esc whatever `cancel` says.
    on("close", |event| {
        if at(&event, &format!("#{ID}")).is_some()
            && let Some(element) = get().filter(|element| must_stay(element) || asks_whether_to_discard(element))
        {
            element.show_modal().expect("a closed dialog in the document opens");
            guard(&element);
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
            spawn_local(async move {
                if makes_secret(&form) && password_step::is_needed().await {
                    form::end(&form);
                    get().and_then(|element| password_step::ask(&element));
                } else {
                    submit(form).await;
                }
            });
        }
    });
    // A page that is kept for Back must not come back as if something were still on its way.
    on_window("pagehide", |_| {
        if let Some(form) = find::<HtmlFormElement>("form:has([data-pending][aria-disabled])") {
            form::end(&form);
        }
    });
    on_window("popstate", |_| {
        let Some(element) = get().filter(HtmlDialogElement::open) else { return };
        if must_stay(&element) || is_edited(&element) {
            dialog::visit(&element.get_attribute("data-address").unwrap_or_default());
            password_step::take_back(&element);
            guard(&element);
        } else {
            leave(&element);
        }
    });
}

fn clicked(event: &Event, element: &HtmlDialogElement) {
    if dialog::is_backdrop(event, element) || at(event, "[data-back], [data-cancel], [data-done]:not(form)").is_some() {
        event.prevent_default();
        ask_to_close();
    } else if at(event, "[data-guard] [data-keep]").is_some() {
        secret_panel::hide_guard();
    } else if at(event, "[data-keep]").is_some() {
        dom::show(element, "[data-discard]", false);
        focus_first(element);
    } else if at(event, "[data-leave]").is_some() {
        close(element);
    }
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

/// Asks the question of the page at `address`, unless another was asked for since, or a dialog was opened or closed
/// meanwhile. Without an opener it takes the place of the one on screen.
async fn ask(address: &str, opener: Option<String>, number: u32) {
    refresh::waiting(true);
    let page = load(address).await.ok();
    if ASKED.get() != number {
        return;
    }
    refresh::waiting(false);
    let has_room = match find::<HtmlDialogElement>("dialog[open]") {
        None => opener.is_some(),
        Some(open) => opener.is_none() && open.id() == ID && !must_stay(&open),
    };
    if !has_room {
        return;
    }
    let shown = page.as_ref().and_then(show);
    let Some(element) = shown else {
        // Whatever is there instead is said by the page itself.
        go(address);
        return;
    };
    set(&element, "data-address", address);
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
    take_heading(&element, page)?;
    set(&element, "role", if question.has_attribute("data-alert") { "alertdialog" } else { "dialog" });
    find_in::<Element>(&element, PLACE)?.replace_children_with_node_1(&question);
    password_step::describe(&element);
    dialog::name_buttons(&element);
    Some(element)
}

/// Puts the secret of a page into the dialog; `None` where the page has none.
fn show_secret(page: &Document) -> Option<()> {
    let element = get()?;
    page.query_selector("[data-secret-panel]").ok()??;
    take_heading(&element, page)?;
    let place = find_in::<Element>(&element, PLACE)?;
    place.replace_children_with_node_0();
    for part in find_all(&page.document_element()?, SECRET) {
        place.append_child(&part).ok()?;
    }
    secret_panel::prepare();
    dialog::name_buttons(&element);
    set(&element, "role", "dialog");
    password_step::describe(&element);
    element.set_scroll_top(0);
    focus(&element, "h2").then_some(())
}

fn take_heading(element: &Element, page: &Document) -> Option<()> {
    let heading = page.query_selector("h1").ok()??.text_content();
    find_in::<HtmlElement>(element, "h2")?.set_text_content(heading.as_deref());
    Some(())
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

/// Whether a form is answered with a secret.
fn makes_secret(form: &Element) -> bool {
    !form.has_attribute("data-done")
}

/// Whether there is something to wait for: an answer, or somebody to save a secret.
fn must_stay(element: &HtmlDialogElement) -> bool {
    let form = find_in::<HtmlFormElement>(element, FORM);
    let is_secret_here = find_in::<Element>(element, "#secret").is_some();
    form.is_some_and(|form| form::is_pending(&form)) || is_secret_here && secret_panel::is_at_stake()
}

/// Whether closing now would lose what was typed.
fn is_edited(element: &HtmlDialogElement) -> bool {
    let form = find_in::<HtmlFormElement>(element, &format!("{FORM}:has([data-discard])"));
    // What was refused came back as it was typed.
    form.is_some_and(|form| form.has_attribute("data-refused") || form::is_edited(&form))
}

fn asks_whether_to_discard(element: &HtmlDialogElement) -> bool {
    find_in::<Element>(element, "[data-discard]:not([hidden])").is_some()
}

/// Asks before something is lost; an answer that is on its way is waited for without a word.
fn guard(element: &HtmlDialogElement) {
    if secret_panel::is_at_stake() {
        secret_panel::show_guard();
    } else if !must_stay(element) {
        dom::show(element, "[data-discard]", true);
        focus(element, "[data-discard] [data-keep]");
    }
}

/// Goes back to the question where the password is asked for, else to the page, unless something would be lost.
fn ask_to_close() {
    let Some(element) = get().filter(HtmlDialogElement::open) else { return };
    if must_stay(&element) {
        guard(&element);
    } else if password_step::take_back(&element) {
        // One step at a time.
    } else if is_edited(&element) {
        guard(&element);
    } else {
        close(&element);
    }
}

fn close(element: &HtmlDialogElement) {
    dialog::back();
    leave(element);
}

/// Takes the question away, or the secret, whose key is shown as it is now.
fn leave(element: &HtmlDialogElement) {
    password_step::take_back(element);
    let was_secret = secret_panel::is_present();
    secret_panel::wipe();
    dom::show(element, "[data-discard]", false);
    element.close();
    let opener = element.get_attribute("data-opener").unwrap_or_default();
    spawn_local(async move {
        if was_secret {
            shown::show_again().await;
        }
        if let Some(opener) = find::<HtmlElement>(&opener) {
            drop(opener.focus());
        }
    });
}

/// Goes on with the question once the password is right.
async fn confirm(form: HtmlFormElement) {
    if password_step::confirm(&form).await
        && let Some(element) = get()
        && password_step::take_back(&element)
        && let Some(form) = find_in::<HtmlFormElement>(&element, FORM)
        && form::begin(&form)
    {
        submit(form).await;
    }
}

async fn submit(form: HtmlFormElement) {
    let answer = send(&form).await;
    form::end(&form);
    match answer {
        Ok(Answer::Moved(to)) if dialog_path(&to).as_deref() == Some(routes::SIGN_IN) => {
            form::refuse(&form, &RpcError::SessionEnded);
        }
        Ok(Answer::Moved(to)) if makes_secret(&form) => drop(window().location().assign(&to)),
        Ok(Answer::Moved(to)) => done(&form, &to).await,
        Ok(Answer::Page(page)) if asks_to_sign_in(&page) => form::refuse(&form, &RpcError::SessionEnded),
        Ok(Answer::Page(page)) if show_secret(&page).is_some() => {}
        Ok(Answer::Page(page)) => match show(&page) {
            Some(element) => focus_first(&element),
            // Sent again it is answered the same, and the browser shows what that is.
            None if makes_secret(&form) && !says_gone(&page) => drop(form.submit()),
            None => {
                form::complain(&form, &advice(&page).unwrap_or_else(|| RpcError::Unreadable.to_string()));
                lead_back(&form, &page);
            }
        },
        Ok(Answer::Failed(page)) => {
            let said: Vec<_> = form.get_attribute("data-failed").into_iter().chain(advice(&page)).collect();
            if said.is_empty() {
                // What stands before the server failed: it may have done it.
                form::refuse(&form, &RpcError::Unheard);
            } else {
                form::complain(&form, &said.join(" "));
            }
        }
        Err(_) => form::refuse(&form, &RpcError::Unheard),
    }
}

/// What leads on from a page that says that the key is gone.
const GONE: &str = "a[data-gone]";

fn says_gone(page: &Document) -> bool {
    page.query_selector(GONE).is_ok_and(|link| link.is_some())
}

/// Where the key is gone, nothing is left to do but what the page that says so offers.
fn lead_back(form: &Element, page: &Document) -> Option<()> {
    let link = page.query_selector(GONE).ok()??;
    find_in::<Element>(form, ".actions")?.replace_children_with_node_1(&link);
    Some(())
}

fn asks_to_sign_in(page: &Document) -> bool {
    page.query_selector(&format!("form[action='{}']", routes::SIGN_IN)).ok().flatten().is_some()
}

/// What a page of ours says that asks nothing.
fn advice(page: &Document) -> Option<String> {
    page.query_selector("main .lede").ok()??.text_content()
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
