//! The hidden value of every form: bound to the session it was shown in, and the name of what it creates, so that
//! sending a form twice makes one thing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::id::UserId;

use crate::{Service, master_key::hash_of};

const ID_LENGTH: usize = 16;
const TAG_LENGTH: usize = 16;

/// Most bytes of what was typed that are kept while its person signs in again.
const KEPT_MAX_BYTES: usize = 16 * 1024;

/// The id inside a form value that belongs to the session that sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormId(pub String);

/// What forms are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionName {
    /// Whose session it is.
    pub user: UserId,
    /// What it is called as long as it lasts, whatever its cookie; not a secret.
    pub name: String,
}

impl Service {
    /// A new hidden value for a form shown in this session.
    pub fn form_value(&self, session: &SessionName) -> String {
        let id = self.draws.bytes::<ID_LENGTH>();
        let tags = [self.session_tag(&id, session), self.person_tag(&id, &session.user)];
        URL_SAFE_NO_PAD.encode([&id[..], tags.concat().as_slice()].concat())
    }

    /// Reads a hidden value; `None` when it was not made for this session.
    pub fn open_form_value(&self, session: &SessionName, value: &str) -> Option<FormId> {
        let (id, of_session, of_person) = parts(value)?;
        let made_here = equal(&self.session_tag(&id, session), &of_session)
            && equal(&self.person_tag(&id, &session.user), &of_person);
        made_here.then(|| FormId(URL_SAFE_NO_PAD.encode(id)))
    }

    /// Whether a hidden value was made for any session of this person.
    pub fn is_form_of(&self, user: &UserId, value: &str) -> bool {
        parts(value).is_some_and(|(id, _, tag)| equal(&self.person_tag(&id, user), &tag))
    }

    /// Closes what somebody typed, so that it can wait in a page for them; `None` when it is too much.
    pub fn seal_typed(&self, typed: &[u8]) -> Option<String> {
        (typed.len() <= KEPT_MAX_BYTES).then(|| URL_SAFE_NO_PAD.encode(self.master_key().seal_typed(typed)))
    }

    /// Opens what [`Service::seal_typed`] closed.
    pub fn open_typed(&self, sealed: &str) -> Option<Vec<u8>> {
        let opened = self.master_key().open_typed(&URL_SAFE_NO_PAD.decode(sealed).ok()?).ok()?;
        Some(opened.to_vec())
    }

    fn session_tag(&self, id: &[u8], session: &SessionName) -> [u8; TAG_LENGTH] {
        self.tag(b"session", id, format!("{} {}", session.user, session.name).as_bytes())
    }

    fn person_tag(&self, id: &[u8], user: &UserId) -> [u8; TAG_LENGTH] {
        self.tag(b"person", id, user.as_str().as_bytes())
    }

    fn tag(&self, purpose: &[u8], id: &[u8], bound_to: &[u8]) -> [u8; TAG_LENGTH] {
        let tag = self.master_key().form_tag(&[purpose, id, &hash_of(bound_to)].concat());
        tag.first_chunk().copied().expect("the whole tag is longer")
    }
}

type Part = [u8; ID_LENGTH];

/// Id, tag of the session, tag of the person.
fn parts(value: &str) -> Option<(Part, Part, Part)> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (id, tags) = bytes.split_first_chunk()?;
    let (session, person) = tags.split_first_chunk()?;
    Some((*id, *session, person.try_into().ok()?))
}

fn equal(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}
