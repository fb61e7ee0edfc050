//! When a key ends: tiles that print the date each of them leads to, and a date of one's own.

use domain::{
    expiration::{Expiration, ExpirationPolicy, last_day_of, today},
    field::FieldError,
    time::Timestamp,
};
use jiff::civil::Date;
use leptos::prelude::*;

use super::{
    form::{ErrorText, described_by, error_of},
    moment::Clock,
    tiles::{Tile, Tiles},
};
use crate::words::{expiration as words, time};

/// The fixed choices for a new key, in order: value and days.
const FIXED: [(&str, u32); 4] = [("7", 7), ("30", 30), ("90", 90), ("365", 365)];

/// A key that ends sooner than this gets a new end by default when it is rotated, seconds.
const NEAR_S: i64 = 30 * 24 * 3600;

/// What may be chosen, and what is.
#[derive(Clone, Debug)]
pub struct ExpirationField {
    /// The choices.
    pub tiles: Vec<Tile>,
    /// Value of the one that is made.
    pub chosen: String,
    /// Date for *Custom*, `YYYY-MM-DD`.
    pub expires_on: String,
    /// First date that may be chosen, `YYYY-MM-DD`.
    pub min_date: String,
    /// Last date that may be chosen, `YYYY-MM-DD`.
    pub max_date: Option<String>,
    /// Time zone in which a day ends.
    pub zone: String,
}

/// A choice with the last day it leads to.
type Dated = (Tile, Date);

impl ExpirationField {
    /// For a new key: 90 days, or as long as policy allows.
    pub fn for_new_key(policy: ExpirationPolicy, clock: &Clock) -> Self {
        let mut choices: Vec<_> =
            FIXED.into_iter().filter_map(|(value, days)| dated(value, words::days(days), policy, clock)).collect();
        choices.extend(longest(policy, clock).filter(|(_, last)| choices.iter().all(|(_, day)| day != last)));
        let usual = choices.iter().find(|(tile, _)| tile.value == "90").or(choices.last()).cloned();
        let never = policy.allow_never && policy.longest_days.is_none();
        let detail = if never { words::NEVER_DETAIL } else { words::NEVER_FORBIDDEN };
        let mut tiles: Vec<_> = choices.into_iter().map(|(tile, _)| tile).collect();
        tiles.extend([custom(), Tile { open: never, ..Tile::new("never", words::NEVER, detail) }]);
        let chosen = usual.as_ref().map_or("custom", |(tile, _)| tile.value);
        Self::new(tiles, chosen, usual.map(|(_, day)| day), policy, clock)
    }

    /// For the new secret of a key that ends at `end`: as before, unless that is near.
    pub fn for_rotation(end: Option<Timestamp>, policy: ExpirationPolicy, clock: &Clock) -> Self {
        let same = match end {
            Some(end) => Tile::new("same", words::SAME, time::date(last_day_of(end, clock.organization_zone()))),
            None => Tile::new("same", words::NEVER, words::SAME_NEVER_DETAIL),
        };
        let later = dated("90", words::days(90), policy, clock).or_else(|| longest(policy, clock));
        let near = end.is_some_and(|end| end < clock.now().plus_seconds(NEAR_S));
        let chosen = later.as_ref().filter(|_| near).map_or("same", |(tile, _)| tile.value);
        let (later, day) = later.unzip();
        let tiles = std::iter::once(same).chain(later).chain([custom()]).collect();
        Self::new(tiles, chosen, day, policy, clock)
    }

    fn new(tiles: Vec<Tile>, chosen: &'static str, day: Option<Date>, policy: ExpirationPolicy, clock: &Clock) -> Self {
        let today = today(clock.now(), clock.organization_zone());
        let tomorrow = today.tomorrow().unwrap_or(today);
        Self {
            tiles,
            chosen: chosen.to_owned(),
            expires_on: day.unwrap_or(tomorrow).to_string(),
            min_date: tomorrow.to_string(),
            max_date: longest(policy, clock).map(|(_, day)| day.to_string()),
            zone: clock.organization_zone_name().to_owned(),
        }
    }

    /// The same, as a person filled it in.
    pub fn filled(self, chosen: String, expires_on: String) -> Self {
        Self { chosen, expires_on, ..self }
    }
}

