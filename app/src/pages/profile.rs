//! A person's own page: who they are, their password, and where they are signed in.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::{
        check_box::CheckBox,
        form::{Actions, ErrorSummary, FormToken, TextField, error_title},
        moment::{Moment, Time},
    },
    frame::{Frame, FrameView, Section},
    routes,
    words::profile as words,
};

/// A session of the person.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Names it in the form that ends it; works as no cookie.
    pub id: String,
    /// Browser and system, as far as the browser says.
    pub device: String,
    /// Address it was opened from.
    pub address: String,
    /// When it was opened.
    pub created: Moment,
    /// When it was last used.
    pub last_seen: Moment,
    /// Whether it is the one that shows this page.
    pub current: bool,
}

/// Who the person is, as the fields have it.
#[derive(Clone, Debug)]
pub struct About {
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// How times are shown, as the fields have it.
#[derive(Clone, Debug)]
pub struct TimesForm {
    /// IANA name; empty for that of the organization.
    pub zone: String,
    /// Every name that may be chosen.
    pub zones: Vec<String>,
    /// Whether times are exact.
    pub exact: bool,
    /// The zone of the organization.
    pub organization_zone: String,
    /// What time it is in the zone that is set: "14:05 CET".
    pub time_there: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct ProfileView {
    /// The frame.
    pub frame: FrameView,
    /// Who the person is.
    pub about: About,
    /// How times are shown.
    pub times: TimesForm,
    /// Live sessions, the last used first.
    pub sessions: Vec<SessionRow>,
    /// MAC for the forms of the page.
    pub form: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl ProfileView {
    pub(super) fn title(&self) -> String {
        let title = format!("{} · {} — {}", words::HEADING, self.frame.user_name, self.frame.product);
        error_title(title, &self.errors)
    }
}

/// The page's markup.
#[component]
pub fn ProfilePage(
    /// Its contents.
    view: ProfileView,
) -> AnyView {
    let ProfileView { frame, about, times, sessions, form, errors } = view;
    let org = frame.org.slug.clone();
    let email = frame.user_email.clone();
    view! {
        <Frame view=frame section=Section::Profile>
            <header class="page-head"><h1>{words::HEADING}</h1></header>
            <ErrorSummary errors=errors.clone() />
            <section aria-labelledby="about">
                <h2 id="about">{words::about::HEADING}</h2>
                <AboutForms org=org.clone() about form=form.clone() errors=errors.clone() />
            </section>
            <section aria-labelledby="times">
                <h2 id="times">{words::times::HEADING}</h2>
                <Times org=org.clone() times form=form.clone() errors=errors.clone() />
            </section>
            <section aria-labelledby="change-password">
                <h2 id="change-password">{words::password::HEADING}</h2>
                <Password org=org.clone() email form=form.clone() errors />
            </section>
            <section aria-labelledby="sessions">
                <h2 id="sessions">{words::sessions::HEADING}</h2>
                <Sessions org sessions form />
            </section>
        </Frame>
    }
    .into_any()
}

/// Two forms: only the address asks for the password.
#[component]
fn AboutForms(org: String, about: About, form: String, errors: Vec<FieldError>) -> AnyView {
    use words::about as words;
    let action = routes::profile(&org);
    view! {
        <form class="form" method="post" action=action.clone() novalidate data-kept="">
            <FormToken value=form.clone() />
            <input type="hidden" name="section" value="name" />
            <TextField
                name="name"
                label=words::NAME
                hint=words::NAME_HINT
                autocomplete="name"
                value=about.name
                errors=errors.clone()
            />
            <Actions submit=words::SAVE_NAME />
        </form>
        <form class="form" method="post" action=action novalidate data-kept="">
            <FormToken value=form />
            <input type="hidden" name="section" value="email" />
            <TextField
                name="email"
                label=words::EMAIL
                hint=words::EMAIL_HINT
                kind="email"
                autocomplete="email"
                value=about.email
                errors
            />
            <Actions submit=words::SAVE_EMAIL />
        </form>
    }
    .into_any()
}

#[component]
fn Times(org: String, times: TimesForm, form: String, errors: Vec<FieldError>) -> AnyView {
    use words::times as words;
    let TimesForm { zone, zones, exact, organization_zone, time_there } = times;
    let zones = zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view();
    view! {
        <form class="form" method="post" action=routes::profile(&org) novalidate data-kept="">
            <FormToken value=form />
            <input type="hidden" name="section" value="times" />
            <TextField
                name="time_zone"
                label=words::ZONE
                hint=words::zone_hint(&organization_zone, &time_there)
                list="zones"
                required=false
                value=zone
                errors
            />
            <datalist id="zones">{zones}</datalist>
            <CheckBox name="exact_times" label=words::EXACT hint=words::EXACT_HINT checked=exact />
            <Actions submit=words::SAVE />
        </form>
    }
    .into_any()
}

#[component]
fn Password(org: String, email: String, form: String, errors: Vec<FieldError>) -> AnyView {
    use words::password as words;
    view! {
        <p class="lede">{words::LEDE}</p>
        <form class="form" method="post" action=routes::change_password(&org) novalidate>
            <FormToken value=form />
            <input type="text" value=email autocomplete="username" readonly hidden />
            <TextField
                name="current_password"
                label=words::CURRENT
                kind="password"
                autocomplete="current-password"
                errors=errors.clone()
            />
            <TextField
                name="new_password"
                label=words::NEW
                hint=words::NEW_HINT
                kind="password"
                autocomplete="new-password"
                errors
            />
            <Actions submit=words::SUBMIT />
        </form>
    }
    .into_any()
}

#[component]
fn Sessions(org: String, sessions: Vec<SessionRow>, form: String) -> AnyView {
    use words::sessions as words;
    let everywhere = routes::sign_out_everywhere(&org);
    let rows = sessions.into_iter().map(|row| view! { <Row org=org.clone() row form=form.clone() /> }).collect_view();
    view! {
        <ul class="devices" role="list" data-testid="sessions">{rows}</ul>
        <form method="post" action=everywhere class="everywhere">
            <FormToken value=form />
            <button type="submit" class="button">{words::SIGN_OUT_EVERYWHERE}</button>
            <p class="hint">
                {words::SIGN_OUT_EVERYWHERE_HINT}
            </p>
        </form>
    }
    .into_any()
}

#[component]
fn Row(org: String, row: SessionRow, form: String) -> AnyView {
    use words::sessions as words;
    let here = row.current.then(|| view! { <span class="here">{words::THIS_DEVICE}</span> });
    let end = (!row.current).then(|| {
        let label = words::sign_out_of(&row.device, &row.last_seen.words);
        view! {
            <form method="post" action=routes::end_session(&org, &row.id)>
                <FormToken value=form />
                <button type="submit" class="button" aria-label=label>{words::SIGN_OUT}</button>
            </form>
        }
    });
    view! {
        <li data-testid="session-row">
            <p class="device"><strong>{row.device.clone()}</strong>{here}</p>
            <p class="seen">
                {words::SIGNED_IN}<Time moment=row.created />{words::LAST_SEEN}<Time moment=row.last_seen />" · "
                <bdi class="mono" dir="ltr">{row.address}</bdi>
            </p>
            {end}
        </li>
    }
    .into_any()
}
