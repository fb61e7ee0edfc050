//! Addresses of the console. No secret ever stands in one.

/// Sign-in page and where its form posts.
pub const SIGN_IN: &str = "/sign-in";
/// Sign-in page after signing out.
pub const SIGNED_OUT: &str = "/sign-in?signed-out";
/// The page that asks for a link to choose a new password by mail, and where its form posts.
pub const FORGOT_PASSWORD: &str = "/forgot";
/// Where the choice of light or dark posts.
pub const APPEARANCE: &str = "/appearance";
/// Where the sign-out form posts.
pub const SIGN_OUT: &str = "/sign-out";
/// Where the password is looked at that is asked for within a dialog.
pub const CONFIRM: &str = "/session/confirm";
/// Help, beginning with the first guide.
pub const HELP: &str = "/help";
/// The description of the API for people.
pub const API_DOCS: &str = "/api/docs";
/// Header of a request whose answer, or the page it redirects to, nobody sees.
pub const UNSEEN: &str = "x-unseen";
/// The page that leads to a person's organization.
pub const HOME: &str = "/";

/// Behind the address of a person: where the form on their page posts that makes a link to choose a new password.
const RESET_LINK: &str = "/reset-link";

/// The page that shows the form which posts to `action`: the same, but for the form that creates a key.
pub fn page_of_form(action: &str) -> String {
    let creates = action.rsplit('/').nth(1) == Some("api-keys");
    if creates { format!("{action}/new") } else { page_below_form(action).to_owned() }
}

/// The page that is seen again where the form which posts to `action` is left.
pub fn page_below_form(action: &str) -> &str {
    action.strip_suffix(RESET_LINK).unwrap_or(action)
}

/// A guide, by its name.
pub fn guide(slug: &str) -> String {
    format!("{HELP}/{slug}")
}

/// A person's own page in an organization; what they change about themselves posts to the same address.
pub fn profile(org: &str) -> String {
    format!("/t/{org}/me/profile")
}

/// Where changing one's password posts.
pub fn change_password(org: &str) -> String {
    format!("{}/password", profile(org))
}

/// Where the answer to a proposed time zone posts.
pub fn answer_time_zone(org: &str) -> String {
    format!("{}/time-zone", profile(org))
}

/// Where ending another session of one's own posts.
pub fn end_session(org: &str, session: &str) -> String {
    format!("{}/sessions/{session}/end", profile(org))
}

/// Where ending every session of one's own posts.
pub fn sign_out_everywhere(org: &str) -> String {
    format!("{}/sign-out-everywhere", profile(org))
}

/// First-run set-up, opened with the one-time `token`.
pub fn set_up(token: &str) -> String {
    format!("/setup/{token}")
}

/// Choice of a new password through the one-time link with this token.
pub fn reset_password(token: &str) -> String {
    format!("/reset/{token}")
}

/// An organization, by slug.
pub fn organization(org: &str) -> String {
    format!("/t/{org}")
}

/// A section of an organization, where the person may see it there; otherwise its first page.
pub fn section_of(org: &str, section: Option<&str>) -> String {
    section.map_or_else(|| organization(org), |section| format!("/t/{org}?section={section}"))
}

/// Search over every environment.
pub fn search(org: &str) -> String {
    format!("/t/{org}/search")
}

/// A person's own API credentials in an organization; generating posts to the same address.
pub fn credentials(org: &str) -> String {
    format!("/t/{org}/me/credentials")
}

/// The page that asks before a person's credentials are replaced; replacing posts to the same address.
pub fn replace_credentials(org: &str) -> String {
    format!("{}/replace", credentials(org))
}

/// The keys of the first environment of an organization that belong to the person who asks.
pub fn own_keys(org: &str) -> String {
    format!("/t/{org}/me/api-keys")
}

/// The people of an organization.
pub fn users(org: &str) -> String {
    format!("/t/{org}/settings/users")
}

/// The form that invites people; inviting posts to the same address.
pub fn invite_users(org: &str) -> String {
    format!("{}/invite", users(org))
}

/// Where withdrawing an invitation posts.
pub fn withdraw_invitation(org: &str, invitation: &str) -> String {
    format!("{}/invitations/{invitation}/withdraw", users(org))
}

/// One person; a new role posts to the same address.
pub fn user(org: &str, user: &str) -> String {
    format!("{}/{user}", users(org))
}

/// The page that asks before a person is deactivated; deactivating posts to the same address.
pub fn deactivate_user(org: &str, id: &str) -> String {
    format!("{}/deactivate", user(org, id))
}

/// The page that asks before a person is reactivated; reactivating posts to the same address.
pub fn reactivate_user(org: &str, id: &str) -> String {
    format!("{}/reactivate", user(org, id))
}

/// Where making a link to choose a new password posts.
pub fn reset_link_of_user(org: &str, id: &str) -> String {
    user(org, id) + RESET_LINK
}

/// Joining an organization through the one-time link with this token.
pub fn accept_invitation(token: &str) -> String {
    format!("/invite/{token}")
}

/// How people sign in and systems get access tokens; saving posts to the same address.
pub fn authentication(org: &str) -> String {
    format!("/t/{org}/settings/authentication")
}

/// What an organization's administrators set; every form posts to the same address.
pub fn organization_settings(org: &str) -> String {
    format!("/t/{org}/settings/organization")
}

