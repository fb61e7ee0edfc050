//! Small line icons. Each is decoration beside a word, so screen readers skip it.

use leptos::prelude::*;

/// What an icon draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Points down: a menu opens here.
    Chevron,
    /// Three dots: actions of a row.
    Dots,
    /// Works.
    Tick,
    /// Stopped for a while.
    Pause,
    /// A deadline.
    Clock,
    /// Ended.
    Cross,
    /// Something is wrong or is about to be.
    Warning,
    /// Points to the beginning: back.
    Back,
    /// Two secrets in turn.
    Cycle,
    /// Look for something.
    Search,
    /// Three lines: the sections, where they have no room.
    Lines,
}

impl Shape {
    /// Path on a 12 by 12 grid, stroked.
    fn path(self) -> &'static str {
        match self {
            Self::Chevron => "M3 4.5l3 3 3-3",
            Self::Dots => "M2 6h.01M6 6h.01M10 6h.01",
            Self::Tick => "M2.5 6.5l2.5 2.5 4.5-5.5",
            Self::Pause => "M4 2.5v7M8 2.5v7",
            Self::Clock => "M6 1.5a4.5 4.5 0 1 0 .01 0M6 3.5V6l1.8 1.2",
            Self::Cross => "M3 3l6 6M9 3l-6 6",
            Self::Warning => "M6 1.5l5 9H1zM6 5v2.5M6 9h.01",
            Self::Search => "M5.2 1.8a3.4 3.4 0 1 0 .01 0M7.8 7.8l2.7 2.7",
            Self::Lines => "M1.5 2.5h9M1.5 6h9M1.5 9.5h9",
            Self::Back => "M7.5 3l-3 3 3 3",
            Self::Cycle => "M2 5a4 4 0 0 1 7.2-1.6M10 7a4 4 0 0 1-7.2 1.6M9.5 1.2v2.3H7.2M2.5 10.8V8.5h2.3",
        }
    }
}

/// An icon in the colour of the text around it.
#[component]
pub fn Icon(
    /// What it draws.
    shape: Shape,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 12 12" aria-hidden="true"><path d=shape.path() /></svg> }
}
