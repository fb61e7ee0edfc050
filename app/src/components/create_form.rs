//! The form that creates a key: on its own page and in the dialog over the list.

use domain::{
    expiration::{Expiration, ExpirationPolicy, format_date, today},
    field::FieldError,
    organization::Kinds,
};
use leptos::prelude::*;

use super::{
    form::{ErrorText, FormToken, TextField, described_by, error_of, textarea_text},
    moment::Clock,
};
use crate::{frame::Place, routes};

/// What a person typed.
#[derive(Clone, Debug)]
pub struct CreateValues {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// `client` or `token`.
    pub kind: String,
    /// `7`, `30`, `90`, `365`, `custom` or `never`.
    pub expiration: String,
    /// Date for `custom`, `YYYY-MM-DD`.
    pub expires_on: String,
}

/// One radio tile of the expiration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpirationChoice {
    /// Value of the field `expiration`.
    pub value: &'static str,
    /// "90 days".
    pub label: &'static str,
    /// The resulting date, or what the choice means.
    pub detail: String,
}

/// The form.
#[derive(Clone, Debug)]
pub struct CreateForm {
    /// Organization.
    pub org: Place,
    /// Environment the key is made in.
    pub env: Place,
    /// MAC with the idempotency id.
    pub form: String,
    /// Filled in.
    pub values: CreateValues,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// Kinds the organization makes; the question stands only where there is a choice.
    pub kinds: Kinds,
    /// Tiles of the expiration.
    pub choices: Vec<ExpirationChoice>,
    /// First date that may be chosen, `YYYY-MM-DD`.
    pub min_date: String,
    /// Last date that may be chosen, `YYYY-MM-DD`.
    pub max_date: Option<String>,
    /// Time zone in which a day ends.
    pub zone: String,
}

/// The fixed choices, in order.
const CHOICES: [(&str, &str); 4] = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year")];

impl CreateForm {
    /// An empty form under the organization's policy.
    pub fn new(org: Place, env: Place, form: String, kinds: Kinds, policy: ExpirationPolicy, clock: &Clock) -> Self {
        let (now, zone) = (clock.now(), clock.zone());
        let last_day = |expiration: Expiration| expiration.last_day(now, zone, policy).ok().flatten();
        let mut choices: Vec<_> = CHOICES
            .into_iter()
            .filter_map(|(value, label)| {
                let day = last_day(Expiration::parse(value, "").ok()?)?;
                Some((ExpirationChoice { value, label, detail: format_date(day) }, day))
            })
            .collect();
        let preselected = choices.iter().rev().find(|(choice, _)| matches!(choice.value, "7" | "30" | "90"));
        let expiration = preselected.map_or("custom", |(choice, _)| choice.value).to_owned();
        let today = today(now, zone);
        let expires_on = preselected.map_or_else(|| today.tomorrow().unwrap_or(today), |(_, day)| *day);
        let mut choices: Vec<_> = choices.drain(..).map(|(choice, _)| choice).collect();
        choices.push(ExpirationChoice { value: "custom", label: "Custom", detail: "Choose a date".to_owned() });
        let never = policy.allow_never && policy.longest_days.is_none();
        if never {
            let detail = "Until removed".to_owned();
            choices.push(ExpirationChoice { value: "never", label: "No expiration", detail });
        }
        let max_date = policy.longest_days.map(|days| last_date(today, days).to_string());
        Self {
            org,
            env,
            form,
            values: CreateValues {
                name: String::new(),
                description: String::new(),
                kind: if kinds == Kinds::Token { "token" } else { "client" }.to_owned(),
                expiration,
                expires_on: expires_on.to_string(),
            },
            errors: Vec::new(),
            kinds,
            choices,
            min_date: today.tomorrow().unwrap_or(today).to_string(),
            max_date,
            zone: clock.zone_name(),
        }
    }

    /// The same form, as a person filled it in, with what is wrong.
    pub fn refused(self, values: CreateValues, errors: Vec<FieldError>) -> Self {
        Self { values, errors, ..self }
    }
}

fn last_date(today: jiff::civil::Date, days: u32) -> jiff::civil::Date {
    use jiff::ToSpan;
    today.saturating_add(i64::from(days).days())
}

