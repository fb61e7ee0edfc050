//! Creating a key in a dialog over the list.

use std::{cell::RefCell, rc::Rc};

use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlFormElement};

use super::{
    dialog,
    dom::{announce, at, find, find_in, focus, on, on_window, set, show, ticked, value_of},
    form, key_list, password_step, secret_panel,
};
use crate::{
    routes::{self, KeyPages},
    rpc::{ALREADY_CREATED, KeyFields, KeyIssued, RpcError, SCOPE_PREFIX, acknowledge_key, create_key},
    words::key_list as words,
};

const ID: &str = "create-dialog";
const FORM: &str = "form[data-create]";

/// The dialog's state beside what stands in its elements.
#[derive(Clone, Default)]
struct CreateDialog {
    /// Client id and name of the key that was just created.
    created: Rc<RefCell<Option<(String, String)>>>,
}

/// Opens, guards and closes the dialog, and sends its form.
pub fn listen() {
    let this = CreateDialog::default();
    let dialog = this.clone();
    on("click", move |event| {
        if let Some(link) = dialog::opener(&event, "create") {
            event.prevent_default();
            if link.has_attribute("aria-disabled") {
                say_why();
            } else {
                open(&link.href());
            }
        } else if let Some(element) = get().filter(|element| at(&event, &format!("#{ID}")).as_ref() == Some(element)) {
            dialog.clicked(&event, &element);
        }
    });
    let dialog = this.clone();
    on("submit", move |event| {
        let wanted = format!("#{ID} {FORM}, #{ID} {}", password_step::FORM);
        let Some(form) = at(&event, &wanted).and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        event.prevent_default();
        if form.has_attribute("data-create") {
            dialog.submit(form);
        } else {
            dialog.confirm(form);
        }
    });
    let dialog = this.clone();
    on("cancel", move |event| {
        if at(&event, &format!("#{ID}")).is_some() {
            event.prevent_default();
            dialog.ask_to_close();
        }
    });
    // A browser may close a dialog at the second Esc whatever `cancel` says.
    let dialog = this.clone();
    on("close", move |event| {
        if at(&event, &format!("#{ID}")).is_some() && (dialog.must_stay() || asks_whether_to_discard()) {
            dialog.reopen();
        }
    });
    on_window("popstate", move |_| this.gone_back());
    // What unfolds at the end would be hidden by the buttons.
    on("toggle", |event| {
        if let Some(last) = at(&event, ".scopes[open]").and_then(|scopes| scopes.last_element_child()) {
            last.scroll_into_view_with_bool(false);
        }
    });
}

fn get() -> Option<HtmlDialogElement> {
    dialog::get(ID)
}

fn form_element() -> Option<HtmlFormElement> {
    let dialog = get()?;
    find_in(&dialog, FORM)
}

fn asks_whether_to_discard() -> bool {
    find::<Element>(&format!("#{ID} [data-discard]:not([hidden])")).is_some()
}

fn open(address: &str) -> Option<()> {
    let element = get()?;
    dialog::name_buttons(&element);
    // A browser may have closed it where the password was asked for.
    password_step::take_back(&element);
    dialog::open(&element, address);
    focus(&element, "#name").then_some(())
}

/// Creating is closed: the notice above the list says why.
fn say_why() {
    if let Some(notice) = find::<HtmlElement>("#limit-notice") {
        drop(notice.focus());
        announce(&notice.text_content().unwrap_or_default());
    }
}

impl CreateDialog {
    fn clicked(&self, event: &web_sys::Event, element: &HtmlDialogElement) {
        if dialog::is_backdrop(event, element) || at(event, "[data-cancel], [data-done]").is_some() {
            event.prevent_default();
            self.ask_to_close();
        } else if at(event, "[data-guard] [data-keep]").is_some() {
            secret_panel::hide_guard();
        } else if at(event, "[data-discard] [data-keep]").is_some() {
            show(element, "[data-discard]", false);
            focus(element, "#name");
        } else if at(event, "[data-leave]").is_some() {
            self.close();
        } else if at(event, "[data-back]").is_some() {
            password_step::take_back(element);
        }
    }

    /// Closes, unless something would be lost that the person has not agreed to lose.
    fn ask_to_close(&self) {
        if get().is_some_and(|element| password_step::take_back(&element)) {
            return;
        }
        if self.must_stay() {
            self.show_guard();
        } else if let Some(element) = get().filter(|_| self.is_edited()) {
            show(&element, "[data-discard]", true);
            focus(&element, "[data-discard] [data-keep]");
        } else {
            self.close();
        }
    }

    /// Whether closing now could lose a secret: one that is not saved, or one that is being made.
    fn must_stay(&self) -> bool {
        secret_panel::is_at_stake() || form_element().is_some_and(|form| form::is_pending(&form))
    }

    fn show_guard(&self) {
        if secret_panel::is_at_stake() {
            secret_panel::show_guard();
        }
    }

