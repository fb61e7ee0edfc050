//! Cursors: a place in a list that a program asks for page by page. One is good only for the list it comes from, asked
//! for by the same organization, so that it can be neither made up nor carried over.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::id::UserId;

use crate::{
    Service,
    authority::{KeyManager, Reach},
};

const TAG_LENGTH: usize = 16;

impl Service {
    /// The text that stands for `place` in `list`, which names the list with its filters and its order.
    pub fn seal_cursor(&self, manager: &impl KeyManager, list: &str, place: &str) -> String {
        let tag = self.cursor_tag(manager, list, place);
        URL_SAFE_NO_PAD.encode([&tag[..], place.as_bytes()].concat())
    }

    /// The place in `list` that a cursor stands for; `None` when it was not made for this list.
    pub fn open_cursor(&self, manager: &impl KeyManager, list: &str, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, place) = bytes.split_at_checked(TAG_LENGTH)?;
        let place = std::str::from_utf8(place).ok()?;
        let expected = self.cursor_tag(manager, list, place);
        let fits = aws_lc_rs::constant_time::verify_slices_are_equal(&expected, tag).is_ok();
        fits.then(|| place.to_owned())
    }

    fn cursor_tag(&self, manager: &impl KeyManager, list: &str, place: &str) -> [u8; TAG_LENGTH] {
        let reach = manager.reach();
        let owner = match &reach {
            Reach::Organization => "",
            Reach::OwnedBy(user) => UserId::as_str(user),
        };
        let mut content = Vec::new();
        for part in [manager.organization().id.as_str(), owner, list, place] {
            content.extend((part.len() as u64).to_be_bytes());
            content.extend(part.as_bytes());
        }
        let tag = self.master_key().cursor_tag(&content);
        tag[..TAG_LENGTH].try_into().expect("half of a hash")
    }
}