/// The form's markup. The server judges, not the browser: a date that is out of range would stop the
/// form even when another choice hides it.
#[component]
pub fn CreateKeyForm(
    /// Its contents.
    form: CreateForm,
    /// Whether the name takes the focus on arrival.
    #[prop(optional)]
    autofocus: bool,
) -> AnyView {
    let CreateForm { org, env, form, values, errors, kinds, choices, min_date, max_date, zone } = form;
    let action = routes::api_keys(&org.slug, &env.slug);
    let cancel = action.clone();
    let description_error = error_of(&errors, "description");
    view! {
        <form class="form" method="post" action=action novalidate data-create="">
            <FormToken value=form />
            <TextField
                name="name"
                label="Name"
                hint="What will use it? For example: Billing sync."
                value=values.name
                errors=errors.clone()
                autofocus=autofocus
            />
            <div class="field">
                <label for="description">"Description "<span class="optional">"(optional)"</span></label>
                <p class="hint" id="description-hint">"Who owns it, and where it runs."</p>
                <ErrorText name="description" error=description_error.clone() />
                <textarea
                    id="description"
                    name="description"
                    rows="2"
                    aria-invalid=description_error.is_some().then_some("true")
                    aria-describedby=described_by("description", true, description_error.is_some())
                >
                    {textarea_text(&values.description)}
                </textarea>
            </div>
            <KindField kinds chosen=values.kind />
            <fieldset class="field" id="expiration" tabindex="-1">
                <legend>"Expiration"</legend>
                <ErrorText name="expiration" error=error_of(&errors, "expiration") />
                <div class="tiles">
                    {choices
                        .into_iter()
                        .map(|choice| {
                            let checked = choice.value == values.expiration;
                            view! {
                                <label class="tile">
                                    <input
                                        type="radio"
                                        name="expiration"
                                        value=choice.value
                                        id=format!("expiration-{}", choice.value)
                                        checked=checked
                                        required
                                    />
                                    <span class="tile-label">{choice.label}</span>
                                    <span class="tile-detail">{choice.detail}</span>
                                </label>
                            }
                        })
                        .collect_view()}
                </div>
                <CustomDate value=values.expires_on error=error_of(&errors, "expires_on") min=min_date max=max_date zone />
                <p class="hint never-note">"This key works until someone removes it. Review it from time to time."</p>
            </fieldset>
            <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
            <div class="notice plain" data-discard="" hidden>
                <p>"Discard this key?"</p>
                <div class="actions">
                    <button type="button" class="button" data-keep="">"Keep editing"</button>
                    <button type="button" class="button destroy" data-leave="">"Discard"</button>
                </div>
            </div>
            <div class="actions">
                <a class="button" href=cancel data-cancel="">"Cancel"</a>
                <button class="button primary" data-pending="Creating…">"Create API Key"</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn KindField(kinds: Kinds, chosen: String) -> AnyView {
    let options = [
        ("client", "Exchange it for access tokens", "Your system trades it for tokens that live an hour at most."),
        ("token", "Send it as it is", "Your system sends it with every request."),
    ];
    if kinds != Kinds::Both {
        return view! { <input type="hidden" name="kind" value=chosen /> }.into_any();
    }
    let tiles = options
        .into_iter()
        .map(|(value, label, detail)| {
            view! {
                <label class="tile">
                    <input type="radio" name="kind" value=value checked=value == chosen required />
                    <span class="tile-label">{label}</span>
                    <span class="tile-detail">{detail}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend>"How will it be used?"</legend>
            <div class="tiles wide">{tiles}</div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn CustomDate(value: String, error: Option<String>, min: String, max: Option<String>, zone: String) -> impl IntoView {
    view! {
        <div class="field custom-date">
            <label for="expires_on">"Expires on"</label>
            <p class="hint" id="expires_on-hint">{format!("At the end of that day, {zone}.")}</p>
            <ErrorText name="expires_on" error=error.clone() />
            <input
                type="date"
                id="expires_on"
                name="expires_on"
                value=value
                min=min
                max=max
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by("expires_on", true, error.is_some())
            />
        </div>
    }
}
