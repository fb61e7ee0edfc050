//! Every page, rendered from fixtures: what must hold for all of them.
#![cfg(feature = "ssr")]
#![expect(clippy::expect_used, reason = "a broken fixture is a broken test")]

mod fixtures;
mod people;
mod settings;

use app::{
    pages::Page,
    shell::{Assets, DocumentView, Theme},
};

use fixtures::{SECRET, pages, questions, several};

fn render(page: &Page) -> String {
    let view = DocumentView {
        title: page.title(),
        theme: Theme::System,
        assets: Assets {
            css: "/pkg/main.css".to_owned(),
            js: "/pkg/keyline.js".to_owned(),
            wasm: "/pkg/keyline.wasm".to_owned(),
            boot: "/pkg/boot.js".to_owned(),
            favicon: "/pkg/favicon.svg".to_owned(),
            sans: "/pkg/sans.woff2".to_owned(),
        },
        nonce: "n0nce".to_owned(),
    };
    app::shell::render(view, page.clone())
}

fn each(check: impl Fn(&str, &str)) {
    let settings = people::pages().into_iter().chain(settings::pages());
    for (name, page) in pages().into_iter().chain(questions()).chain(settings).chain(several()) {
        check(name, &render(&page));
    }
}

#[test]
fn nothing_typed_becomes_markup() {
    each(|name, html| {
        assert!(!html.contains("<script>alert"), "{name}");
        assert_eq!(html.matches("</title>").count(), 1, "{name}");
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name}: styles stand in the style sheet");
        assert!(!html.contains(" onclick") && !html.contains("javascript:"), "{name}");
    });
}

#[test]
fn each_page_has_one_heading_one_main_and_its_own_ids() {
    each(|name, html| {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        let mut ids: Vec<_> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an id stands twice");
    });
}

#[test]
fn a_secret_stands_in_the_page_body_and_never_in_an_island() {
    let created = pages().into_iter().find(|(name, _)| *name == "created").expect("fixture").1;
    let html = render(&created);
    assert!(html.contains(SECRET));
    for island in html.split("<leptos-island").skip(1) {
        let island = island.split("</leptos-island>").next().unwrap_or_default();
        assert!(!island.contains(SECRET) && !island.contains("data-props"));
    }
    assert!(!created.title().contains(SECRET));
}

#[test]
fn a_one_time_link_stands_in_the_page_body_alone() {
    for (name, page) in people::pages().into_iter().filter(|(name, _)| ["invited", "reset-link"].contains(name)) {
        let html = render(&page);
        assert!(html.contains(people::LINK) && !page.title().contains(people::LINK), "{name}");
        assert!(!html.contains(&format!("\"{}", people::LINK)), "{name}: in no attribute");
        assert!(page.is_confidential(), "{name}");
    }
}

#[test]
fn the_question_names_what_stops() {
    let words = [
        ("deactivate", "is signed out, and their 3 keys are suspended: "),
        ("deactivate-you", "You are signed out. No key stops."),
        ("reactivate", "may sign in again, and their key works again: Billing sync."),
    ];
    for (name, words) in words {
        let page = people::pages().into_iter().find(|(known, _)| *known == name).expect("a fixture").1;
        assert!(render(&page).contains(words), "{name}");
    }
}

#[test]
fn a_refused_form_comes_back_filled() {
    let refused = pages().into_iter().find(|(name, _)| *name == "new-refused").expect("fixture").1;
    let html = render(&refused);
    assert!(refused.title().starts_with("Error: "));
    assert!(html.contains("2 things to fix"));
    assert!(html.contains("&lt;/textarea>&lt;script>alert(1)"));
}

#[test]
fn what_policy_forbids_is_said_where_it_would_be_chosen() {
    let strict = pages().into_iter().find(|(name, _)| *name == "new-strict").expect("fixture").1;
    let html = render(&strict);
    for words in ["60 days — the longest allowed", "Turned off by your organization", "Your organization asks for it."]
    {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("1 year") && !html.contains("Description<span class=\"optional\">"));
}

#[test]
fn every_mistake_leads_to_its_field() {
    for (name, page) in settings::pages() {
        let html = render(&page);
        for target in html.split(r##"<li><a href="#"##).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(html.contains(&format!(r#"id="{target}""#)), "{name}: {target}");
        }
    }
}

#[test]
fn what_cannot_be_done_stays_with_its_reason() {
    let removed = pages().into_iter().find(|(name, _)| *name == "key-removed").expect("fixture").1;
    let html = render(&removed);
    assert!(html.contains("This key was removed, which is final."));
    assert_eq!(html.matches(r#"aria-disabled="true""#).count(), 4);
    assert!(!html.contains("data-opens"));
}
