//! Where a person of several organizations says which one.

use leptos::prelude::*;

use crate::{
    components::form::FormToken,
    frame::{Place, Threshold},
    routes,
    words::choose_organization as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct ChooseOrganizationView {
    /// The product's display name.
    pub product: String,
    /// The person's e-mail address.
    pub user_email: String,
    /// Organizations the person belongs to, by name; may be empty.
    pub organizations: Vec<Place>,
    /// MAC for the sign-out form.
    pub form: String,
}

impl ChooseOrganizationView {
    pub(super) fn title(&self) -> String {
        format!("{} — {}", words::HEADING, self.product)
    }
}

/// The page's markup.
#[component]
pub fn ChooseOrganizationPage(
    /// Its contents.
    view: ChooseOrganizationView,
) -> impl IntoView {
    let ChooseOrganizationView { product, user_email, organizations, form } = view;
    let body = if organizations.is_empty() {
        view! { <p class="lede">{words::NONE}</p> }.into_any()
    } else {
        let links = organizations
            .into_iter()
            .map(|org| {
                let href = routes::organization(&org.slug);
                view! {
                    <li>
                        <a class="ledger-link" href=href>
                            <span>{org.name}</span>
                            <span class="mono">{org.slug}</span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! { <ul role="list" class="ledger">{links}</ul> }.into_any()
    };
    view! {
        <Threshold product>
            <h1>{words::HEADING}</h1>
            {body}
            <form class="aside-form" method="post" action=routes::SIGN_OUT>
                <FormToken value=form />
                <span class="hint">{words::signed_in_as(&user_email)}</span>
                <button type="submit" class="button link">{words::SIGN_OUT}</button>
            </form>
        </Threshold>
    }
}
