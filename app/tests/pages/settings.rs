//! The pages of settings, filled with what is long, hostile or wrong.

use app::pages::{
    Page,
    settings::{
        AccessTokensForm, ApiKeysOff, AuthenticationView, ConfirmPolicyView, EnvironmentQuestion,
        EnvironmentQuestionView, EnvironmentRow, Environments, GeneralForm, LimitHint, NewEnvironment,
        OrganizationSettingsView, PolicyForm, SectionForm,
    },
};
use domain::{
    field::FieldError,
    key::AccessTokenFormat,
    organization::{Limit, Policy},
    settings::KeyPolicyForm,
};

use crate::fixtures::{HOSTILE, frame, guide, place};

fn section(errors: &[&str], changed: Option<&str>) -> SectionForm {
    let errors = errors.iter().map(|field| FieldError::new(field, "wrong", HOSTILE)).collect();
    SectionForm { form: "mac".to_owned(), revision: 7, changed: changed.map(str::to_owned), errors }
}

fn settings(general: SectionForm, policy: SectionForm, environment: SectionForm) -> Page {
    let values = KeyPolicyForm { scopes: format!("\n{HOSTILE}"), ..KeyPolicyForm::of(&Policy::default()) };
    Page::OrganizationSettings(Box::new(OrganizationSettingsView {
        frame: frame(("production", "Production")),
        off: Some(ApiKeysOff { support_contact: Some(HOSTILE.to_owned()) }),
        general: GeneralForm {
            state: general,
            name: HOSTILE.to_owned(),
            time_zone: HOSTILE.to_owned(),
            support_contact: HOSTILE.to_owned(),
            zones: vec!["Europe/Warsaw".to_owned()],
            time_there: "14:05".to_owned(),
        },
        policy: PolicyForm {
            state: policy,
            values,
            per_environment: LimitHint::new(Limit { ceiling: 10, own: Some(20) }),
            per_user: LimitHint::new(10.into()),
        },
        environments: Environments {
            rows: vec![EnvironmentRow { place: place("qa", HOSTILE), live_keys: 1 }],
            new: NewEnvironment { state: environment, name: HOSTILE.to_owned(), slug: HOSTILE.to_owned() },
        },
    }))
}

fn question(question: EnvironmentQuestion, errors: Vec<FieldError>) -> Page {
    Page::EnvironmentQuestion(Box::new(EnvironmentQuestionView {
        frame: frame(("production", "Production")),
        place: place("qa", HOSTILE),
        form: "mac".to_owned(),
        question,
        errors,
    }))
}

pub fn pages() -> Vec<(&'static str, Page)> {
    let plain = || section(&[], None);
    let policy = [
        "max_key_lifetime",
        "max_key_lifetime_days",
        "kinds",
        "self_service",
        "max_keys_per_environment",
        "max_keys_per_user",
        "scopes",
    ];
    vec![
        ("settings", settings(plain(), plain(), plain())),
        ("settings-general-refused", settings(section(&["name", "time_zone"], None), plain(), plain())),
        ("settings-policy-refused", settings(plain(), section(&policy, None), plain())),
        ("settings-environment-refused", settings(plain(), plain(), section(&["name", "slug"], None))),
        ("settings-changed", settings(plain(), section(&[], Some(HOSTILE)), plain())),
        (
            "confirm-policy",
            Page::ConfirmPolicy(Box::new(ConfirmPolicyView {
                frame: frame(("production", "Production")),
                form: "mac".to_owned(),
                kept: vec![("scopes".to_owned(), HOSTILE.to_owned())],
                effects: vec![HOSTILE.to_owned()],
            })),
        ),
        ("rename-environment", question(EnvironmentQuestion::Rename(HOSTILE.to_owned()), Vec::new())),
        (
            "rename-environment-refused",
            question(EnvironmentQuestion::Rename(String::new()), vec![FieldError::new("name", "required", HOSTILE)]),
        ),
        ("retire-environment", question(EnvironmentQuestion::Retire, Vec::new())),
        (
            "authentication",
            Page::Authentication(Box::new(AuthenticationView {
                frame: frame(("production", "Production")),
                off: None,
                idle: "30 minutes".to_owned(),
                absolute: "12 hours".to_owned(),
                tokens: AccessTokensForm {
                    state: section(&["token_lifetime_min", "access_token_format"], None),
                    format: HOSTILE.to_owned(),
                    minutes: HOSTILE.to_owned(),
                    seconds: HOSTILE.to_owned(),
                },
                guide: guide(AccessTokenFormat::Jwt),
            })),
        ),
    ]
}
