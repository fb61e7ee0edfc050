//! The panel with a secret: copy, hide, download, and knowing whether it was saved. The secret stands
//! in the panel's elements and nowhere else, and is wiped from them when the page is left.

use js_sys::Array;
use leptos::{prelude::document, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, Event, HtmlAnchorElement, HtmlElement, HtmlInputElement, HtmlTemplateElement,
    HtmlTextAreaElement, Url,
};

use super::{
    copy::{confirm, to_clipboard},
    dom::{announce_now, at, fill, find, find_all, find_in, on, on_window, set, show},
    tabs,
};
use crate::{
    rpc::KeyIssued,
    snippet::{self, env_lines},
    words::{first_token, secret_panel as words},
};

/// Where a command waits that has the secret in it now.
const COMMAND: &str = "data-command";

/// Where an empty panel waits for the next secret.
const TEMPLATE: &str = "[data-secret-template]";

/// Where the client id stands.
const CLIENT_ID: &str = "#issued-client-id";

/// Class of what stands for the secret itself.
const SECRET_TEXT: &str = "secret-text";

/// Whether there is a secret on screen.
pub fn is_present() -> bool {
    panel().and_then(|panel| field(&panel)).is_some_and(|field| !field.value().is_empty())
}

/// Whether leaving now would lose it.
pub fn is_at_stake() -> bool {
    is_present() && find::<HtmlElement>("#secret[data-saved]").is_none()
}

/// Takes the secret out of the page: what holds it is overwritten, then removed.
pub fn wipe() {
    let Some(panel) = panel() else { return };
    if let Some(field) = field(&panel) {
        field.set_value("");
        field.set_text_content(None);
        field.remove();
    }
    fill(&panel, "env_lines", "");
    fill(&panel, "key", "");
    insert(&panel, false);
    if panel.closest("dialog").is_ok_and(|dialog| dialog.is_some()) {
        panel.remove();
    }
}

fn panel() -> Option<HtmlElement> {
    find("[data-secret-panel]")
}

fn field(panel: &HtmlElement) -> Option<HtmlTextAreaElement> {
    find_in(panel, "#secret")
}

/// Also tells `session.js`, which holds a session open for a secret that nobody has.
fn saved() {
    if let Some(field) = panel().and_then(|panel| field(&panel)) {
        set(&field, "data-saved", "");
    }
}

/// Listens to the controls of the panel.
pub fn listen() {
    tabs::listen();
    prepare();
    on("click", |event| {
        clicked(&event);
    });
    on("focusin", |event| {
        if let Some(field) = at(&event, "#secret").and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) {
            field.select();
        }
    });
    on("copy", |event| {
        let field = at(&event, "#secret").and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
        if field.is_some_and(|field| is_all_selected(&field)) {
            saved();
        }
    });
    on("change", |event| {
        let switch = at(&event, "[data-insert]").and_then(|switch| switch.dyn_into::<HtmlInputElement>().ok());
        if let Some((switch, panel)) = switch.zip(panel()) {
            insert(&panel, switch.checked());
        }
    });
    on_window("beforeunload", |event| {
        if is_at_stake() {
            event.prevent_default();
        }
    });
    on_window("pagehide", |_| wipe());
}

/// Takes an empty panel out of its template.
pub fn take_out() {
    if panel().is_none()
        && let Some(template) = find::<HtmlTemplateElement>(TEMPLATE)
    {
        let fresh = template.content().clone_node_with_deep(true).expect("a fragment can be copied");
        let around = template.parent_node().expect("it is in the page");
        around.insert_before(&fresh, Some(&template)).expect("the template is there");
    }
}

/// Makes a panel that is new on the page ready.
pub fn prepare() {
    if let Some(snippets) = find::<HtmlElement>("[data-snippets]")
        && find_in::<HtmlElement>(&snippets, "[role=tablist]").is_none()
    {
        tabs::prepare(&snippets);
    }
}

/// Puts a new key into the empty panel.
pub fn fill_in(key: &KeyIssued, env_name: &str) {
    let Some(panel) = panel() else { return };
    if let Some(field) = field(&panel) {
        field.set_value(&key.secret);
    }
    set(&panel, "data-file-name", &key.file_name);
    fill(&panel, "label", words::label(key.pair));
    fill(&panel, "name", &key.name);
    fill(&panel, "env", env_name);
    fill(&panel, "expires", &key.expires);
    if let Some(field) = find_in::<HtmlTextAreaElement>(&panel, CLIENT_ID) {
        field.set_value(&key.client_id);
    }
    fill(&panel, "key", &key.secret);
    fill(&panel, "env_lines", &env_lines(key.pair.then_some(&key.client_id), &key.secret));
    show(&panel, "[data-pair]", key.pair);
    show(&panel, "[data-token]", !key.pair);
    show(&panel, "[data-guard], [data-blocked]", false);
    hide(&panel, false);
}

