//! A compiler for WebAssembly: the one in use if it has the target's standard library, rustup's
//! download of it, or Debian's compiler, which comes with the library's source.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{packages, process, project};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// How the browser build is compiled on this machine.
pub enum Toolchain {
    /// The toolchain in use has the target's standard library.
    Installed,
    /// Debian's compiler, with this linker; builds the standard library from source.
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// Finds a way to compile, installing what is missing where that is possible.
    ///
    /// # Errors
    /// When there is none; says what to install.
    pub fn choose() -> Result<Self> {
        if has_target()? {
            return Ok(Self::Installed);
        }
        if let Some(linker) = debian_linker() {
            return Ok(Self::Debian { linker });
        }
        if add_target() && has_target()? {
            return Ok(Self::Installed);
        }
        install_debian()?;
        let linker = debian_linker().context("no usable compiler among the packages just installed")?;
        Ok(Self::Debian { linker })
    }

    /// `cargo` with all that this way needs, ready for `build` and its arguments.
    ///
    /// # Errors
    /// When `PATH` cannot be composed.
    pub fn cargo_build(&self) -> Result<Command> {
        let mut cargo = match self {
            Self::Installed => process::cargo(),
            Self::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        cargo.current_dir(project::root()).arg("build").args(["--target", TARGET]);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", remap_home());
        if let Self::Debian { linker } = self {
            cargo
                .env("PATH", process::path_with("/usr/bin")?)
                .env("RUSTC", "/usr/bin/rustc")
                // For this command alone: build scripts of server crates probe it.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                .arg("-Zbuild-std=std,panic_abort");
        }
        Ok(cargo)
    }
}

/// Panic messages name source files; a browser need not learn whose home they lay in.
fn remap_home() -> OsString {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")))
        .unwrap_or_default();
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(home);
    flag.push("=cargo");
    flag
}

fn has_target() -> Result<bool> {
    let folder = process::output(Command::new("rustc").current_dir(project::root()).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    Ok(Path::new(folder.trim()).is_dir())
}

fn add_target() -> bool {
    if process::find(&["rustup"]).is_none() {
        return false;
    }
    println!("rustup target add {TARGET}");
    let added = process::output(Command::new("rustup").current_dir(project::root()).args(["target", "add", TARGET]));
    if let Err(error) = &added {
        println!("{error:#}\ntrying Debian's compiler instead");
    }
    added.is_ok()
}

/// The newest `wasm-ld`, when the compiler and the library's source are there too.
fn debian_linker() -> Option<PathBuf> {
    let source = Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
    let complete = source.exists() && Path::new("/usr/bin/cargo").exists() && Path::new("/usr/bin/rustc").exists();
    complete.then(newest_linker).flatten()
}

fn newest_linker() -> Option<PathBuf> {
    let programs = Path::new("/usr/bin").read_dir().ok()?;
    programs
        .flatten()
        .filter_map(|program| Some((version_after("wasm-ld-", program.file_name().to_str()?)?, program.path())))
        .max()
        .map(|(_, linker)| linker)
}

fn install_debian() -> Result<()> {
    if !packages::is_root()? || process::find(&["apt-get"]).is_none() {
        bail!(
            "building the browser part needs either `rustup target add {TARGET}` \
             or the Debian packages rustc-web, cargo-web, rust-web-src and the newest lld-N: please install one of them"
        );
    }
    let linkers = packages::named("lld-")?;
    let linker = linkers
        .iter()
        .filter_map(|name| Some((version_after("lld-", name)?, name)))
        .max()
        .map(|(_, name)| name.as_str())
        .context("the package index has no lld")?;
    packages::install("building the browser part", &["rustc-web", "cargo-web", "rust-web-src", linker])
}

fn version_after(prefix: &str, name: &str) -> Option<u32> {
    name.strip_prefix(prefix)?.parse().ok()
}
