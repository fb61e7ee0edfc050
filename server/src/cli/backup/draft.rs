//! A file that appears whole or not at all, and never in the place of another.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};

use super::Failure;

/// An empty file that only its owner can read; removed when dropped.
pub(super) struct Draft(PathBuf);

impl Draft {
    /// Makes it beside the file that it is to become.
    pub(super) fn beside(file: &Path) -> Result<Self, Failure> {
        if file.exists() {
            return Err(exists(file));
        }
        let mut name = OsString::from(".");
        name.push(file.file_name().ok_or_else(|| Failure::refused(format!("{} names no file", file.display())))?);
        name.push(format!(".{}", std::process::id()));
        let path = directory_of(file).join(name);
        // Of a process of the same number that was cut off.
        remove(&path).with_context(|| path.display().to_string())?;
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        made.with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes sure that SQLite has left nothing in a log beside it.
    pub(super) fn check_whole(&self) -> Result<(), Failure> {
        let log = format!("{}-wal", self.0.display());
        if Path::new(&log).exists() { Err(anyhow!("{log} was not written back").into()) } else { Ok(()) }
    }

    /// Gives it its name, unless another file has that by now.
    pub(super) fn publish(self, file: &Path) -> Result<(), Failure> {
        let linked = File::open(&self.0).and_then(|draft| draft.sync_all()).and_then(|()| fs::hard_link(&self.0, file));
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(file)),
            result => result.with_context(|| file.display().to_string())?,
        }
        let synced = File::open(directory_of(file)).and_then(|directory| directory.sync_all());
        Ok(synced.with_context(|| file.display().to_string())?)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            tracing::warn!(file = %self.0.display(), %error, "a draft stays");
        }
    }
}

/// The directory that a file is in.
pub(super) fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes a file with what SQLite keeps beside it.
fn remove(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(format!("{}{suffix}", path.display())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn exists(file: &Path) -> Failure {
    Failure::refused(format!("{} exists and is never overwritten", file.display()))
}
