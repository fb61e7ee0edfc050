//! Inviting people: addresses and a role.

use domain::{field::FieldError, user::Role};
use leptos::prelude::*;

use super::role_label;
use crate::{
    components::{
        form::{Actions, ErrorSummary, ErrorText, FormToken, described_by, error_of, error_title, textarea_text},
        icon::{Icon, Shape},
        tiles::{Tile, Tiles},
    },
    frame::{Frame, FrameView, Section},
    routes,
    words::{invite as words, users::role_detail},
};

/// The page.
#[derive(Clone, Debug)]
pub struct InviteView {
    /// The frame.
    pub frame: FrameView,
    /// MAC.
    pub form: String,
    /// Most addresses at once.
    pub most: usize,
    /// Addresses typed before.
    pub emails: String,
    /// Role chosen before.
    pub role: Role,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl InviteView {
    pub(in crate::pages) fn title(&self) -> String {
        error_title(self.frame.title_in_organization(words::HEADING), &self.errors)
    }
}

/// What each role may do, for choosing one.
#[component]
pub(super) fn RoleTiles(chosen: Role) -> AnyView {
    let tile = |role: Role| Tile::new(role.as_str(), role_label(role), role_detail(role));
    let tiles = vec![tile(Role::Member), tile(Role::Admin)];
    view! { <Tiles name="role" tiles chosen=chosen.as_str().to_owned() wide=true /> }.into_any()
}

/// The page's markup.
#[component]
pub fn InvitePage(
    /// Its contents.
    view: InviteView,
) -> AnyView {
    let InviteView { frame, form, most, emails, role, errors } = view;
    let org = frame.org.clone();
    let list = routes::users(&org.slug);
    let error = error_of(&errors, "emails");
    view! {
        <Frame view=frame section=Section::Users>
            <p class="back"><a href=list.clone()><Icon shape=Shape::Back />{words::BACK}</a></p>
            <header class="page-head">
                <h1>{words::HEADING}</h1>
                <p class="lede">{words::lede(&org.name)}</p>
            </header>
            <ErrorSummary errors=errors.clone() />
            <form class="form" method="post" action=routes::invite_users(&org.slug) novalidate data-kept="">
                <FormToken value=form />
                <div class="field">
                    <label for="emails">{words::EMAILS}</label>
                    <p class="hint" id="emails-hint">{words::emails_hint(most)}</p>
                    <ErrorText id="emails" error=error.clone() />
                    <textarea
                        id="emails"
                        name="emails"
                        rows="4"
                        required
                        autocomplete="off"
                        spellcheck="false"
                        dir="ltr"
                        autofocus=errors.is_empty()
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=described_by("emails", true, error.is_some())
                    >
                        {textarea_text(&emails)}
                    </textarea>
                </div>
                <fieldset class="field">
                    <legend>{words::ROLE}</legend>
                    <RoleTiles chosen=role />
                </fieldset>
                <Actions submit=words::SUBMIT cancel=list />
            </form>
        </Frame>
    }
    .into_any()
}
