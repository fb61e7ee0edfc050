use std::{borrow::Cow, fmt, path::PathBuf};

use super::sources::Source;

/// Why a value does not do, and what would. Never quotes the value: it may be a secret in the wrong
/// place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    problem: Cow<'static, str>,
    advice: Cow<'static, str>,
}

impl Reason {
    /// `problem` reads on after "…:" and `advice` after ";".
    pub fn new(problem: impl Into<Cow<'static, str>>, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { problem: problem.into(), advice: advice.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem, self.advice)
    }
}

/// A configuration nobody can start with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// One setting is wrong.
    #[error("setting {name} ({source_of}): {reason}")]
    Setting {
        /// Its name, as in `keyline.toml`.
        name: String,
        /// Where it was set.
        source_of: Source,
        /// What is wrong and what to do.
        reason: Reason,
    },
    /// Sample data belongs on this machine alone.
    #[error("--demo: {0}")]
    Demo(&'static str),
    /// The database's driver cannot use the URL.
    #[error("setting database_url: {0}")]
    Database(String),
    /// A secret stood on the command line, where every user of the machine can read it.
    #[error(
        "--{flag} holds a password, and every user of this machine can read command lines; \
         put the URL into a file and name it with --{flag}-file or {variable}_FILE"
    )]
    SecretOnCommandLine {
        /// The flag without its dashes.
        flag: String,
        /// The environment variable of the same setting.
        variable: String,
    },
    /// The settings file cannot be read.
    #[error("settings file {}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line where there is one.
        problem: String,
    },
}
