//! Where things lie.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    // Cargo sets it for `cargo run`, which `cargo xtask` is; asked at run time because one target
    // directory may serve several clones.
    let package = env::var_os("CARGO_MANIFEST_DIR").expect("started as `cargo xtask`");
    let package = PathBuf::from(package);
    package.parent().expect("xtask lies in the workspace").to_owned()
});

static TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
    let wanted = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    std::path::absolute(wanted).expect("the current directory exists")
});

/// The root of the workspace.
pub fn root() -> &'static Path {
    &ROOT
}

/// Cargo's target directory, `CARGO_TARGET_DIR` honoured.
pub fn target() -> &'static Path {
    &TARGET
}

/// What the server serves to browsers. In the workspace whatever the target directory is, because
/// `server/build.rs` must find it without being told.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// The built server: `debug` or `release`.
pub fn server(profile: &str) -> PathBuf {
    target().join(profile).join("keyline")
}
