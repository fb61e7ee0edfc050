//! The only place a secret stands on screen. On the page that answers a plain form post the server
//! fills it in; in the dialog it comes empty and the island fills it in.

use domain::{key::Kind, name::Name};
use leptos::prelude::*;
use service::keys::IssuedKey;

use super::{
    first_token::{CheckToken, TokenGuide},
    form::textarea_text,
    moment::Clock,
};
use crate::{
    snippet::env_lines,
    words::{
        first_token,
        secret_panel::{self as words, facts, guard, snippets},
    },
};

/// A key that was just created, with its secret. Has no `Debug`, so that it cannot be logged.
#[derive(Clone)]
pub struct CreatedKey {
    /// Its name.
    pub name: String,
    /// Public identifier.
    pub client_id: String,
    /// Whether the secret goes with the client id, as a pair.
    pub pair: bool,
    /// The secret, in clear.
    pub secret: String,
    /// Environment's display name.
    pub env_name: String,
    /// "expires 19 Feb 2027, 23:59 CET" or "no expiration".
    pub expires: String,
    /// File name of the `.env` download.
    pub file_name: String,
}

impl CreatedKey {
    /// A key that was just issued in an environment of the organization with this slug.
    pub fn new(issued: &IssuedKey, environment: &Name, organization: &str, clock: &Clock) -> Self {
        let key = &issued.key;
        Self {
            name: key.name.to_string(),
            client_id: key.client_id.to_string(),
            pair: key.kind == Kind::Client,
            secret: issued.secret.expose().to_owned(),
            env_name: environment.to_string(),
            expires: key.expires_at.map_or_else(|| facts::NEVER_EXPIRES.to_owned(), |end| clock.last_minute(end)),
            file_name: file_name(organization, key.environment.as_str(), key.name.as_str()),
        }
    }
}

/// `acme-production-billing-sync.env`: only letters, digits and single hyphens of the name.
fn file_name(organization: &str, environment: &str, name: &str) -> String {
    let letters: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<_> = letters.split_whitespace().map(str::to_lowercase).collect();
    format!("{organization}-{environment}-{}.env", words.join("-"))
}

/// Whose secret the panel shows.
#[derive(Clone)]
pub enum PanelFor {
    /// A key that was just created, which the server fills in.
    Created(CreatedKey),
    /// A key that just got a new secret, which the server fills in.
    Rotated(CreatedKey),
    /// The person's own credentials, which the server fills in.
    Credentials(CreatedKey),
    /// Whatever key the island will create; both commands are there, one hidden.
    Island,
}

