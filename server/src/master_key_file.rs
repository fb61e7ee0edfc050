//! The master key's file: read at every start, made once.
//!
//! While another master key takes its place, that one lies beside it, as `{file}.new`: made first, then the database is
//! bound to it, then it is given the name. A process that finds the database bound to the one beside the file gives it the
//! name itself, so that a replacement which is cut off at any moment leaves a deployment that starts.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use service::{
    clock::{Draws, SystemRandom},
    master_key::{MalformedMasterKey, MasterKey},
    store::Hash,
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
    /// Neither the file nor the one beside it is the master key of the database.
    #[error("master key file {}: the master key is not the one this database belongs to", .0.display())]
    Foreign(PathBuf),
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

/// Reads the master key with this fingerprint, and ends a replacement that was cut off.
///
/// # Errors
/// There is none, or the files cannot be read or renamed.
pub fn read_fitting(path: &Path, fingerprint: Hash) -> Result<MasterKey, MasterKeyError> {
    let fits = |key: &MasterKey| key.fingerprint() == fingerprint;
    let present = read(path)?;
    if fits(&present) {
        return Ok(present);
    }
    let replacement = Replacement::begin(path)?;
    // Another process may have ended it meanwhile.
    let present = read(path)?;
    if fits(&present) {
        return Ok(present);
    }
    match read(&replacement.beside) {
        Ok(successor) if fits(&successor) => replacement.end().map(|_| successor),
        Ok(_) | Err(MasterKeyError::Missing(_)) => Err(MasterKeyError::Foreign(path.to_owned())),
        Err(error) => Err(error),
    }
}

/// The right to replace a master key, which one process has at a time.
pub struct Replacement {
    path: PathBuf,
    beside: PathBuf,
    directory: File,
}

impl Replacement {
    /// Waits until no other process replaces this master key.
    ///
    /// # Errors
    /// The directory cannot be locked.
    pub fn begin(path: &Path) -> Result<Self, MasterKeyError> {
        let locked = File::open(directory_of(path)).and_then(|directory| directory.lock().map(|()| directory));
        let directory = locked.map_err(|error| MasterKeyError::Io(path.to_owned(), error))?;
        Ok(Self { path: path.to_owned(), beside: beside(path), directory })
    }

    /// The master key that is to be replaced.
    ///
    /// # Errors
    /// As [`read`].
    pub fn present(&self) -> Result<MasterKey, MasterKeyError> {
        read(&self.path)
    }

    /// The master key beside it; a new one, unless somebody has put one there or an earlier replacement was cut off.
    ///
    /// # Errors
    /// It cannot be read or made.
    pub fn successor(&self) -> Result<MasterKey, MasterKeyError> {
        match create(&self.beside) {
            Ok(()) | Err(MasterKeyError::Exists(_)) => read(&self.beside),
            Err(error) => Err(error),
        }
    }

    /// Gives the successor the name, and the former master key another, which is returned. Not before the database
    /// belongs to the successor.
    ///
    /// # Errors
    /// The files cannot be renamed.
    pub fn end(&self) -> Result<PathBuf, MasterKeyError> {
        let fingerprint = self.present()?.fingerprint();
        let telling: String = fingerprint[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        let former = with_suffix(&self.path, &format!(".{telling}"));
        let kept = match fs::hard_link(&self.path, &former) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        };
        let renamed = kept.and_then(|()| fs::rename(&self.beside, &self.path)).and_then(|()| self.directory.sync_all());
        renamed.map(|()| former).map_err(|error| MasterKeyError::Io(self.path.clone(), error))
    }
}

fn beside(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
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
    let directory = directory_of(path);
    fs::create_dir_all(directory)?;
    let draws = Draws(Arc::new(SystemRandom));
    // Not the process id, which is the same in every container.
    let draft = directory.join(format!(".master-key-{:032x}", draws.u128()));
    let written = write_draft(&draft, &draws).and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    written.and(removed)?;
    File::open(directory)?.sync_all()
}

fn write_draft(draft: &Path, draws: &Draws) -> io::Result<()> {
    let key = MasterKey::draw(draws);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
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
    fn a_replacement_that_was_cut_off_is_ended() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("master.key");
        create(&path).unwrap();
        let former = read(&path).unwrap().fingerprint();
        let successor = Replacement::begin(&path).unwrap().successor().unwrap().fingerprint();
        assert_eq!(read_fitting(&path, former).unwrap().fingerprint(), former, "the database is not bound yet");
        assert!(matches!(read_fitting(&path, [0; 32]), Err(MasterKeyError::Foreign(_))));
        let again = Replacement::begin(&path).unwrap().successor().unwrap();
        assert_eq!(again.fingerprint(), successor, "it is drawn once");
        assert_eq!(read_fitting(&path, successor).unwrap().fingerprint(), successor);
        assert_eq!(read(&path).unwrap().fingerprint(), successor);
        let names = fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path());
        let kept: Vec<_> = names.filter(|name| *name != path).collect();
        assert_eq!(kept.len(), 1);
        assert_eq!(read(&kept[0]).unwrap().fingerprint(), former);
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
