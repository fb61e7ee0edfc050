//! Files for the browser: named by their content, so that they can be cached for ever, and
//! compressed once here instead of at every request.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

const FOLDER: &str = "pkg";

/// Formats that are compressed already.
const COMPRESSED: &[&str] = &["woff2", "png", "webp", "avif", "jpg"];

/// A site being written. `manifest.json` maps the plain name of every file to its path.
pub struct Assets {
    site: PathBuf,
    manifest: BTreeMap<String, String>,
    written: BTreeSet<PathBuf>,
}

impl Assets {
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(site: PathBuf) -> Result<Self> {
        fs::create_dir_all(site.join(FOLDER))?;
        Ok(Self { site, manifest: BTreeMap::new(), written: BTreeSet::new() })
    }

    /// Adds a file under its plain name, with its `.br` and `.gz`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let (stem, extension) = name.rsplit_once('.').with_context(|| format!("{name} has no extension"))?;
        let path = format!("{FOLDER}/{stem}.{}.{extension}", content_hash(bytes));
        self.write(self.site.join(&path), || Ok(bytes.to_vec()))?;
        if !COMPRESSED.contains(&extension) {
            self.write(self.site.join(format!("{path}.br")), || brotli(bytes))?;
            self.write(self.site.join(format!("{path}.gz")), || gzip(bytes))?;
        }
        self.manifest.insert(name.to_owned(), path);
        Ok(())
    }

    /// Replaces every `{{name}}` by the URL of the file added under that name.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn with_urls(&self, text: &str) -> Result<String> {
        let text = self
            .manifest
            .iter()
            .fold(text.to_owned(), |text, (name, path)| text.replace(&format!("{{{{{name}}}}}"), &format!("/{path}")));
        let unknown = text.split_once("{{").and_then(|(_, rest)| rest.split_once("}}"));
        ensure!(unknown.is_none(), "no file of the site is called {}", unknown.unwrap_or_default().0);
        Ok(text)
    }

    /// Removes what earlier builds left and writes the manifest. Touches nothing when nothing
    /// changed, so that cargo sees no change either.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    pub fn finish(self) -> Result<()> {
        for entry in fs::read_dir(self.site.join(FOLDER))? {
            let path = entry?.path();
            if !self.written.contains(&path) {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
        }
        let path = self.site.join("manifest.json");
        let manifest = serde_json::to_vec_pretty(&self.manifest)?;
        if fs::read(&path).ok().as_ref() != Some(&manifest) {
            replace(&path, &manifest)?;
        }
        Ok(())
    }

    /// Names carry the content's hash: a file that is there is right.
    fn write(&mut self, path: PathBuf, bytes: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        if !path.exists() {
            replace(&path, &bytes()?)?;
        }
        self.written.insert(path);
        Ok(())
    }
}

/// The paths of the files of a finished site by plain name.
///
/// # Errors
/// When the site has not been built.
pub fn manifest(site: &Path) -> Result<BTreeMap<String, String>> {
    let path = site.join("manifest.json");
    let text = fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_slice(&text)?)
}

/// 64 bits of SHA-256: enough that two versions of a file never share a name.
pub fn content_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Never leaves half a file behind.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    fs::write(&partial, bytes).with_context(|| path.display().to_string())?;
    Ok(fs::rename(&partial, path)?)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(site: &Path, files: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut assets = Assets::open(site.to_owned()).unwrap();
        for (name, content) in files {
            assets.add(name, content.as_bytes()).unwrap();
        }
        assets.finish().unwrap();
        manifest(site).unwrap()
    }

    fn files(site: &Path) -> usize {
        fs::read_dir(site.join(FOLDER)).unwrap().count()
    }

    #[test]
    fn a_new_version_replaces_the_old_one() {
        let site = tempfile::tempdir().unwrap();
        let first = written(site.path(), &[("main.css", "a{}"), ("photo.png", "")]);
        assert_eq!(files(site.path()), 4);
        let second = written(site.path(), &[("main.css", "b{}")]);
        assert_eq!(files(site.path()), 3);
        assert_ne!(first["main.css"], second["main.css"]);
    }

    #[test]
    fn the_same_version_is_not_written_again() {
        let site = tempfile::tempdir().unwrap();
        written(site.path(), &[("main.css", "a{}")]);
        let changed = |path: &Path| path.metadata().unwrap().modified().unwrap();
        let before = (changed(&site.path().join("manifest.json")), changed(&site.path().join(FOLDER)));
        written(site.path(), &[("main.css", "a{}")]);
        let after = (changed(&site.path().join("manifest.json")), changed(&site.path().join(FOLDER)));
        assert_eq!(before, after);
    }

    #[test]
    fn urls_are_filled_in_and_unknown_names_refused() {
        let site = tempfile::tempdir().unwrap();
        let mut assets = Assets::open(site.path().to_owned()).unwrap();
        assets.add("a.js", b"").unwrap();
        assert_eq!(assets.with_urls("import '{{a.js}}'").unwrap(), "import '/pkg/a.e3b0c44298fc1c14.js'");
        assert!(assets.with_urls("url({{gone.woff2}})").is_err());
    }
}
