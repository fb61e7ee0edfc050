//! The frame of a signed-in person's pages: organization and environment, sections, the person.

use leptos::prelude::*;

use crate::{
    components::{
        appearance::Appearance,
        form::FormToken,
        icon::{Icon, Shape},
        session_dialog::{SessionDialog, SessionLeft},
    },
    islands::FrameParts,
    routes::{self, KeyPages, Whose},
    shell::Theme,
    words::{frame as words, profile::proposal},
};

/// Something with a name for people and a slug for addresses: an organization or an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Stands in addresses.
    pub slug: String,
    /// People read this.
    pub name: String,
}

/// What the frame shows.
#[derive(Clone, Debug)]
pub struct FrameView {
    /// The product's display name.
    pub product: String,
    /// The organization on screen.
    pub org: Place,
    /// The environment on screen.
    pub env: Place,
    /// Every environment of the organization, in its order.
    pub environments: Vec<Place>,
    /// Keys in the environment on screen, for whoever the person is here.
    pub keys: KeyPages,
    /// Whether the person is an administrator here.
    pub is_admin: bool,
    /// Whether the person may own keys here.
    pub may_own_keys: bool,
    /// Every organization the person belongs to, by name.
    pub organizations: Vec<Place>,
    /// The person's name.
    pub user_name: String,
    /// The person's e-mail address.
    pub user_email: String,
    /// Colour scheme the person chose.
    pub theme: Theme,
    /// MAC for the forms of the frame.
    pub form: String,
    /// What was just done, said once.
    pub flash: Option<String>,
    /// How long the session lasts.
    pub session: Option<SessionLeft>,
    /// The zone of the page's times, while the person has not been asked for theirs.
    pub unasked_zone: Option<String>,
}

impl FrameView {
    /// "API Keys · Production · Acme Corp — Keyline".
    pub fn title(&self, page: &str) -> String {
        format!("{page} · {} · {} — {}", self.env.name, self.org.name, self.product)
    }

    /// "Users · Acme Corp — Keyline", for what belongs to no environment.
    pub fn title_in_organization(&self, page: &str) -> String {
        format!("{page} · {} — {}", self.org.name, self.product)
    }

    fn is_production(&self) -> bool {
        self.env.slug == "production"
    }

    /// The keys that the rail leads to.
    fn whose_keys(&self) -> Whose {
        if self.is_admin { Whose::Organization } else { Whose::Own }
    }
}

/// Sections of the rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// How people sign in and systems get access tokens.
    Authentication,
    /// The people.
    Users,
    /// What happened.
    Activity,
    /// Keys of an environment.
    #[default]
    ApiKeys,
    /// The person's credentials.
    Credentials,
    /// The person's own page.
    Profile,
    /// What administrators set.
    Organization,
    /// Everything.
    Search,
}

impl Section {
    /// What an address says to lead to the same section of another organization.
    fn slug(self) -> Option<&'static str> {
        match self {
            Self::Authentication => Some("authentication"),
            Self::Users => Some("users"),
            Self::Activity => Some("activity"),
            Self::Organization => Some("organization"),
            Self::ApiKeys => Some("api-keys"),
            Self::Credentials => Some("credentials"),
            Self::Profile => Some("profile"),
            Self::Search => None,
        }
    }

    /// The guide about it.
    fn guide(self, is_admin: bool) -> String {
        routes::guide(match self {
            Self::Authentication => "verify-tokens",
            Self::Users => "people",
            Self::Organization => "policies",
            Self::Activity | Self::Search => "many-keys",
            Self::Credentials => "own-keys",
            Self::ApiKeys if !is_admin => "own-keys",
            Self::ApiKeys => "how-authentication-works",
            Self::Profile => "sessions",
        })
    }
}

