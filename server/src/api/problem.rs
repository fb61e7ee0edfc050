//! The one way the API refuses (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{field::FieldError, key::VerbRefused, name::Name, slug::EnvironmentSlug};
use serde::Serialize;
use service::{
    Failure,
    keys::{ChangeRefused, CreateRefused},
};

/// A refusal of the API. What is missing and what belongs to somebody else are the same variant.
#[derive(Debug)]
pub enum ApiError {
    /// The request cannot be read; what is wrong with it.
    Unreadable(&'static str),
    /// No bearer credential was sent.
    NoCredentials,
    /// The bearer credential is no good, for whatever reason: always the same answer.
    InvalidToken,
    /// The credential does not hold these scopes.
    InsufficientScope(String),
    /// API keys are turned off for the organization.
    FeatureOff,
    /// Only the owner of the key may do this.
    NotOwner,
    /// Only an administrator may do this to the key.
    NotAdministrator,
    /// A key does not do this to itself.
    OwnKey,
    /// Nothing here, or nothing the caller may know of.
    NotFound,
    /// The address takes other methods.
    MethodNotAllowed,
    /// The state of the key does not allow it.
    State(VerbRefused),
    /// Something is taken or full.
    Conflict(FieldError),
    /// Somebody changed the key since the revision that `If-Match` names.
    Changed,
    /// The body is larger than the API reads.
    TooLarge,
    /// The body is not JSON.
    MediaType,
    /// Members or parameters that must be mended, all of them.
    Invalid(Vec<FieldError>),
    /// The idempotency key stands for another request.
    IdempotencyReused,
    /// A request with the same idempotency key is under way.
    StillRunning,
    /// Something broke on our side.
    Failed(Failure),
    /// No handler came to an answer: 408, 500 or 503.
    Unanswered(StatusCode),
}

/// Seconds after which a failed request may be tried again.
const RETRY_AFTER_S: u32 = 1;

/// The body of a refusal.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Wrong<'a>>,
}

#[derive(Serialize)]
struct Wrong<'a> {
    param: &'a str,
    detail: &'a str,
    code: &'a str,
}

