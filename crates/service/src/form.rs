//! The hidden value of every form: bound to the session it was shown in, and the name of what it creates, so that
//! sending a form twice makes one thing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Service, master_key::hash_of};

const ID_LENGTH: usize = 16;
const TAG_LENGTH: usize = 16;

/// The id inside a form value that belongs to the session that sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormId(pub String);

impl Service {
    /// A new hidden value for a form shown in the session of this name.
    pub fn form_value(&self, session: &str) -> String {
        let id = self.draws.bytes::<ID_LENGTH>();
        let tag = self.master_key().form_tag(&bound(&id, session));
        URL_SAFE_NO_PAD.encode([&id[..], &tag[..TAG_LENGTH]].concat())
    }

    /// Reads a hidden value; `None` when it was not made for this session.
    pub fn open_form_value(&self, session: &str, value: &str) -> Option<FormId> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (id, tag) = bytes.split_at_checked(ID_LENGTH)?;
        let expected = self.master_key().form_tag(&bound(id, session));
        let fits = aws_lc_rs::constant_time::verify_slices_are_equal(&expected[..TAG_LENGTH], tag).is_ok();
        fits.then(|| FormId(URL_SAFE_NO_PAD.encode(id)))
    }
}

fn bound(id: &[u8], session: &str) -> Vec<u8> {
    [id, &hash_of(session.as_bytes())].concat()
}