/// Rail and page.
#[component]
pub fn Frame(
    /// What the rail shows.
    view: FrameView,
    /// Where the page belongs.
    #[prop(optional)]
    section: Section,
    /// The page's `main` content.
    children: Children,
) -> AnyView {
    let rehearsal = section == Section::ApiKeys && !view.is_production();
    let class = if rehearsal { "frame rehearsal" } else { "frame" };
    let keys = KeyPages::new(view.whose_keys(), &view.org.slug, &view.env.slug);
    let at_keys = section == Section::ApiKeys && keys == view.keys;
    let flash = view.flash.clone().map(|done| {
        view! { <p class="notice done" role="status" tabindex="-1" autofocus data-testid="toast">{done}</p> }
    });
    let session = view.session.map(|left| view! { <SessionDialog left form=view.form.clone() /> });
    let proposal = view.unasked_zone.clone().map(|zone| {
        view! { <ZoneProposal org=view.org.slug.clone() zone form=view.form.clone() /> }
    });
    let current = |is_it: bool| is_it.then_some("page");
    let for_administrators = view.is_admin.then(|| {
        let org = &view.org.slug;
        let (authentication, users, activity) =
            (routes::authentication(org), routes::users(org), routes::activity(org));
        view! {
            <li>
                <a href=authentication aria-current=current(section == Section::Authentication)>{words::AUTHENTICATION}</a>
            </li>
            <li><a href=users aria-current=current(section == Section::Users)>{words::USERS}</a></li>
            <li><a href=activity aria-current=current(section == Section::Activity)>{words::ACTIVITY_LOG}</a></li>
        }
    });
    let settings = view.is_admin.then(|| {
        let settings = routes::organization_settings(&view.org.slug);
        view! {
            <p class="eyebrow">{words::ORGANIZATION}</p>
            <ul role="list"><li><a href=settings aria-current=current(section == Section::Organization)>{words::SETTINGS}</a></li></ul>
        }
    });
    let list = keys.list();
    let sections = view! {
        <button type="button" class="sections-button" popovertarget="sections">
            <Icon shape=Shape::Lines />
            <span class="sections-word">{words::MENU}</span>
        </button>
        // A popover where there is no room; beside the page, the style shows it always.
        <nav id="sections" class="sections menu" popover aria-label=words::SECTIONS>
            <p class="eyebrow">{words::TENANT}</p>
            <ul role="list">
                {for_administrators}
                <li><a href=list aria-current=current(at_keys)>{words::API_KEYS}</a></li>
            </ul>
            {settings}
            <ul role="list" class="to-help"><li><a href=section.guide(view.is_admin)>{words::HELP}</a></li></ul>
        </nav>
    }
    .into_any();
    view! {
        <div class=class>
            <header class="rail">
                <PlaceMenu view=view.clone() section />
                <Jump org=view.org.slug.clone() keys env_name=view.env.name.clone() />
                {sections}
                <UserMenu view section />
            </header>
            <main id="content" tabindex="-1">{flash}{children()}</main>
            {session}
            {proposal}
        </div>
        <Palette />
    }
    .into_any()
}

/// Opens the command palette; without script, the page that searches.
#[component]
fn Jump(org: String, keys: KeyPages, env_name: String) -> AnyView {
    view! {
        <a class="jump" href=routes::search(&org) data-palette="" aria-keyshortcuts="Control+K Meta+K">
            <Icon shape=Shape::Search />
            {words::JUMP}
            <kbd class="scripted" aria-hidden="true">{words::JUMP_KEYS}</kbd>
        </a>
        <a
            hidden
            href=keys.new_key()
            data-jump=words::create_key_in(&env_name)
            data-new=""
        ></a>
    }
    .into_any()
}

/// The command palette, empty until it is opened.
#[component]
fn Palette() -> AnyView {
    view! {
        <dialog id="palette" class="dialog palette" aria-label=words::PALETTE data-testid="palette">
            <input
                type="text"
                role="combobox"
                aria-label=words::PALETTE
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                placeholder=words::PALETTE_PLACEHOLDER
                autocomplete="off"
                spellcheck="false"
                autofocus
            />
            <div id="palette-list" role="listbox" aria-label=words::RESULTS></div>
            <p class="hint" data-empty="" hidden></p>
        </dialog>
        <FrameParts />
    }
    .into_any()
}

#[component]
fn PlaceMenu(view: FrameView, section: Section) -> AnyView {
    let FrameView { org, env, environments, keys, organizations, is_admin, .. } = view;
    let label = words::place(&org.name, &env.name);
    let environments = environments
        .into_iter()
        .map(|place| {
            let current = place == env;
            let jump = Some(words::keys_in(&place.name));
            menu_link(keys.in_environment(&place.slug).list(), place.name, current, jump)
        })
        .collect_view();
    let organizations = organizations
        .into_iter()
        .map(|place| {
            let current = place == org;
            menu_link(routes::section_of(&place.slug, section.slug()), place.name, current, None)
        })
        .collect_view();
    let settings = is_admin.then(|| {
        let item = menu_link(routes::organization_settings(&org.slug), words::ORGANIZATION_SETTINGS, false, None);
        view! { <ul role="list">{item}</ul> }
    });
    view! {
        <div class="place">
            <button type="button" class="place-button" popovertarget="place-menu" aria-label=label>
                <Logo />
                <span class="place-name">{org.name.clone()}</span>
                <span class="place-env">{env.name.clone()}</span>
                <Icon shape=Shape::Chevron />
            </button>
            <div id="place-menu" class="menu" popover>
                <p class="eyebrow">{words::ORGANIZATIONS}</p>
                <ul role="list">{organizations}</ul>
                <p class="eyebrow">{words::ENVIRONMENTS}</p>
                <ul role="list">{environments}</ul>
                {settings}
            </div>
        </div>
    }
    .into_any()
}