/// A choice, where policy allows it.
fn dated(value: &'static str, label: String, policy: ExpirationPolicy, clock: &Clock) -> Option<Dated> {
    let choice = Expiration::parse(value, "").ok()?;
    let day = choice.last_day(clock.now(), clock.organization_zone(), policy).ok()??;
    Some((Tile { day: Some(day.to_string()), ..Tile::new(value, label, time::date(day)) }, day))
}

/// The choice that goes as far as policy, where policy has an end.
fn longest(policy: ExpirationPolicy, clock: &Clock) -> Option<Dated> {
    let days = policy.longest_days?;
    dated("longest", words::longest(days), policy, clock)
}

fn custom() -> Tile {
    Tile::new("custom", words::CUSTOM, words::CUSTOM_DETAIL)
}

/// The field's markup. The server judges, not the browser: a date that is out of range would stop the form even when
/// another choice hides it.
#[component]
pub fn ExpirationFields(
    /// The question.
    legend: &'static str,
    /// What the ids begin with.
    #[prop(optional)]
    prefix: &'static str,
    /// What may be chosen.
    field: ExpirationField,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// What stands below.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let ExpirationField { tiles, chosen, expires_on, min_date, max_date, zone } = field;
    let id = format!("{prefix}expiration");
    let date_id = format!("{prefix}expires_on");
    let (error, date_error) = (error_of(&errors, "expiration"), error_of(&errors, "expires_on"));
    let described = described_by(&id, false, error.is_some());
    view! {
        <fieldset class="field" id=id tabindex="-1" aria-describedby=described>
            <legend>{legend}</legend>
            <ErrorText id=id.clone() error />
            <Tiles name="expiration" tiles chosen />
            <div class="field custom-date">
                <label for=date_id.clone()>{words::ON}</label>
                <p class="hint" id=format!("{date_id}-hint")>{words::on_hint(&zone)}</p>
                <ErrorText id=date_id.clone() error=date_error.clone() />
                <input
                    type="date"
                    id=date_id.clone()
                    name="expires_on"
                    value=expires_on
                    min=min_date
                    max=max_date
                    aria-invalid=date_error.is_some().then_some("true")
                    aria-describedby=described_by(&date_id, true, date_error.is_some())
                />
            </div>
            {children.map(|children| children())}
        </fieldset>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: ExpirationPolicy = ExpirationPolicy { longest_days: None, allow_never: true };

    fn clock() -> Clock {
        Clock::new(at("2026-11-21T13:05:00Z"), jiff::tz::TimeZone::UTC)
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect(text)
    }

    fn open(field: &ExpirationField) -> Vec<&str> {
        field.tiles.iter().filter(|tile| tile.open).map(|tile| tile.value).collect()
    }

    #[test]
    fn a_new_key_lives_90_days_or_as_long_as_it_may() {
        for (longest_days, values, chosen, expires_on) in [
            (None, &["7", "30", "90", "365", "custom", "never"][..], "90", "2027-02-19"),
            (Some(180), &["7", "30", "90", "longest", "custom"], "90", "2027-02-19"),
            (Some(60), &["7", "30", "longest", "custom"], "longest", "2027-01-20"),
            (Some(30), &["7", "30", "custom"], "30", "2026-12-21"),
            (Some(1), &["longest", "custom"], "longest", "2026-11-22"),
        ] {
            let field = ExpirationField::for_new_key(ExpirationPolicy { longest_days, allow_never: true }, &clock());
            assert_eq!((open(&field).as_slice(), &*field.chosen, &*field.expires_on), (values, chosen, expires_on));
        }
    }

    #[test]
    fn a_rotated_key_keeps_its_end_unless_it_is_near() {
        for (end, chosen) in [
            (None, "same"),
            (Some("2026-12-21T13:05:00Z"), "same"),
            (Some("2026-12-21T13:04:59Z"), "90"),
            (Some("2028-01-01T00:00:00Z"), "same"),
        ] {
            let field = ExpirationField::for_rotation(end.map(at), FREE, &clock());
            assert_eq!((open(&field).as_slice(), &*field.chosen), (&["same", "90", "custom"][..], chosen), "{end:?}");
        }
    }
}
