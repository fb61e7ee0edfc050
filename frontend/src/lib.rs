//! The WebAssembly entry point: the islands of [`app`] and nothing else.

use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by `boot.js`, before it brings the islands of the page to life.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