/// A link of a menu; `jump` is what the command palette calls it.
fn menu_link(href: String, name: impl Into<String>, current: bool, jump: Option<String>) -> impl IntoView {
    let name = name.into();
    let mark = current.then(|| view! { <span class="menu-note">{words::CURRENT}</span> });
    view! { <li><a class="menu-item" href=href aria-current=current.then_some("true") data-jump=jump>{name}{mark}</a></li> }
}

#[component]
fn UserMenu(view: FrameView, section: Section) -> AnyView {
    let FrameView { org, env, keys, is_admin, may_own_keys, user_name, user_email, theme, form, .. } = view;
    let own = KeyPages::new(Whose::Own, &org.slug, &env.slug);
    let at_own = section == Section::ApiKeys && keys == own;
    let own = may_own_keys.then(|| {
        let current = at_own.then_some("page");
        view! { <li><a class="menu-item" href=own.list() aria-current=current>{words::OWN_KEYS}</a></li> }
    });
    let at_profile = (section == Section::Profile).then_some("page");
    let at_credentials = (section == Section::Credentials).then_some("page");
    let settings = is_admin.then(|| {
        let settings = routes::organization_settings(&org.slug);
        view! { <li><a class="menu-item" href=settings>{words::ORGANIZATION_SETTINGS}</a></li> }
    });
    let label = words::account(&user_name);
    view! {
        <div class="person">
            <button type="button" class="person-button" popovertarget="person-menu" aria-label=label>
                <span class="initials" aria-hidden="true">{initials(&user_name)}</span>
                <span class="person-name">{user_name.clone()}</span>
                <Icon shape=Shape::Chevron />
            </button>
            <div id="person-menu" class="menu" popover>
                <p class="menu-head">{user_name}<span class="menu-sub">{user_email}</span></p>
                <ul role="list">
                    <li>
                        <a class="menu-item" href=routes::profile(&org.slug) aria-current=at_profile>{words::PROFILE}</a>
                    </li>
                    {own}
                    <li>
                        <a class="menu-item" href=routes::credentials(&org.slug) aria-current=at_credentials>
                            {words::CREDENTIALS}
                        </a>
                    </li>
                </ul>
                <p class="eyebrow" id="appearance">{words::APPEARANCE}</p>
                <Appearance chosen=theme form=form.clone() labelled_by="appearance" />
                <ul role="list">
                    <li><a class="menu-item" href=routes::guide("keyboard")>{words::KEYBOARD}</a></li>
                    {settings}
                </ul>
                <form method="post" action=routes::SIGN_OUT>
                    <FormToken value=form />
                    <button class="menu-item" data-jump=words::SIGN_OUT>{words::SIGN_OUT}</button>
                </form>
            </div>
        </div>
    }
    .into_any()
}

/// "AR" of "Ana Reyes": the first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// Hidden until script finds that the browser is in another zone.
#[component]
fn ZoneProposal(org: String, zone: String, form: String) -> AnyView {
    let keep = proposal::keep(&zone);
    view! {
        <section class="proposal" aria-label=proposal::LABEL data-zone=zone data-testid="zone-proposal" hidden>
            <form method="post" action=routes::answer_time_zone(&org)>
                <FormToken value=form />
                <input type="hidden" name="time_zone" />
                <input type="hidden" name="return_to" />
                <p>{proposal::QUESTION_BEFORE}<strong data-slot="zone"></strong>{proposal::QUESTION_AFTER}</p>
                <div class="actions start">
                    <button class="button" name="answer" value="use">{proposal::USE}</button>
                    <button class="button" name="answer" value="keep">{keep}</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// Where short messages appear at the edge of the page.
#[component]
pub fn Toast() -> impl IntoView {
    view! { <div class="toast" data-toast="" popover="manual"></div> }
}

/// Pages outside an organization's frame: sign-in, set-up, short messages.
#[component]
pub fn Threshold(
    /// The product's display name.
    product: String,
    /// The page's `main` content.
    children: Children,
) -> AnyView {
    view! {
        <div class="threshold">
            <svg class="blade" viewBox="0 0 60 100" preserveAspectRatio="none" aria-hidden="true">
                <path d="M62-2H22V12H8V27H30V39H1V53H16V67H6V81H26V102H62" />
            </svg>
            <main id="content" tabindex="-1">
                <p class="brand"><Logo />{product}</p>
                {children()}
                <p class="elsewhere"><a href=routes::HELP>{words::HELP}</a></p>
            </main>
        </div>
    }
    .into_any()
}

/// The mark of the product: a keyline and a key's bitting beside it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M2 1h3v18H2zM7 1h10v4h-4v4h6v4h-5v4h2v2H7z" />
        </svg>
    }
}
