//! Radio tiles: choices that say what each of them means before one is made.

use leptos::prelude::*;

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Value of the field.
    pub value: &'static str,
    /// "90 days".
    pub label: String,
    /// The resulting date, or what the choice means; nothing where the label says it all.
    pub detail: String,
    /// Whether it may be chosen.
    pub open: bool,
    /// The date it leads to, `YYYY-MM-DD`, where there is one: what a date of one's own begins with.
    pub day: Option<String>,
}

impl Tile {
    /// A choice that may be made.
    pub fn new(value: &'static str, label: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { value, label: label.into(), detail: detail.into(), open: true, day: None }
    }
}

/// The choices of one field.
#[component]
pub fn Tiles(
    /// Name of the field.
    name: &'static str,
    /// The choices, in order.
    tiles: Vec<Tile>,
    /// Value of the one that is made.
    chosen: String,
    /// Whether the details are sentences.
    #[prop(optional)]
    wide: bool,
) -> AnyView {
    let tiles = tiles
        .into_iter()
        .map(|tile| {
            let detail = Some(tile.detail).filter(|detail| !detail.is_empty());
            let detail = detail.map(|detail| view! { <span class="tile-detail">{detail}</span> });
            view! {
                <label class="tile">
                    <input
                        type="radio"
                        name=name
                        value=tile.value
                        checked=tile.value == chosen
                        disabled=!tile.open
                        data-day=tile.day
                        required
                    />
                    <span class="tile-label">{tile.label}</span>
                    {detail}
                </label>
            }
        })
        .collect_view();
    view! { <div class=if wide { "tiles wide" } else { "tiles" }>{tiles}</div> }.into_any()
}
