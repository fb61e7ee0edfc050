//! One guide: its text, and the HTML that is made of it.

use std::mem;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;

/// Addresses that stand for the deployment's own in the guides.
const EXAMPLES: [&str; 2] = ["https://keys.example.com", "http://localhost:3000"];

#[derive(RustEmbed)]
#[folder = "../docs/guide"]
struct Guides;

/// A guide.
pub(super) struct Guide {
    /// Its name in addresses, and that of its file.
    pub slug: &'static str,
    /// Its text, in which commands name this deployment.
    pub markdown: String,
}

impl Guide {
    /// The guide of that name, for the deployment at `origin`.
    pub(super) fn read(slug: &'static str, origin: &str) -> Option<Self> {
        let file = Guides::get(&format!("{slug}.md"))?;
        let text = String::from_utf8(file.data.into_owned()).ok()?;
        let markdown = EXAMPLES.into_iter().fold(text, |text, example| text.replace(example, origin));
        Some(Self { slug, markdown })
    }

    /// Its text as HTML.
    pub(super) fn html(&self) -> String {
        let mut events: Vec<_> = Parser::new_ext(&self.markdown, Options::ENABLE_TABLES).collect();
        name_headings(&mut events);
        let mut page = String::new();
        html::push_html(&mut page, within_help(events.into_iter()).map(in_console));
        page
    }
}

/// The heading of the guide of that name.
pub(super) fn title(slug: &str) -> Option<String> {
    let file = Guides::get(&format!("{slug}.md"))?;
    let first = file.data.split(|byte| *byte == b'\n').next()?;
    Some(String::from_utf8_lossy(first).trim_start_matches("# ").to_owned())
}

/// Gives each heading the id that links to it say: its words in lower case, joined by hyphens.
fn name_headings(events: &mut [Event<'_>]) {
    for start in 0..events.len() {
        if !matches!(events[start], Event::Start(Tag::Heading { .. })) {
            continue;
        }
        let inside = events[start..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let words: String = inside.filter_map(text_of).collect();
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
            *id = Some(heading_id(&words).into());
        }
    }
}

fn text_of<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        _ => None,
    }
}

fn heading_id(words: &str) -> String {
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Of a link to another part of the repository only its words stay.
fn within_help<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut leads_out = false;
    events.filter(move |event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => {
            leads_out = dest_url.starts_with("../");
            !leads_out
        }
        Event::End(TagEnd::Link) => !mem::take(&mut leads_out),
        _ => true,
    })
}

/// Links and pictures lead to what the console has. The guides hold no HTML: what looks like it is text.
fn in_console(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: address(&dest_url), title, id })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let dest_url = dest_url.replace("../pictures/", "/help/pictures/").into();
            Event::Start(Tag::Image { link_type, dest_url, title, id })
        }
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }
}

fn address(link: &str) -> CowStr<'static> {
    let (file, fragment) = link.split_once('#').map_or((link, String::new()), |(file, id)| (file, format!("#{id}")));
    match file.strip_suffix(".md") {
        Some(slug) => format!("{}{fragment}", app::routes::guide(slug)).into(),
        None => link.to_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::ORDER, *};

    fn pages() -> Vec<(&'static str, String)> {
        let read = |slug| Guide::read(slug, "https://keys.test").expect("each guide is there");
        ORDER.into_iter().map(|slug| (slug, read(slug).html())).collect()
    }

    #[test]
    fn every_guide_is_shown() {
        assert_eq!(Guides::iter().count(), ORDER.len());
    }

    #[test]
    fn links_lead_somewhere() {
        let pages = pages();
        for (slug, page) in &pages {
            for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                if link.starts_with("https://") {
                    continue;
                }
                let (path, id) = link.split_once('#').unwrap_or((link, ""));
                let target = if path.is_empty() { slug } else { path.strip_prefix("/help/").unwrap_or("elsewhere") };
                let target = pages.iter().find(|(known, _)| *known == target);
                let (_, target) = target.unwrap_or_else(|| panic!("{slug}: {link}"));
                assert!(id.is_empty() || target.contains(&format!(" id=\"{id}\"")), "{slug}: {link}");
            }
        }
    }

    #[test]
    fn commands_name_the_deployment() {
        for (slug, page) in pages() {
            assert!(EXAMPLES.into_iter().all(|example| !page.contains(example)), "{slug}");
            assert_eq!(page.matches("<h1 ").count(), 1, "{slug}");
        }
    }
}