    fn is_edited(&self) -> bool {
        !secret_panel::is_present() && form_element().is_some_and(|form| form::is_edited(&form))
    }

    fn reopen(&self) {
        if let Some(element) = get() {
            element.show_modal().expect("a closed dialog in the document opens");
            self.show_guard();
            focus(&element, "[data-discard]:not([hidden]) [data-keep]");
        }
    }

    /// Back was pressed: the address is the list's again.
    fn gone_back(&self) {
        let Some(element) = get().filter(HtmlDialogElement::open) else { return };
        if self.must_stay() || self.is_edited() {
            dialog::visit(&pages_of(&element).map(|pages| pages.new_key()).unwrap_or_default());
            self.ask_to_close();
        } else {
            self.leave(&element);
        }
    }

    fn close(&self) {
        let Some(element) = get() else { return };
        let created = self.created.borrow().is_some();
        if !created {
            dialog::back();
        }
        self.leave(&element);
    }

    /// Empties the dialog; where a key was created, shows it in the list.
    fn leave(&self, element: &HtmlDialogElement) {
        secret_panel::wipe();
        element.close();
        reset(element);
        let created = self.created.take();
        if let Some((client_id, name)) = created {
            let env_name = env_name(element);
            spawn_local(async move {
                key_list::show_created(&client_id).await;
                let row = find::<Element>(&format!("#{}", routes::row_id(&client_id)));
                if let Some(row) = row {
                    row.class_list().add_1("arrived").expect("a valid class");
                    focus(&row, ".key-name a");
                    announce(&words::added(&name, &env_name));
                }
            });
        } else {
            focus(&leptos::prelude::document().body().expect("a page has a body"), "a[data-opens=create]");
        }
    }

    /// Goes on with what was typed once the password is right.
    fn confirm(&self, form: HtmlFormElement) {
        let dialog = self.clone();
        spawn_local(async move {
            if password_step::confirm(&form).await
                && let Some(element) = get()
                && password_step::take_back(&element)
                && let Some(form) = form_element()
            {
                dialog.submit(form);
            }
        });
    }

    fn submit(&self, form: HtmlFormElement) {
        let Some(pages) = get().and_then(|element| pages_of(&element)) else { return };
        if !form::begin(&form) {
            return;
        }
        let value = |name: &str| value_of(&form, name);
        let fields = KeyFields {
            name: value("name"),
            description: value("description"),
            kind: value("kind"),
            owner: value("owner"),
            suspend_on_sign_out: value("suspend_on_sign_out"),
            scopes: ticked(&form, SCOPE_PREFIX).join(" "),
            expiration: value("expiration"),
            expires_on: value("expires_on"),
        };
        let hidden = value("form");
        let dialog = self.clone();
        spawn_local(async move {
            let (org, env) = (pages.org().to_owned(), pages.env().to_owned());
            let answer = create_key(org.clone(), env, hidden, fields).await;
            form::end(&form);
            match answer {
                Ok(key) => {
                    dialog.show_secret(&key);
                    // Without it the list says that the secret was never shown, which is true enough.
                    drop(acknowledge_key(org, key.client_id).await);
                }
                // The answer was lost the first time: the page that a plain form gets says what to do.
                Err(RpcError::Refused { code, .. }) if code == ALREADY_CREATED => drop(form.submit()),
                Err(RpcError::PasswordNeeded) => drop(get().and_then(|element| password_step::ask(&element))),
                Err(RpcError::Unheard) => form::complain(&form, words::UNHEARD),
                Err(error) => form::refuse(&form, &error),
            }
        });
    }

    fn show_secret(&self, key: &KeyIssued) -> Option<()> {
        let element = get()?;
        secret_panel::take_out();
        secret_panel::prepare();
        secret_panel::fill_in(key, &env_name(&element));
        self.created.replace(Some((key.client_id.clone(), key.name.clone())));
        show(&element, "[data-step=form]", false);
        show(&element, "[data-step=created]", true);
        set(&element, "aria-labelledby", "created-title");
        focus(&element, "#created-title").then_some(())
    }
}

/// The pages that the form belongs to, from where it posts.
fn pages_of(element: &Element) -> Option<KeyPages> {
    KeyPages::at(&find_in::<HtmlElement>(element, FORM)?.get_attribute("action")?)
}

fn env_name(element: &Element) -> String {
    find_in::<HtmlElement>(element, "[data-env-name]").and_then(|name| name.text_content()).unwrap_or_default()
}

/// Empties the form, and shows it.
fn reset(element: &Element) -> Option<()> {
    show(element, "[data-discard], [data-step=created]", false);
    show(element, "[data-step=form]", true);
    set(element, "aria-labelledby", "create-title");
    let form: HtmlFormElement = find_in(element, FORM)?;
    form.reset();
    form::clear_errors(&form);
    Some(())
}
