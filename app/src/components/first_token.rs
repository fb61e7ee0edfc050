//! What a program does first with a client id and a secret, in commands that work on this deployment as they stand.

use domain::key::AccessTokenFormat;
use leptos::prelude::*;

use crate::words::first_token as words;

/// What the commands say of the deployment and of the organization's tokens.
#[derive(Clone, Debug)]
pub struct TokenGuide {
    /// Address of the deployment, without a slash at the end; also the issuer.
    pub public_url: String,
    /// Audience of tokens for the organization's own APIs.
    pub audience: String,
    /// JOSE name of what new tokens are signed with.
    pub algorithm: String,
    /// What the tokens are like.
    pub format: AccessTokenFormat,
}

impl TokenGuide {
    /// Exchanges a pair for an access token.
    pub fn exchange(&self) -> String {
        format!(
            "curl {}/oauth/token \\\n  -u \"$KEYLINE_CLIENT_ID:$KEYLINE_CLIENT_SECRET\" \\\n  \
             -d grant_type=client_credentials \\\n  -d expires_in=900",
            self.public_url
        )
    }

    /// Sends a key that is not exchanged.
    pub(super) fn send(&self) -> String {
        format!("curl {}/api/v1/keys \\\n  -H \"Authorization: Bearer $KEYLINE_API_KEY\"", self.public_url)
    }

    /// Checks an access token, as whoever receives it does.
    pub fn check(&self) -> String {
        let Self { public_url, audience, algorithm, format } = self;
        match format {
            AccessTokenFormat::Jwt => format!(
                "ACCESS_TOKEN=… python3 - <<'END'\n\
                 import jwt, os\n\
                 token = os.environ[\"ACCESS_TOKEN\"]\n\
                 keys = jwt.PyJWKClient(\"{public_url}/.well-known/jwks.json\")\n\
                 key = keys.get_signing_key_from_jwt(token).key\n\
                 print(jwt.decode(token, key, [\"{algorithm}\"], issuer=\"{public_url}\", audience={audience:?}))\n\
                 END"
            ),
            AccessTokenFormat::Opaque => format!(
                "curl {public_url}/oauth/introspect \\\n  -u \"$CHECKER_CLIENT_ID:$CHECKER_CLIENT_SECRET\" \\\n  \
                 -d token=\"$ACCESS_TOKEN\""
            ),
        }
    }

    /// What the check needs.
    fn needs(&self) -> &'static str {
        match self.format {
            AccessTokenFormat::Jwt => words::NEEDS_PYJWT,
            AccessTokenFormat::Opaque => words::NEEDS_CHECKER,
        }
    }
}

/// Both steps, one under the other.
#[component]
pub fn FirstToken(
    /// What they say.
    guide: TokenGuide,
) -> impl IntoView {
    view! {
        <section class="snippets" aria-labelledby="use">
            <h2 id="use">{words::HEADING}</h2>
            <figure>
                <figcaption>{words::GET}</figcaption>
                <Command command=guide.exchange() hint=words::LIFETIME />
            </figure>
            <figure>
                <figcaption>{words::CHECK}</figcaption>
                <CheckToken guide />
            </figure>
        </section>
    }
}

/// The second step alone.
#[component]
pub(super) fn CheckToken(guide: TokenGuide) -> impl IntoView {
    view! { <Command command=guide.check() hint=guide.needs() copy=words::COPY_CHECK /> }
}

/// A command to be copied.
#[component]
pub fn Command(
    /// What is copied.
    command: String,
    /// Under it.
    #[prop(optional)]
    hint: &'static str,
    /// On the button.
    #[prop(default = words::COPY)]
    copy: &'static str,
) -> impl IntoView {
    view! {
        <pre><code translate="no" dir="ltr">{command.clone()}</code></pre>
        {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
        <button type="button" class="button scripted" data-copy-text=command data-copied=words::COPIED>
            {copy}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_token_is_what_the_deployment_makes() {
        let guide = |format| TokenGuide {
            public_url: "https://keys.example.com".to_owned(),
            audience: "urn:keyline:acme".to_owned(),
            algorithm: "RS256".to_owned(),
            format,
        };
        assert!(guide(AccessTokenFormat::Jwt).exchange().contains(" https://keys.example.com/oauth/token "));
        let verified = guide(AccessTokenFormat::Jwt).check();
        let claims = r#"["RS256"], issuer="https://keys.example.com", audience="urn:keyline:acme")"#;
        assert!(verified.contains(claims), "{verified}");
        assert!(guide(AccessTokenFormat::Opaque).check().contains(" https://keys.example.com/oauth/introspect "));
    }
}