/// The brass sheet and what stands under it.
#[component]
pub fn SecretPanel(
    /// The key, or an empty panel.
    panel: PanelFor,
    /// What its commands say.
    guide: TokenGuide,
) -> AnyView {
    let again = match panel {
        PanelFor::Rotated(_) => guard::ROTATE_AGAIN,
        PanelFor::Credentials(_) => guard::GENERATE_AGAIN,
        PanelFor::Created(_) | PanelFor::Island => guard::CREATE_AGAIN,
    };
    let panel_is_own = matches!(panel, PanelFor::Credentials(_));
    let key = match panel {
        PanelFor::Created(key) | PanelFor::Rotated(key) | PanelFor::Credentials(key) => Some(key),
        PanelFor::Island => None,
    };
    let hint = match panel_is_own {
        true => facts::OWN_CLIENT_ID_HINT,
        false => facts::CLIENT_ID_HINT,
    };
    let pair = key.as_ref().is_none_or(|key| key.pair);
    let env = key.as_ref().map(|key| env_lines(pair.then_some(&key.client_id), &key.secret)).unwrap_or_default();
    let alone = key.as_ref().map(|key| key.secret.clone());
    let text = |pick: fn(&CreatedKey) -> &String| key.as_ref().map(|key| pick(key).clone());
    view! {
        <div class="secret-panel" data-secret-panel="" data-file-name=text(|key| &key.file_name)>
            <div class="brass-sheet">
                <label class="brass-label" for="secret" data-slot="label">{words::label(pair)}</label>
                <textarea
                    id="secret"
                    class="secret"
                    rows="2"
                    readonly
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    translate="no"
                    dir="ltr"
                    data-testid="secret-field"
                >
                    {textarea_text(key.as_ref().map_or("", |key| &key.secret))}
                </textarea>
                <button type="button" class="button quiet scripted brass-hide" data-hide="">
                    {words::HIDE}
                </button>
                <p class="print-only">{words::PRINT}</p>
                <div class="brass-actions scripted">
                    <button type="button" class="button primary" data-copy="secret">
                        {words::COPY}
                    </button>
                    <button type="button" class="button" data-copy="both" data-pair="" hidden=!pair>
                        {words::COPY_BOTH}
                    </button>
                    <button type="button" class="button link" data-download="">{words::DOWNLOAD}</button>
                </div>
                <p class="hint">{words::ADVICE}</p>
                <p class="copy-blocked" data-blocked="" hidden>{words::COPY_BLOCKED}</p>
            </div>
            <dl class="facts">
                <div><dt>{facts::NAME}</dt><dd data-slot="name">{text(|key| &key.name)}</dd></div>
                <div><dt>{facts::ENVIRONMENT}</dt><dd data-slot="env">{text(|key| &key.env_name)}</dd></div>
                <div><dt>{facts::EXPIRES}</dt><dd data-slot="expires">{text(|key| &key.expires)}</dd></div>
                <div>
                    <dt><label for="issued-client-id">{facts::CLIENT_ID}</label></dt>
                    <dd>
                        <textarea
                            id="issued-client-id"
                            class="mono"
                            rows="1"
                            readonly
                            spellcheck="false"
                            autocomplete="off"
                            translate="no"
                            dir="ltr"
                            aria-describedby="issued-client-id-hint"
                        >
                            {textarea_text(key.as_ref().map_or("", |key| &key.client_id))}
                        </textarea>
                        <span class="hint" id="issued-client-id-hint">{hint}</span>
                    </dd>
                </div>
            </dl>
            <div class="snippets" data-snippets="">
                <details data-tab="">
                    <summary>{snippets::KEY}</summary>
                    <pre class="secret-text"><code data-slot="key" translate="no" dir="ltr">{alone}</code></pre>
                    <button type="button" class="button scripted" data-copy="key">{snippets::COPY_KEY}</button>
                </details>
                <details data-tab="" open>
                    <summary>{snippets::ENV}</summary>
                    <pre class="secret-text"><code data-slot="env_lines" translate="no" dir="ltr">{env}</code></pre>
                    <button type="button" class="button scripted" data-copy="env">{snippets::COPY_ENV}</button>
                </details>
                <details data-tab="">
                    <summary>{snippets::CURL}</summary>
                    <pre>
                        <code translate="no" dir="ltr" data-pair="" hidden=!pair>{guide.exchange()}</code>
                        <code translate="no" dir="ltr" data-token="" hidden=key.is_none() || pair>{guide.send()}</code>
                    </pre>
                    <p class="hint" data-pair="" hidden=!pair>{first_token::LIFETIME}</p>
                    <label class="switch scripted">
                        <input type="checkbox" role="switch" autocomplete="off" data-insert="" />
                        {snippets::INSERT}
                    </label>
                    <button type="button" class="button scripted" data-copy="curl">{first_token::COPY}</button>
                    <div data-pair="" hidden=!pair>
                        <p class="next-step">{first_token::THEN}</p>
                        <CheckToken guide />
                    </div>
                </details>
            </div>
            <div
                class="notice brass"
                role="group"
                aria-labelledby="guard-question"
                data-guard=""
                data-testid="secret-guard"
                hidden
            >
                <p id="guard-question"><strong>{guard::NOT_COPIED}</strong>{again}</p>
                <div class="actions">
                    <button type="button" class="button primary" data-keep="">{guard::KEEP}</button>
                    <button type="button" class="button" data-leave="">{guard::LEAVE}</button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
