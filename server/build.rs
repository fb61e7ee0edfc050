//! Tells the compiler where the site for browsers lies. `cargo xtask build` fills it; without that
//! it is empty, so that a fresh clone compiles.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the server lies in the workspace");
    let site = workspace.join("target/site");
    fs::create_dir_all(&site)?;
    println!("cargo:rustc-env=KEYLINE_SITE_DIR={}", site.display());
    // A release binary holds the site; a debug one reads it from the disk at run time.
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo:rerun-if-changed={}", if release { site.as_path() } else { Path::new("build.rs") }.display());
    Ok(())
}
