//! Environments of an organization.

use super::number::plural;

/// The section's heading.
pub const HEADING: &str = "Environments";
/// What they are.
pub const ABOUT: &str = "Keys belong to one each. The slug stands in addresses and in every secret, so it never changes, and \
                         stays taken when its environment is retired.";
/// Changes a name.
pub const RENAME: &str = "Rename";
/// Takes one away.
pub const RETIRE: &str = "Retire…";

/// How many live keys are in one.
pub fn keys(count: u32) -> String {
    plural(count.into(), "key")
}

/// The form that makes one.
pub mod new {
    /// Its heading.
    pub const HEADING: &str = "Add an environment";
    /// Display name.
    pub const NAME: &str = "Name";
    /// What that is.
    pub const NAME_HINT: &str = "For people. It can be changed later.";
    /// Slug.
    pub const SLUG: &str = "Slug";
    /// What it may be.
    pub const SLUG_HINT: &str = "Lower-case letters and digits, at most 12. The word ci is reserved.";
    /// Does it.
    pub const SUBMIT: &str = "Add environment";
    /// The slug is taken.
    pub const SLUG_TAKEN: &str = "An environment has this slug, or had it before it was retired. Choose another.";

    /// There are as many as there may be.
    pub fn full(limit: u32) -> String {
        format!("{limit} of {limit} environments used. Retire one to add another.")
    }

    /// It was made.
    pub fn added(name: &str) -> String {
        format!("{name} was added.")
    }
}

/// The page that renames one.
pub mod rename {
    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Rename “{name}”")
    }

    /// Display name.
    pub const NAME: &str = "Name";

    /// What does not change.
    pub fn name_hint(slug: &str) -> String {
        format!("Its slug stays {slug}.")
    }

    /// Does it.
    pub const SUBMIT: &str = "Save changes";

    /// It was done.
    pub fn done(before: &str, name: &str) -> String {
        format!("{before} is now called {name}.")
    }
}

/// The page that takes one away.
pub mod retire {
    use super::plural;

    /// Heading.
    pub fn heading(name: &str) -> String {
        format!("Retire “{name}”?")
    }

    /// What it means, before the slug.
    pub const MEANS: &str = "It leaves the console for good, and no key can be created in it again. Its slug, ";
    /// After it.
    pub const MEANS_END: &str = ", stays taken. What happened in it stays in the Activity Log.";
    /// Does it.
    pub const SUBMIT: &str = "Retire environment";

    /// It was done.
    pub fn done(name: &str) -> String {
        format!("{name} was retired.")
    }

    /// There is no other.
    pub fn only_one(name: &str) -> String {
        format!("{name} is your only environment. Add another before you retire it.")
    }

    /// Live keys are in it.
    pub fn in_use(name: &str, live_keys: u32) -> String {
        let (verb, them) = if live_keys == 1 { ("is", "it") } else { ("are", "them") };
        format!(
            "{} {verb} in {name}. Suspended keys and personal credentials count too. Remove {them} or let {them} expire, \
             then retire the environment.",
            plural(live_keys.into(), "live key")
        )
    }
}
