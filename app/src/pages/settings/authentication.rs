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
        error_title(self.frame.title_in_organization("Authentication"), &self.tokens.state.errors)
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
                <h1>"Authentication"</h1>
                <p class="lede">"How people sign in here, and how systems get access tokens."</p>
            </header>
            {off.map(|off| view! { <OffNotice off org=org.name.clone() /> })}
            <ErrorSummary errors prefix=PREFIX />
            <div class="settings">
                <SettingsSection
                    id="people"
                    heading="People"
                    about="The same for everybody on this console. Whoever runs it sets the times."
                >
                    <dl class="facts">
                        <div><dt>"Sign-in"</dt><dd>"E-mail address and password"</dd></div>
                        <div>
                            <dt>"Signed out"</dt>
                            <dd>{format!("After {idle} without use, and in any case {absolute} after signing in.")}</dd>
                        </div>
                        <div>
                            <dt>"API keys"</dt>
                            <dd>"A key is not a sign-in: it opens nothing in this console."</dd>
                        </div>
                    </dl>
                </SettingsSection>
                <SettingsSection
                    id="tokens"
                    heading="Access tokens"
                    about="What systems get for a key. Tokens already issued stay as they are."
                >
                    <AccessTokensFields form=tokens org=org.slug />
                </SettingsSection>
                <SettingsSection
                    id="endpoint"
                    heading="Token endpoint"
                    about="Where a system exchanges its key for an access token (OAuth 2.0, client credentials)."
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
        Tile::new("jwt", "Signed (JWT)", "Your systems check it by themselves."),
        Tile::new("opaque", "Opaque", "Your systems ask Keyline whether it is good."),
    ];
    view! {
        <SectionFields action=routes::authentication(&org) section="tokens" state>
            <fieldset class="field" id="tokens-access_token_format" tabindex="-1">
                <legend>"Format for new keys"</legend>
                <ErrorText id="tokens-access_token_format" error=format_error />
                <Tiles name="access_token_format" tiles=formats chosen=format wide=true />
            </fieldset>
            <fieldset class="field">
                <legend>"Lifetime, unless a request asks for another"</legend>
                <p class="hint" id="tokens-token_lifetime_min-hint">
                    "From 30 seconds to 60 minutes, and never longer than the key itself."
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
                    <label for="tokens-token_lifetime_min">"minutes"</label>
                    <input
                        id="tokens-token_lifetime_s"
                        name="token_lifetime_s"
                        inputmode="numeric"
                        autocomplete="off"
                        value=seconds
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                    <label for="tokens-token_lifetime_s">"seconds"</label>
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
                <dt>"Address"</dt>
                <dd>
                    <bdi class="mono" dir="ltr">{endpoint}</bdi>
                    <button
                        type="button"
                        class="button tiny scripted"
                        data-copy-text=copy_endpoint
                        data-copied="Address copied"
                    >
                        "Copy address"
                    </button>
                </dd>
            </div>
            <div>
                <dt>"For libraries"</dt>
                <dd>
                    <a class="mono" dir="ltr" href="/.well-known/oauth-authorization-server">
                        "/.well-known/oauth-authorization-server"
                    </a>
                </dd>
            </div>
            <div>
                <dt>"Public keys"</dt>
                <dd><a class="mono" dir="ltr" href="/.well-known/jwks.json">"/.well-known/jwks.json"</a></dd>
            </div>
        </dl>
        <div class="snippets">
            <figure>
                <figcaption>"With curl"</figcaption>
                <Command command=guide.exchange() />
            </figure>
        </div>
    }
    .into_any()
}
