//! How people sign in to the organization, and how its systems get access tokens.

use leptos::prelude::*;

use super::{
    ApiKeysOff, OffNotice,
    section::{SectionFields, SectionForm, SettingsSection},
};
use crate::{
    components::{
        first_token::{Command, TokenGuide},
        form::{ErrorSummary, ErrorText, described_by, error_of, error_title},
        tiles::{Tile, Tiles},
    },
    frame::{Frame, FrameView, Section},
    islands::Copying,
    routes,
    words::authentication::{self as words, endpoint, people, tokens as of_tokens},
};

/// What the ids begin with.
const PREFIX: &str = "tokens-";

/// The page.
#[derive(Clone, Debug)]
pub struct AuthenticationView {
    /// The frame.
    pub frame: FrameView,
    /// What to know while API keys are off.
    pub off: Option<ApiKeysOff>,
    /// After how long without use people are signed out: "30 minutes".
    pub idle: String,
    /// After how long they are signed out in any case: "12 hours".
    pub absolute: String,
    /// What access tokens are like.
    pub tokens: AccessTokensForm,
    /// What to do with a key of the organization.
    pub guide: TokenGuide,
}

/// The form of access tokens.
#[derive(Clone, Debug, Default)]
pub struct AccessTokensForm {
    /// What every section has.
    pub state: SectionForm,
    /// `jwt` or `opaque`.
    pub format: String,
    /// Whole minutes of their life.
    pub minutes: String,
    /// Seconds beside the minutes.
    pub seconds: String,
}

impl AuthenticationView {
    pub(in crate::pages) fn title(&self) -> String {
        error_title(self.frame.title_in_organization(words::HEADING), &self.tokens.state.errors)
    }
}

/// The page's markup.
#[component]
pub fn AuthenticationPage(
    /// Its contents.
    view: AuthenticationView,
) -> AnyView {
    let AuthenticationView { frame, off, idle, absolute, tokens, guide } = view;
    let org = frame.org.clone();
    let errors = tokens.state.errors.clone();
    view! {
        <Frame view=frame section=Section::Authentication>
            <header class="page-head">
                <h1>{words::HEADING}</h1>
                <p class="lede">{words::LEDE}</p>
            </header>
            {off.map(|off| view! { <OffNotice off org=org.name.clone() /> })}
            <ErrorSummary errors prefix=PREFIX />
            <div class="settings">
                <SettingsSection
                    id="people"
                    heading=people::HEADING
                    about=people::ABOUT
                >
                    <dl class="facts">
                        <div><dt>{people::SIGN_IN}</dt><dd>{people::WITH_PASSWORD}</dd></div>
                        <div>
                            <dt>{people::SIGNED_OUT}</dt>
                            <dd>{people::signed_out_after(&idle, &absolute)}</dd>
                        </div>
                        <div>
                            <dt>{people::API_KEYS}</dt>
                            <dd>{people::NO_SIGN_IN}</dd>
                        </div>
                    </dl>
                </SettingsSection>
                <SettingsSection
                    id="tokens"
                    heading=of_tokens::HEADING
                    about=of_tokens::ABOUT
                >
                    <AccessTokensFields form=tokens org=org.slug />
                </SettingsSection>
                <SettingsSection
                    id="endpoint"
                    heading=endpoint::HEADING
                    about=endpoint::ABOUT
                >
                    <Endpoint guide />
                </SettingsSection>
            </div>
        </Frame>
        <Copying />
    }
    .into_any()
}

#[component]
fn AccessTokensFields(form: AccessTokensForm, org: String) -> AnyView {
    let AccessTokensForm { state, format, minutes, seconds } = form;
    let format_error = error_of(&state.errors, "access_token_format");
    let lifetime_error = error_of(&state.errors, "token_lifetime_min");
    let invalid = lifetime_error.is_some().then_some("true");
    let described = described_by("tokens-token_lifetime_min", true, lifetime_error.is_some());
    let formats = vec![
        Tile::new("jwt", of_tokens::JWT, of_tokens::JWT_DETAIL),
        Tile::new("opaque", of_tokens::OPAQUE, of_tokens::OPAQUE_DETAIL),
    ];
    view! {
        <SectionFields action=routes::authentication(&org) section="tokens" state>
            <fieldset class="field" id="tokens-access_token_format" tabindex="-1">
                <legend>{of_tokens::FORMAT}</legend>
                <ErrorText id="tokens-access_token_format" error=format_error />
                <Tiles name="access_token_format" tiles=formats chosen=format wide=true />
            </fieldset>
            <fieldset class="field">
                <legend>{of_tokens::LIFETIME}</legend>
                <p class="hint" id="tokens-token_lifetime_min-hint">
                    {of_tokens::LIFETIME_HINT}
                </p>
                <ErrorText id="tokens-token_lifetime_min" error=lifetime_error />
                <div class="duration">
                    <input
                        id="tokens-token_lifetime_min"
                        name="token_lifetime_min"
                        inputmode="numeric"
                        autocomplete="off"
                        value=minutes
                        aria-invalid=invalid
                        aria-describedby=described.clone()
                    />
                    <label for="tokens-token_lifetime_min">{of_tokens::MINUTES}</label>
                    <input
                        id="tokens-token_lifetime_s"
                        name="token_lifetime_s"
                        inputmode="numeric"
                        autocomplete="off"
                        value=seconds
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                    <label for="tokens-token_lifetime_s">{of_tokens::SECONDS}</label>
                </div>
            </fieldset>
        </SectionFields>
    }
    .into_any()
}

#[component]
fn Endpoint(guide: TokenGuide) -> AnyView {
    let endpoint = format!("{}/oauth/token", guide.public_url);
    let copy_endpoint = endpoint.clone();
    view! {
        <dl class="facts">
            <div>
                <dt>{endpoint::ADDRESS}</dt>
                <dd>
                    <bdi class="mono" dir="ltr">{endpoint}</bdi>
                    <button
                        type="button"
                        class="button tiny scripted"
                        data-copy-text=copy_endpoint
                        data-copied=endpoint::ADDRESS_COPIED
                    >
                        {endpoint::COPY_ADDRESS}
                    </button>
                </dd>
            </div>
            <div>
                <dt>{endpoint::METADATA}</dt>
                <dd>
                    <a class="mono" dir="ltr" href="/.well-known/oauth-authorization-server">
                        "/.well-known/oauth-authorization-server"
                    </a>
                </dd>
            </div>
            <div>
                <dt>{endpoint::KEY_SET}</dt>
                <dd><a class="mono" dir="ltr" href="/.well-known/jwks.json">"/.well-known/jwks.json"</a></dd>
            </div>
        </dl>
        <div class="snippets">
            <figure>
                <figcaption>{endpoint::CURL}</figcaption>
                <Command command=guide.exchange() />
            </figure>
        </div>
    }
    .into_any()
}