/// The form that renames an environment; saving posts to the same address.
pub fn rename_environment(org: &str, env: &str) -> String {
    format!("{}/environments/{env}/rename", organization_settings(org))
}

/// The page that asks before an environment is retired; retiring posts to the same address.
pub fn retire_environment(org: &str, env: &str) -> String {
    format!("{}/environments/{env}/retire", organization_settings(org))
}

/// The Activity Log of an organization.
pub fn activity(org: &str) -> String {
    format!("/t/{org}/settings/activity")
}

/// How many rows the Activity Log has after a place in it.
pub fn activity_since(org: &str, sequence: i64) -> String {
    format!("{}/since/{sequence}", activity(org))
}

/// The Activity Log of an organization as a file, `csv` or `json`.
pub fn export_activity(org: &str, format: &str) -> String {
    format!("{}/export/{format}", activity(org))
}

/// The Activity Log of an organization, what concerns one key alone.
pub fn activity_of_key(org: &str, client_id: &str) -> String {
    format!("{}?key={client_id}", activity(org))
}

/// The Activity Log of an organization, what one person did alone.
pub fn activity_of_user(org: &str, id: &str) -> String {
    format!("{}?actor={id}", activity(org))
}

/// Id of a key's row in the list.
pub fn row_id(client_id: &str) -> String {
    format!("key-{client_id}")
}

/// Whose keys a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The organization's, those of its members among them.
    Organization,
    /// Those of the person who looks at them.
    Own,
}

/// Addresses of the pages about the keys of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPages {
    whose: Whose,
    org: String,
    env: String,
}

impl KeyPages {
    /// The pages in an environment of an organization, by slug.
    pub fn new(whose: Whose, org: &str, env: &str) -> Self {
        Self { whose, org: org.to_owned(), env: env.to_owned() }
    }

    /// The pages whose list has this address.
    pub fn at(list: &str) -> Option<Self> {
        let segments: Vec<_> = list.split('/').collect();
        let whose = match segments.get(3) {
            Some(&"settings") => Whose::Organization,
            Some(&"me") => Whose::Own,
            _ => return None,
        };
        let pages = Self::new(whose, segments.get(2)?, segments.get(5)?);
        (pages.list() == list).then_some(pages)
    }

    /// The same pages in another environment.
    pub fn in_environment(&self, env: &str) -> Self {
        Self { env: env.to_owned(), ..self.clone() }
    }

    /// Whose keys they are about.
    pub fn whose(&self) -> Whose {
        self.whose
    }

    /// Slug of the organization.
    pub fn org(&self) -> &str {
        &self.org
    }

    /// Slug of the environment.
    pub fn env(&self) -> &str {
        &self.env
    }

    /// The list; creating posts to the same address.
    pub fn list(&self) -> String {
        let section = match self.whose {
            Whose::Organization => "settings",
            Whose::Own => "me",
        };
        format!("/t/{}/{section}/api-keys/{}", self.org, self.env)
    }

    /// The create form as a page.
    pub fn new_key(&self) -> String {
        format!("{}/new", self.list())
    }

    /// Where what is done to several keys posts.
    pub fn bulk(&self) -> String {
        format!("{}/bulk", self.list())
    }

    /// One key.
    pub fn key(&self, client_id: &str) -> String {
        format!("{}/{client_id}", self.list())
    }

    /// Name and description of a key; saving posts to the same address.
    pub fn edit(&self, client_id: &str) -> String {
        format!("{}/edit", self.key(client_id))
    }

    /// The page that asks before a key is suspended; suspending posts to the same address.
    pub fn suspend(&self, client_id: &str) -> String {
        format!("{}/suspend", self.key(client_id))
    }

    /// The page that asks before a key is re-approved; re-approving posts to the same address.
    pub fn reapprove(&self, client_id: &str) -> String {
        format!("{}/reapprove", self.key(client_id))
    }

    /// The page that asks how a key is rotated; rotating posts to the same address.
    pub fn rotate(&self, client_id: &str) -> String {
        format!("{}/rotate", self.key(client_id))
    }

    /// Where ending the previous secret of a key posts.
    pub fn end_previous_secret(&self, client_id: &str) -> String {
        format!("{}/end-previous-secret", self.key(client_id))
    }

    /// The page that asks before a key is removed; removing posts to the same address.
    pub fn remove(&self, client_id: &str) -> String {
        format!("{}/remove", self.key(client_id))
    }

    /// The list, scrolled to the row of one key. The query is what makes it another address than that of the page which
    /// answers a creation: a fragment alone would only scroll there.
    pub fn row(&self, client_id: &str) -> String {
        format!("{}?sort=created#{}", self.list(), row_id(client_id))
    }

    /// What the Activity Log has about one key.
    pub fn activity(&self, client_id: &str) -> String {
        activity_of_key(&self.org, client_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_again_by_the_address_of_their_list() {
        for whose in [Whose::Organization, Whose::Own] {
            let pages = KeyPages::new(whose, "acme", "production");
            assert_eq!(KeyPages::at(&pages.list()), Some(pages));
        }
        for other in ["", "/t/acme", "/t/acme/settings/activity", "/t/acme/me/api-keys/production/new"] {
            assert_eq!(KeyPages::at(other), None, "{other}");
        }
    }
}
