//! Which crate may know which: the direction of dependencies, kept by a check.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::process;
use crate::toolchain::TARGET;

/// What a crate must never see.
struct Rule {
    /// The crate and the features it is looked at with.
    package: &'static [&'static str],
    /// `all`: not even through another crate. `1`: not in its own manifest.
    depth: &'static str,
    forbidden: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        package: &["domain", "--all-features"],
        depth: "all",
        forbidden: &["sqlx", "axum", "tokio", "leptos", "store", "service", "app"],
    },
    Rule { package: &["store"], depth: "all", forbidden: &["axum", "leptos", "service", "app"] },
    Rule { package: &["service"], depth: "all", forbidden: &["axum", "leptos", "app"] },
    Rule { package: &["service"], depth: "1", forbidden: &["sqlx"] },
    Rule { package: &["app", "--features", "ssr"], depth: "1", forbidden: &["sqlx", "store", "server"] },
    // The browser build: of our own crates it holds app and domain.
    Rule {
        package: &["frontend", "--target", TARGET],
        depth: "all",
        forbidden: &["service", "store", "server", "sqlx", "axum", "tokio"],
    },
];

/// Asks `cargo tree` for every rule.
///
/// # Errors
/// When a rule is broken; names all that are.
pub fn check() -> Result<()> {
    let mut broken = Vec::new();
    for Rule { package, depth, forbidden } in RULES {
        let seen = seen(package, depth)?;
        println!("{} sees {} crates (depth {depth})", package[0], seen.len() - 1);
        let wrong = forbidden.iter().filter(|name| seen.contains(**name));
        broken.extend(wrong.map(|name| format!("{} must not depend on {name}", package[0])));
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

fn seen(package: &[&str], depth: &str) -> Result<BTreeSet<String>> {
    let mut tree = process::cargo();
    tree.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package"]).args(package);
    if depth != "all" {
        tree.args(["--depth", depth]);
    }
    let tree = process::output(&mut tree)?;
    Ok(tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}
