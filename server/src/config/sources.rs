use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command};

use super::{ConfigError, Flags, Reason, SecretUrl, Settings};

const PREFIX: &str = "KEYLINE_";
const DEFAULT_FILE: &str = "keyline.toml";

/// The settings of one place, by name.
type Layer = BTreeMap<String, String>;

/// Where the value in force was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag, with its dashes.
    Flag(String),
    /// An environment variable.
    Variable(String),
    /// A line of the settings file.
    File(PathBuf),
    /// Nowhere.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Variable(variable) => write!(f, "environment {variable}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What each place says, before anything is checked.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    flags: Layer,
    environment: Layer,
    file: Layer,
    file_path: PathBuf,
}

impl Sources {
    /// Reads the flags, the variables and the settings file that they name.
    ///
    /// # Errors
    ///
    /// The file is missing although it was named, is not TOML, or holds an unknown setting; or a
    /// variable is not UTF-8.
    pub fn load(flags: &Flags, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, ConfigError> {
        let mut environment = environment(variables)?;
        let named = flags.config.clone().or_else(|| environment.remove("config").map(PathBuf::from));
        let file = match &named {
            Some(path) => read_file(path)?,
            None if Path::new(DEFAULT_FILE).exists() => read_file(Path::new(DEFAULT_FILE))?,
            None => Layer::new(),
        };
        Ok(Self {
            flags: layer(&flags.settings),
            environment,
            file,
            file_path: named.unwrap_or_else(|| DEFAULT_FILE.into()),
        })
    }

    /// Where the value of a setting comes from.
    #[must_use]
    pub fn source(&self, name: &str) -> Source {
        self.find(name).map_or(Source::Default, |(_, source)| source)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, ConfigError> {
        self.parse(name, |text| Ok(text.to_owned()))
    }

    pub(super) fn parse<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Result<Option<T>, ConfigError> {
        let Some((value, source_of)) = self.find(name) else {
            return Ok(None);
        };
        let parsed = if value.trim().is_empty() {
            Err(Reason::new("it is empty", "give it a value or leave it out"))
        } else {
            parse(value.trim())
        };
        parsed.map(Some).map_err(|reason| ConfigError::Setting { name: name.to_owned(), source_of, reason })
    }

    /// A URL that may stand in a file of its own, named by the setting `{name}_file`. The two are one
    /// setting: the place that wins may use either.
    pub(super) fn secret_url(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<SecretUrl, Reason>,
    ) -> Result<Option<SecretUrl>, ConfigError> {
        let in_file = format!("{name}_file");
        let Some(layer) =
            self.layers().into_iter().find(|layer| layer.contains_key(name) || layer.contains_key(&in_file))
        else {
            return Ok(None);
        };
        if !layer.contains_key(&in_file) {
            let url = self.parse(name, parse)?;
            return match url {
                Some(url) if url.has_password() && self.flags.contains_key(name) => Err(secret_on_command_line(name)),
                url => Ok(url),
            };
        }
        if layer.contains_key(name) {
            let reason = Reason::new(format!("{in_file} is set too"), "keep one of the two");
            return Err(self.refuse(name, reason));
        }
        self.parse(&in_file, |path| {
            let text = fs::read_to_string(path)
                .map_err(|error| Reason::new(format!("{path} cannot be read: {error}"), "name a readable file"))?;
            parse(text.trim())
        })
    }

    pub(super) fn refuse(&self, name: &str, reason: Reason) -> ConfigError {
        ConfigError::Setting { name: name.to_owned(), source_of: self.source(name), reason }
    }

    /// In order of who wins.
    fn layers(&self) -> [&Layer; 3] {
        [&self.flags, &self.environment, &self.file]
    }

    fn find(&self, name: &str) -> Option<(&str, Source)> {
        let source = [Source::Flag(flag(name)), Source::Variable(variable(name)), Source::File(self.file_path.clone())];
        self.layers().into_iter().zip(source).find_map(|(layer, source)| Some((layer.get(name)?.as_str(), source)))
    }
}

fn secret_on_command_line(name: &str) -> ConfigError {
    ConfigError::SecretOnCommandLine { flag: flag(name).trim_start_matches('-').to_owned(), variable: variable(name) }
}

fn flag(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_ascii_uppercase())
}

/// The names of all settings, from the one struct that lists them.
fn names() -> Vec<String> {
    Settings::augment_args(Command::new("")).get_arguments().map(|argument| argument.get_id().to_string()).collect()
}

/// Variables that start with our prefix and name no setting are not ours: Kubernetes makes such ones
/// for every service of that name.
fn environment(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Layer, ConfigError> {
    let ours: BTreeMap<_, _> = names().into_iter().chain(["config".to_owned()]).map(|n| (variable(&n), n)).collect();
    let mut layer = Layer::new();
    for (variable, value) in variables {
        let Some(name) = variable.to_str().and_then(|variable| ours.get(variable)) else {
            continue;
        };
        let value = value.into_string().map_err(|_| ConfigError::Setting {
            source_of: Source::Variable(variable.to_string_lossy().into_owned()),
            name: name.clone(),
            reason: Reason::new("it is not UTF-8", "write it in UTF-8"),
        })?;
        if !value.is_empty() {
            layer.insert(name.clone(), value);
        }
    }
    Ok(layer)
}

fn read_file(path: &Path) -> Result<Layer, ConfigError> {
    let refuse = |problem: String| ConfigError::File { path: path.to_owned(), problem };
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => refuse("there is no such file".to_owned()),
        _ => refuse(format!("it cannot be read: {error}")),
    })?;
    // Not the whole error: it quotes the line, which may hold a password.
    let table: toml::Table =
        toml::from_str(&text).map_err(|error| refuse(format!("it is not TOML: {}", error.message())))?;
    let is_empty = |value: &toml::Value| value.as_array().is_some_and(Vec::is_empty);
    let table = table
        .into_iter()
        .filter(|(_, value)| !is_empty(value))
        .map(|(name, value)| Ok((name.clone(), as_text(&name, value)?)));
    let table = table.collect::<Result<toml::Table, String>>().map_err(&refuse)?;
    let settings: Settings = table.try_into().map_err(|error| refuse(error.message().to_owned()))?;
    Ok(layer(&settings))
}

/// The file may use TOML's own numbers and lists.
fn as_text(name: &str, value: toml::Value) -> Result<toml::Value, String> {
    let text = match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Array(parts) => parts
            .into_iter()
            .map(|part| match part {
                toml::Value::String(text) => Ok(text),
                _ => Err(format!("{name} is a list of something else than texts")),
            })
            .collect::<Result<Vec<_>, _>>()?
            .join(","),
        _ => return Err(format!("{name} is neither a text nor a number nor a list")),
    };
    Ok(toml::Value::String(text))
}

fn layer(settings: &Settings) -> Layer {
    let fields = serde_json::to_value(settings).expect("a struct of texts is a JSON object");
    serde_json::from_value::<BTreeMap<String, Option<String>>>(fields)
        .expect("its members are texts or null")
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