impl<'a> Wrong<'a> {
    fn of(error: &'a FieldError) -> Self {
        Self { param: &error.param, detail: &error.message, code: &error.code }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<ChangeRefused> for ApiError {
    fn from(refused: ChangeRefused) -> Self {
        match refused {
            ChangeRefused::NotFound => Self::NotFound,
            ChangeRefused::State(refused, _) => Self::State(refused),
            ChangeRefused::Stale(_) => Self::Changed,
            ChangeRefused::NameTaken => {
                let message = "Another key of this environment has this name. Choose another.";
                Self::Conflict(FieldError::new("name", "name_taken", message))
            }
            ChangeRefused::IdempotencyReused => Self::IdempotencyReused,
            ChangeRefused::NotOwner => Self::NotOwner,
            ChangeRefused::NotAdministrator => Self::NotAdministrator,
            ChangeRefused::OwnKey => Self::OwnKey,
            ChangeRefused::Lacks(scopes) => Self::InsufficientScope(scopes.join(" ")),
            ChangeRefused::Invalid(error) | ChangeRefused::Outlives(error) => Self::Invalid(vec![error]),
        }
    }
}

impl ApiError {
    /// Why a key of this name was not created in this environment.
    pub fn not_created(refused: CreateRefused, environment: &EnvironmentSlug, name: &Name) -> Self {
        let place = Name::parse(environment.as_str()).expect("a slug is a name");
        let unknown = || FieldError::new("environment", "unknown", format!("There is no environment {environment}."));
        let said = refused.as_field_error(&place, name).unwrap_or_else(unknown);
        match refused {
            CreateRefused::NameTaken => Self::Conflict(said),
            // No member can mend it.
            CreateRefused::EnvironmentFull { .. } | CreateRefused::OwnerFull { .. } => {
                Self::Conflict(FieldError { param: String::new(), ..said })
            }
            CreateRefused::NoEnvironment
            | CreateRefused::NotOwner
            | CreateRefused::OwnerInactive
            | CreateRefused::SelfServiceOff
            | CreateRefused::NeverSignedOut => Self::Invalid(vec![said]),
            CreateRefused::Invalid(errors) | CreateRefused::Beyond(errors) => Self::Invalid(errors),
            CreateRefused::IdempotencyReused => Self::IdempotencyReused,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::NoCredentials | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope(_) | Self::FeatureOff | Self::NotOwner | Self::NotAdministrator | Self::OwnKey => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::State(_) | Self::Conflict(_) | Self::StillRunning => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) | Self::IdempotencyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Failed(failure) if failure.is_temporary() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unanswered(status) => *status,
        }
    }

    /// Stable code, and what it means in general.
    fn code_and_title(&self) -> (&str, &'static str) {
        match self {
            Self::Unreadable(_) => ("invalid_request", "The request cannot be read"),
            Self::NoCredentials => ("unauthenticated", "A bearer credential is missing"),
            Self::InvalidToken => ("invalid_token", "The bearer credential is not valid"),
            Self::InsufficientScope(_) => ("insufficient_scope", "A scope is missing"),
            Self::FeatureOff => ("feature_off", "API keys are turned off"),
            Self::NotOwner => ("not_owner", "Only the owner may do this"),
            Self::NotAdministrator => ("not_administrator", "Only an administrator may do this"),
            Self::OwnKey => ("own_key", "Somebody else has suspended this key"),
            Self::NotFound => ("not_found", "There is nothing here"),
            Self::MethodNotAllowed => ("method_not_allowed", "This address takes other methods"),
            Self::State(refused) => (refused.code(), "The state of the key does not allow it"),
            Self::Conflict(error) if error.code == "name_taken" => (&error.code, "This is taken"),
            Self::Conflict(error) => (&error.code, "There is no room for another key"),
            Self::Changed => ("changed", "The key was changed meanwhile"),
            Self::TooLarge => ("too_large", "The body is too large"),
            Self::MediaType => ("unsupported_media_type", "The body is not JSON"),
            Self::Invalid(errors) => match errors.as_slice() {
                [only] if only.code == "expiry_required" => (&only.code, "An expiration is required"),
                _ => ("validation_failed", "Something must be mended"),
            },
            Self::IdempotencyReused => ("idempotency_key_reused", "The idempotency key stands for another request"),
            Self::StillRunning => ("request_still_running", "A request with this idempotency key is under way"),
            Self::Failed(failure) if failure.is_temporary() => ("temporarily_unavailable", "Try again shortly"),
            Self::Unanswered(StatusCode::SERVICE_UNAVAILABLE) => ("temporarily_unavailable", "Try again shortly"),
            Self::Unanswered(StatusCode::REQUEST_TIMEOUT) => ("invalid_request", "The body did not arrive in time"),
            Self::Failed(_) | Self::Unanswered(_) => ("server_error", "Something went wrong on our side"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unreadable(what) => (*what).to_owned(),
            Self::NoCredentials => "Send an access token as Authorization: Bearer.".to_owned(),
            Self::InvalidToken => "Ask for a new access token. It may have ended, or its key may not work.".to_owned(),
            Self::InsufficientScope(scope) => format!("The credential must hold {scope}."),
            Self::FeatureOff => "API keys are not turned on for this organization.".to_owned(),
            Self::NotOwner => "This key belongs to a user. Only that user may do this.".to_owned(),
            Self::NotAdministrator => {
                "Its owner did not suspend this key. An administrator has to re-approve it.".to_owned()
            }
            Self::OwnKey => "Use another key, or the console.".to_owned(),
            Self::NotFound => "Nothing is at this address, or it is not yours.".to_owned(),
            Self::MethodNotAllowed => "The header Allow names the methods.".to_owned(),
            Self::State(refused) => refused.to_string(),
            Self::Conflict(error) => error.message.clone(),
            Self::Changed => "Read the key again, then decide.".to_owned(),
            Self::TooLarge => format!("A body has at most {} bytes.", super::BODY_MAX_BYTES),
            Self::MediaType => "Send the body as application/json, not compressed.".to_owned(),
            Self::Invalid(errors) => match errors.as_slice() {
                [only] => only.message.clone(),
                several => format!("{} values must be mended; errors says which.", several.len()),
            },
            Self::IdempotencyReused => "Choose another Idempotency-Key for another request.".to_owned(),
            Self::StillRunning => "Send the request again once the first one is answered or given up.".to_owned(),
            Self::Failed(failure) if failure.is_temporary() => "We are busy. Nothing was changed.".to_owned(),
            Self::Unanswered(StatusCode::REQUEST_TIMEOUT) => "Send the request again.".to_owned(),
            Self::Unanswered(StatusCode::SERVICE_UNAVAILABLE) => {
                "We are busy. What was asked for may be done.".to_owned()
            }
            Self::Failed(_) | Self::Unanswered(_) => {
                "It is in our log under the id in the header X-Request-Id.".to_owned()
            }
        }
    }

    /// What RFC 6750 §3 says of the credential.
    fn challenge(&self) -> Option<String> {
        let error = match self {
            Self::NoCredentials => String::new(),
            Self::InvalidToken => r#", error="invalid_token""#.to_owned(),
            Self::InsufficientScope(scope) => format!(r#", error="insufficient_scope", scope="{scope}""#),
            _ => return None,
        };
        Some(format!(r#"Bearer realm="Keyline"{error}"#))
    }

    fn problem(&self) -> Problem<'_> {
        let (code, title) = self.code_and_title();
        let (param, errors) = match self {
            Self::Conflict(error) => (Some(error.param.as_str()).filter(|param| !param.is_empty()), Vec::new()),
            Self::Invalid(errors) => {
                let only = if let [only] = errors.as_slice() { Some(only.param.as_str()) } else { None };
                (only, errors.iter().map(Wrong::of).collect())
            }
            _ => (None, Vec::new()),
        };
        let status = self.status().as_u16();
        Problem {
            r#type: format!("urn:keyline:problem:{code}"),
            title,
            status,
            detail: self.detail(),
            code,
            param,
            errors,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Failed(failure) = &self {
            crate::telemetry::log_failure(failure);
        }
        let mut response = (self.status(), Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = self.challenge() {
            let challenge = HeaderValue::from_str(&challenge).expect("scopes are printable ASCII without quotes");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if matches!(&self, Self::Failed(failure) if failure.is_temporary()) {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        response
    }
}
