//! Mail: plain text, made from what the service says is to be told. Times are in the organization's zone.

use domain::{
    activity::{ActorKind, Entry, Event},
    key::{ApiKey, Owner, StatusReason},
    organization::Organization,
    time::Timestamp,
};
use jiff::tz::TimeZone;
use service::{
    accounts::RESET_LINK_S,
    mail::{AskedBy, Letter, Message},
    store::InvitationOffer,
};

use crate::{
    components::moment::Clock,
    routes::{self, KeyPages, Whose},
    words::mail as words,
};

/// What is written above and below every mail.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'a> {
    /// The product's display name.
    pub product: &'a str,
    /// The public URL, without a slash at the end.
    pub url: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// A mail in words. Has no `Debug`, so that a link cannot be logged.
pub struct Text {
    /// One line.
    pub subject: String,
    /// Lines, without a line break at the end.
    pub body: String,
}

/// Puts a letter into words.
pub fn text(head: &Letterhead<'_>, letter: &Letter) -> Text {
    let (subject, paragraphs) = match &letter.message {
        Message::Key(entry, key, organization) => happened(head, entry, key, organization),
        Message::KeyExpires(key, organization) => expires(head, key, organization),
        Message::Invitation(offer, token) => invitation(head, offer, token),
        Message::PasswordLink(token, by) => password_link(head, token, *by),
        Message::Account(entry, organization) => account_changed(head, entry, organization),
    };
    let name = letter.name.as_ref().map(|name| name.as_str());
    let (first, last) = (words::greeting(name), words::signature(head.product, head.url));
    let body = std::iter::once(first).chain(paragraphs).chain([last]).collect::<Vec<_>>().join("\n\n");
    Text { subject, body }
}

/// Subject, and paragraphs.
type Words = (String, Vec<String>);

fn happened(head: &Letterhead<'_>, entry: &Entry, key: &ApiKey, organization: &Organization) -> Words {
    // As it was called then.
    let (name, org) = (entry.target.name.as_str(), organization.name.as_str());
    let clock = Clock::new(head.now, organization.zone());
    let details: serde_json::Value = serde_json::from_str(&entry.details).unwrap_or_default();
    let exposed = details["reason"] == StatusReason::Exposed.as_str() && entry.actor.kind == ActorKind::Operator;
    let (subject, sentence) = match entry.event {
        Event::KeyRotated => words::key::rotated(name, org),
        Event::KeySuspended if exposed => words::key::exposed(name, org),
        Event::KeySuspended => words::key::suspended(name, org),
        _ => words::key::created(name, org),
    };
    let time = |name: &str| details[name].as_str().and_then(Timestamp::parse_rfc3339);
    let mut facts = about_key(name, key, organization, &clock);
    facts.push((words::facts::BY, entry.actor.name.clone()));
    facts.push((words::facts::WHEN, clock.relative(entry.at).exact));
    let previous = time("previous_secret_ends_at").filter(|end| *end > entry.at);
    facts.extend(previous.map(|end| (words::facts::PREVIOUS_SECRET, clock.last_minute(end))));
    (subject, paragraphs_of_key(head, sentence, &facts, key, organization))
}

fn expires(head: &Letterhead<'_>, key: &ApiKey, organization: &Organization) -> Words {
    let (name, org) = (key.name.as_str(), organization.name.as_str());
    let clock = Clock::new(head.now, organization.zone());
    let day = key.expires_at.map(|end| clock.day(end.plus_seconds(-1)).words).unwrap_or_default();
    let (subject, sentence) = words::key::expires(name, org, &day);
    let facts = about_key(name, key, organization, &clock);
    (subject, paragraphs_of_key(head, sentence, &facts, key, organization))
}

type Fact = (&'static str, String);

fn about_key(name: &str, key: &ApiKey, organization: &Organization, clock: &Clock) -> Vec<Fact> {
    let end = key.expires_at.map(|end| (words::facts::EXPIRES, clock.last_minute(end)));
    let facts = [
        (words::facts::KEY, name.to_owned()),
        (words::facts::CLIENT_ID, key.client_id.to_string()),
        (words::facts::ORGANIZATION, organization.name.to_string()),
        (words::facts::ENVIRONMENT, key.environment.to_string()),
    ];
    facts.into_iter().chain(end).collect()
}

fn paragraphs_of_key(
    head: &Letterhead<'_>,
    sentence: String,
    facts: &[Fact],
    key: &ApiKey,
    organization: &Organization,
) -> Vec<String> {
    let (whose, why) = match key.owner {
        Owner::Organization => (Whose::Organization, words::key::you_administer(organization.name.as_str())),
        Owner::User(_) => (Whose::Own, words::key::YOU_OWN_IT.to_owned()),
    };
    let pages = KeyPages::new(whose, organization.slug.as_str(), key.environment.as_str());
    let look = linked(words::key::LOOK_AT_IT, head, &pages.key(key.client_id.as_str()));
    vec![sentence, list(facts), look, why]
}

fn invitation(head: &Letterhead<'_>, offer: &InvitationOffer, token: &str) -> Words {
    let org = offer.name.as_str();
    let sentence = words::invitation::sentence(&offer.invited_by, org, head.product);
    // In which zone its person lives nobody knows yet.
    let until = Clock::new(head.now, TimeZone::UTC).last_minute(offer.ends_at);
    let paragraphs = vec![linked(&sentence, head, &routes::accept_invitation(token)), words::invitation::until(&until)];
    (words::invitation::subject(org, head.product), paragraphs)
}

fn password_link(head: &Letterhead<'_>, token: &str, by: AskedBy) -> Words {
    let sentence = match by {
        AskedBy::Anybody => words::password_link::asked_by_anybody(head.product),
        AskedBy::Administrator => words::password_link::asked_by_administrator(head.product),
    };
    let paragraphs =
        vec![linked(&sentence, head, &routes::reset_password(token)), words::password_link::until(RESET_LINK_S / 60)];
    (words::password_link::subject(head.product), paragraphs)
}

fn account_changed(head: &Letterhead<'_>, entry: &Entry, organization: &Organization) -> Words {
    let clock = Clock::new(head.now, organization.zone());
    let from = (!entry.address.is_empty()).then(|| (words::facts::FROM, entry.address.clone()));
    let facts: Vec<_> = std::iter::once((words::facts::WHEN, clock.relative(entry.at).exact)).chain(from).collect();
    if entry.event == Event::EmailChanged {
        let sentence = words::email_changed::sentence(head.product);
        let paragraphs = vec![sentence, list(&facts), words::email_changed::NOT_YOU.to_owned()];
        return (words::email_changed::subject(head.product), paragraphs);
    }
    let paragraphs = vec![
        words::password_changed::sentence(head.product),
        list(&facts),
        linked(words::password_changed::NOT_YOU, head, routes::FORGOT_PASSWORD),
    ];
    (words::password_changed::subject(head.product), paragraphs)
}

fn list(facts: &[Fact]) -> String {
    facts.iter().map(|(name, fact)| format!("  {name}: {fact}")).collect::<Vec<_>>().join("\n")
}

fn linked(sentence: &str, head: &Letterhead<'_>, path: &str) -> String {
    format!("{sentence}\n{}{path}", head.url)
}
