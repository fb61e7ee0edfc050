//! The browser part: Rust → WebAssembly → bindings → optimised.

use std::path::{Path, PathBuf};
use std::{fs, mem};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::{Bindgen, Output};

use crate::assets::content_hash;
use crate::toolchain::{TARGET, Toolchain};
use crate::{node, process, project};

const PROFILE: &str = "wasm-release";

/// Smallest code, with the features of WebAssembly that rustc uses by default.
const WASM_OPT: &[&str] = &[
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
];

/// A WebAssembly module and the JavaScript that loads it.
pub struct Module {
    pub wasm: Vec<u8>,
    pub js: Vec<u8>,
}

/// Compiles the browser part. `optimised` adds the slow last step, wasm-opt.
///
/// # Errors
/// When a compiler is missing or any step fails.
pub fn build(optimised: bool) -> Result<Module> {
    let compiled = compile()?;
    let folder = project::target().join("front").join(if optimised { "optimised" } else { "plain" });
    let input = fs::read(&compiled).with_context(|| compiled.display().to_string())?;
    let stamp = content_hash(&[&input, WASM_OPT.concat().as_bytes()].concat());
    if fs::read_to_string(folder.join("stamp")).ok().as_ref() != Some(&stamp) {
        bind(&compiled, &folder, optimised)?;
        fs::write(folder.join("stamp"), stamp)?;
    }
    Ok(Module { wasm: fs::read(folder.join("keyline.wasm"))?, js: fs::read(folder.join("keyline.js"))? })
}

fn compile() -> Result<PathBuf> {
    println!("browser part: compiling");
    // A target directory of its own: the compiler may be another one than the server's.
    let target = project::target().join("front");
    process::run(
        Toolchain::choose()?
            .cargo_build()?
            .args(["--package", "frontend", "--profile", PROFILE, "--target-dir"])
            .arg(&target),
    )?;
    Ok(target.join(TARGET).join(PROFILE).join("frontend.wasm"))
}

fn bind(compiled: &Path, folder: &Path, optimised: bool) -> Result<()> {
    println!("browser part: bindings");
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut bindings = Bindgen::new()
        .input_path(compiled)
        .out_name("bindings")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    let renamed = shorten_imports(&mut bindings);
    bindings.emit(folder)?;
    let js = folder.join("bindings.js");
    fs::write(&js, with_short_imports(fs::read_to_string(&js)?, &renamed)?)?;
    // Bundling takes the snippets in that bindings may import.
    process::run(
        node::program("esbuild")
            .arg(js)
            .args(["--bundle", "--format=esm", "--minify", "--target=es2022", "--log-level=warning"])
            .arg(format!("--outfile={}", folder.join("keyline.js").display())),
    )?;
    let (bound, finished) = (folder.join("bindings_bg.wasm"), folder.join("keyline.wasm"));
    if optimised {
        println!("browser part: wasm-opt");
        process::run(node::program("wasm-opt").args(WASM_OPT).arg(bound).arg("-o").arg(finished))
    } else {
        fs::rename(bound, finished)?;
        Ok(())
    }
}

/// Every import's name ends in a hash, which no compression shrinks: a third of the JavaScript.
fn shorten_imports(bindings: &mut Output) -> Vec<(String, String)> {
    let imports = bindings.wasm_mut().imports.iter_mut().enumerate();
    imports
        .map(|(number, import)| {
            let short = format!("i{number}");
            (mem::replace(&mut import.name, short.clone()), short)
        })
        .collect()
}

/// Gives the members of the object that the module imports from the same short names.
fn with_short_imports(js: String, renamed: &[(String, String)]) -> Result<String> {
    renamed.iter().try_fold(js, |js, (long, short)| {
        let member = format!(" {long}: ");
        ensure!(js.matches(&member).count() == 1, "the bindings do not provide {long} once");
        Ok(js.replace(&member, &format!(" {short}: ")))
    })
}
