//! The master key's file: read at every start, made once.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use service::{
    clock::{Draws, SystemRandom},
    master_key::{MalformedMasterKey, MasterKey},
};
use zeroize::Zeroizing;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// No file where there has to be one.
    #[error(
        "master key file {} is missing; restore it, or on a new database make one with `keyline master-key new`",
        .0.display()
    )]
    Missing(PathBuf),
    /// The file holds something else.
    #[error("master key file {}: {}", .0.display(), .1)]
    Malformed(PathBuf, MalformedMasterKey),
    /// There is a file already, and another key would make its database useless.
    #[error("master key file {} exists and is never overwritten", .0.display())]
    Exists(PathBuf),
    /// The file cannot be read or written.
    #[error("master key file {}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
}

/// Reads the master key.
///
/// # Errors
/// The file is missing, unreadable, or holds something else.
pub fn read(path: &Path) -> Result<MasterKey, MasterKeyError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(MasterKeyError::Missing(path.to_owned()));
        }
        Err(error) => return Err(MasterKeyError::Io(path.to_owned(), error)),
    };
    MasterKey::parse(&text).map_err(|error| MasterKeyError::Malformed(path.to_owned(), error))
}

/// Draws a master key and writes it to a new file that only its owner can read.
///
/// # Errors
/// The file exists or cannot be written.
pub fn create(path: &Path) -> Result<(), MasterKeyError> {
    write_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => MasterKeyError::Exists(path.to_owned()),
        _ => MasterKeyError::Io(path.to_owned(), error),
    })
}

/// The file appears whole or not at all, and first come wins: another process may start at the same time.
fn write_new(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let draft = directory.join(format!(".master-key-{}", std::process::id()));
    let written = write_draft(&draft).and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    written.and(removed)?;
    File::open(directory)?.sync_all()
}

fn write_draft(draft: &Path) -> io::Result<()> {
    let key = MasterKey::draw(&Draws(Arc::new(SystemRandom)));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(key.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_new_key_is_private_and_stays() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("data/master.key");
        create(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(create(&path), Err(MasterKeyError::Exists(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(read(&path).is_ok());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("master.key");
        assert!(matches!(read(&path), Err(MasterKeyError::Missing(_))));
        fs::write(&path, "secret").unwrap();
        assert!(matches!(read(&path), Err(MasterKeyError::Malformed(..))));
        assert!(matches!(read(directory.path()), Err(MasterKeyError::Io(..))));
    }
}