/// Asks before the secret is lost.
pub fn show_guard() {
    let Some(panel) = panel() else { return };
    show(&panel, "[data-guard]", true);
    super::dom::focus(&panel, "[data-guard] [data-keep]");
}

/// Takes the question back.
pub fn hide_guard() {
    let Some(panel) = panel() else { return };
    show(&panel, "[data-guard]", false);
    super::dom::focus(&panel, "[data-copy=secret]");
}

fn clicked(event: &Event) -> Option<()> {
    let panel = at(event, "[data-secret-panel]")?;
    if let Some(button) = at(event, "[data-copy]") {
        copy(panel, button);
    } else if at(event, "[data-hide]").is_some() {
        let masked = panel.class_list().contains("masked");
        hide(&panel, !masked);
    } else if at(event, "[data-download]").is_some() && download(&panel).is_some() {
        saved();
    }
    Some(())
}

fn copy(panel: HtmlElement, button: HtmlElement) {
    let what = button.get_attribute("data-copy").unwrap_or_default();
    let field = field(&panel).filter(|_| what == "secret" || what == "key");
    let command = find_in::<HtmlElement>(&panel, "code[data-pair]:not([hidden]), code[data-token]:not([hidden])");
    let is_bare_command = what == "curl" && !command.as_ref().is_some_and(is_inserted);
    let text = match &field {
        Some(field) => field.value(),
        None if what == "curl" => command.as_ref().and_then(|code| code.text_content()).unwrap_or_default(),
        None => env(&panel),
    };
    let lines = if what == "curl" { command } else { find_in(&panel, "[data-slot=env_lines]") };
    let lines = lines.filter(|_| field.is_none());
    spawn_local(async move {
        let copied = to_clipboard(&text, field.as_ref()).await;
        show(&panel, "[data-blocked]", !copied);
        if !copied {
            // What was to be copied is what the next key press copies.
            if let (Some(lines), Ok(Some(selection))) = (lines, document().get_selection()) {
                drop(selection.select_all_children(&lines));
            }
            announce_now(words::COPY_BLOCKED);
            return;
        }
        if !is_bare_command {
            saved();
        }
        let announcement = match what.as_str() {
            "both" => words::BOTH_COPIED.to_owned(),
            "secret" | "key" => words::COPIED.to_owned(),
            "env" => words::snippets::ENV_COPIED.to_owned(),
            _ => first_token::COPIED.to_owned(),
        };
        confirm(&button, &announcement);
    });
}

fn hide(panel: &HtmlElement, masked: bool) {
    panel.class_list().toggle_with_force("masked", masked).expect("a valid class");
    if let Some(button) = find_in::<HtmlElement>(panel, "[data-hide]") {
        button.set_text_content(Some(if masked { words::SHOW } else { words::HIDE }));
    }
}

/// Puts client id and secret into the commands in the place of their variables, or takes them out again.
fn insert(panel: &HtmlElement, inserted: bool) {
    let secret = field(panel).map(|field| field.value()).unwrap_or_default();
    let client_id = find_in::<HtmlTextAreaElement>(panel, CLIENT_ID).map(|field| field.value());
    for code in find_all(panel, "code[data-pair], code[data-token]") {
        let command = code.get_attribute(COMMAND).or_else(|| code.text_content()).unwrap_or_default();
        let text = inserted.then(|| snippet::insert(&command, client_id.as_deref().unwrap_or_default(), &secret));
        code.set_text_content(Some(text.as_deref().unwrap_or(&command)));
        set(&code, COMMAND, &command);
        // Hidden and left out of print as the secret is.
        code.class_list().toggle_with_force(SECRET_TEXT, inserted).expect("a valid class");
    }
    if let Some(switch) = find_in::<HtmlInputElement>(panel, "[data-insert]") {
        switch.set_checked(inserted);
    }
}

fn is_inserted(code: &HtmlElement) -> bool {
    code.class_list().contains(SECRET_TEXT)
}

fn env(panel: &HtmlElement) -> String {
    find_in::<HtmlElement>(panel, "[data-slot=env_lines]").and_then(|code| code.text_content()).unwrap_or_default()
}

/// Builds the file in the page: no address ever holds the secret.
fn download(panel: &HtmlElement) -> Option<()> {
    let parts = Array::of1(&JsValue::from_str(&env(panel)));
    let options = BlobPropertyBag::new();
    options.set_type("text/plain");
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(&panel.get_attribute("data-file-name")?);
    link.click();
    Url::revoke_object_url(&url).ok()
}

fn is_all_selected(field: &HtmlTextAreaElement) -> bool {
    let length = u32::try_from(field.value().len()).ok();
    field.selection_start() == Ok(Some(0)) && field.selection_end().ok().flatten() == length
}
