//! A key's bitting: a small profile drawn from its public client id, so that people recognise a key
//! before they read its name.

use leptos::prelude::*;

/// Cuts in a mark.
const TEETH: u32 = 7;
/// How many depths a cut may have.
const DEPTHS: u64 = 5;

/// FNV-1a, 64 bits, its high bits folded in: the mark must not change between releases, and need
/// not resist an attacker.
fn fingerprint(client_id: &str) -> u64 {
    let hash = client_id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
}

/// The profile on a 28 by 12 grid: a straight back, and seven cuts of five depths.
fn profile(client_id: &str) -> String {
    let mut hash = fingerprint(client_id);
    let mut path = String::from("M0 12");
    for cut in 1..=TEETH {
        path.push_str(&format!("V{}H{}", 2 * (hash % DEPTHS), cut * 4));
        hash /= DEPTHS;
    }
    path.push_str("V12Z");
    path
}

/// The mark of the key `client_id`; empty when the page is to fill it in.
#[component]
pub fn KeyMark(
    /// Public identifier of the key.
    #[prop(into)]
    client_id: String,
) -> impl IntoView {
    let path = if client_id.is_empty() { String::new() } else { profile(&client_id) };
    view! { <svg class="mark" viewBox="0 0 28 12" aria-hidden="true" data-testid="key-mark"><path d=path /></svg> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_stable_and_its_own() {
        let one = profile("kl_ci_0123456789abcdefghijklmnop");
        assert_eq!(one, profile("kl_ci_0123456789abcdefghijklmnop"));
        assert_ne!(one, profile("kl_ci_0123456789abcdefghijklmnoq"));
    }
}
