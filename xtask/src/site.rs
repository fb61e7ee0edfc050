//! `target/site`: what the server serves to browsers.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::assets::Assets;
use crate::{css, node, project, wasm};

/// Scripts of ours; one imports only those before it.
const SCRIPTS: [&str; 2] = ["session.js", "boot.js"];

/// Builds the site. `optimised` takes longer and gives what is deployed.
///
/// # Errors
/// When any part does not build.
pub fn build(optimised: bool) -> Result<()> {
    node::install()?;
    let module = wasm::build(optimised)?;
    println!("site: style sheet, scripts, compression");
    let mut assets = Assets::open(project::site())?;
    add_static_files(&mut assets)?;
    assets.add("keyline.wasm", &module.wasm)?;
    assets.add("keyline.js", &module.js)?;
    for script in SCRIPTS {
        let path = project::root().join("frontend").join(script);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let minified = minified(&assets.with_urls(&text)?).with_context(|| path.display().to_string())?;
        assets.add(script, &minified)?;
    }
    assets.add("main.css", assets.with_urls(&css::bundle()?)?.as_bytes())?;
    assets.finish()
}

fn add_static_files(assets: &mut Assets) -> Result<()> {
    for entry in fs::read_dir(project::root().join("frontend/static")).context("frontend/static")? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("file names are UTF-8")?;
        assets.add(name, &fs::read(&path)?)?;
    }
    Ok(())
}

fn minified(script: &str) -> Result<Vec<u8>> {
    let mut esbuild = node::program("esbuild")
        .args(["--minify", "--format=esm", "--target=es2022", "--loader=js", "--log-level=warning"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start esbuild")?;
    let mut input = esbuild.stdin.take().expect("standard input is piped");
    input.write_all(script.as_bytes())?;
    drop(input);
    let output = esbuild.wait_with_output()?;
    ensure!(output.status.success(), "esbuild refuses it");
    Ok(output.stdout)
}
