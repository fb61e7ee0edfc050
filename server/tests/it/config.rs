//! Where settings come from, who wins, and what is refused.

use std::{ffi::OsString, fs};

use clap::Parser;
use server::config::{Config, ConfigError, Flags, Source, Sources};
use tempfile::TempDir;

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    flags: Flags,
}

/// A settings file in a directory of its own.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new(file: &str) -> Self {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("keyline.toml"), file).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    fn sources(&self, flags: &[&str], variables: &[(&str, &str)]) -> Result<Sources, ConfigError> {
        let file = self.path("keyline.toml");
        let arguments = ["keyline", "--config", &file].into_iter().chain(flags.iter().copied());
        let flags = CommandLine::try_parse_from(arguments).unwrap().flags;
        let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Sources::load(&flags, variables)
    }

    fn config(&self, flags: &[&str], variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_sources(&self.sources(flags, variables)?)
    }
}

fn refusal(file: &str, flags: &[&str], variables: &[(&str, &str)]) -> String {
    Place::new(file).config(flags, variables).unwrap_err().to_string()
}

#[test]
fn flags_win_over_environment_over_file_over_default() {
    let flag = "--key-prefix=flag";
    let variable = ("KEYLINE_KEY_PREFIX", "env");
    let line = "key_prefix = 'file'";
    let table: [(&str, &[_], &[_], &str); 7] = [
        ("", &[], &[], "kl"),
        (line, &[], &[], "file"),
        ("", &[], &[variable], "env"),
        ("", &[flag], &[], "flag"),
        (line, &[], &[variable], "env"),
        (line, &[flag], &[variable], "flag"),
        (line, &[], &[("KEYLINE_KEY_PREFIX", "")], "file"),
    ];
    for (file, flags, variables, expected) in table {
        let config = Place::new(file).config(flags, variables).unwrap();
        assert_eq!(config.key_prefix.as_str(), expected, "{file:?} {flags:?} {variables:?}");
    }
}

#[test]
fn defaults() {
    let config = Place::new("").config(&[], &[]).unwrap();
    insta::assert_json_snapshot!(config.effective(), @r#"
    {
      "activity_retention_days": null,
      "data_dir": "./data",
      "database_url": "sqlite:./data/keyline.db",
      "drain_window_s": 2,
      "key_prefix": "kl",
      "listen": "127.0.0.1:3000",
      "mail_from": null,
      "master_key_file": "./data/master.key",
      "max_connections": 1024,
      "ops_listen": "127.0.0.1:3001",
      "public_url": "http://localhost:3000",
      "session_absolute_s": 43200,
      "session_idle_s": 1800,
      "signing_algorithm": "ES256",
      "smtp_url": null,
      "support_contact": null,
      "token_audience": null,
      "trusted_proxies": []
    }
    "#);
}

#[test]
fn every_setting_can_stand_in_the_file() {
    let place = Place::new(
        r#"
        database_url = "postgres://keyline@db.example.com/keyline"
        data_dir = "/var/lib/keyline"
        master_key_file = "/run/secrets/master"
        listen = "[::]:8443"
        ops_listen = "127.0.0.1:9000"
        public_url = "https://keys.example.com:443/"
        signing_algorithm = "EdDSA"
        token_audience = "https://api.example.com"
        trusted_proxies = ["10.0.0.0/8", "::1"]
        key_prefix = "acme"
        support_contact = "it@example.com"
        smtp_url = "smtps://mailer:secret@mail.example.com"
        mail_from = "Keyline <keyline@example.com>"
        activity_retention_days = 365
        session_idle_s = 600
        session_absolute_s = 3600
        max_connections = 64
        drain_window_s = 5
        "#,
    );
    insta::assert_json_snapshot!(place.config(&[], &[]).unwrap().effective(), @r#"
    {
      "activity_retention_days": 365,
      "data_dir": "/var/lib/keyline",
      "database_url": "postgres://keyline@db.example.com/keyline",
      "drain_window_s": 5,
      "key_prefix": "acme",
      "listen": "[::]:8443",
      "mail_from": "Keyline <keyline@example.com>",
      "master_key_file": "/run/secrets/master",
      "max_connections": 64,
      "ops_listen": "127.0.0.1:9000",
      "public_url": "https://keys.example.com",
      "session_absolute_s": 3600,
      "session_idle_s": 600,
      "signing_algorithm": "EdDSA",
      "smtp_url": "smtps://mailer:****@mail.example.com",
      "support_contact": "it@example.com",
      "token_audience": "https://api.example.com",
      "trusted_proxies": [
        "10.0.0.0/8",
        "::1/128"
      ]
    }
    "#);
}

#[test]
fn data_dir_moves_what_lies_in_it() {
    let config = Place::new("").config(&["--data-dir", "/srv/k"], &[]).unwrap();
    assert_eq!(config.database.expose(), "sqlite:/srv/k/keyline.db");
    assert_eq!(config.master_key_file.to_str(), Some("/srv/k/master.key"));
}

#[test]
fn the_public_url_follows_the_port() {
    let config = Place::new("").config(&["--listen", "127.0.0.1:0"], &[]).unwrap();
    let bound = "127.0.0.1:41234".parse().unwrap();
    assert_eq!(config.public_url(bound).origin(), "http://localhost:41234");
}

#[test]
fn public_urls() {
    let public_url = |url: &str| Place::new("").config(&["--public-url", url], &[]).map(|config| config.public_url);
    for (url, origin, authority) in [
        ("https://keys.example.com", "https://keys.example.com", "keys.example.com"),
        ("https://Keys.Example.com:443/", "https://keys.example.com", "keys.example.com"),
        ("https://keys.example.com:8443", "https://keys.example.com:8443", "keys.example.com:8443"),
        ("http://localhost:3000", "http://localhost:3000", "localhost:3000"),
        ("http://127.0.0.2", "http://127.0.0.2", "127.0.0.2"),
        ("http://[::1]:3000", "http://[::1]:3000", "[::1]:3000"),
    ] {
        let accepted = public_url(url).unwrap().unwrap();
        assert_eq!((accepted.origin(), accepted.authority()), (origin, authority), "{url}");
    }
    for url in [
        "http://keys.example.com",
        "http://192.168.1.2:3000",
        "http://localhost.example.com",
        "https://keys.example.com/console",
        "https://keys.example.com/?a=b",
        "https://keys.example.com/#a",
        "https://ana@keys.example.com",
        "ftp://keys.example.com",
        "keys.example.com",
        " ",
    ] {
        let error = public_url(url).unwrap_err().to_string();
        assert!(error.starts_with("setting public_url (flag --public-url): "), "{url}: {error}");
    }
}

#[test]
fn a_refusal_names_the_setting_and_where_it_was_set() {
    let table = [
        ("listen", "localhost:3000"),
        ("ops_listen", "127.0.0.1:3000"),
        ("database_url", "mysql://localhost/keyline"),
        ("database_url", "sqlite::memory:"),
        ("database_url", "sqlite://keyline.db?mode=rwc"),
        ("trusted_proxies", "10.0.0.0/8,proxy"),
        ("key_prefix", "Kl"),
        ("key_prefix", "k"),
        ("key_prefix", "ninechars"),
        ("signing_algorithm", "HS256"),
        ("token_audience", "two words"),
        ("support_contact", "two\nlines"),
        ("smtp_url", "https://mail.example.com"),
        ("smtp_url", "smtp://"),
        ("smtp_url", "smtp://mail.example.com?tls=opportunistic"),
        ("smtp_url", "smtps://mail.example.com?tls=none"),
        ("smtp_url", "smtp://mailer:hunter2@mail.example.com?tls=none"),
        ("mail_from", "Keyline"),
        ("mail_from", "a@example.com, b@example.com"),
        ("session_idle_s", "30m"),
        ("session_idle_s", "86400"),
        ("session_absolute_s", "1"),
        ("max_connections", "0"),
        ("drain_window_s", "21"),
        ("activity_retention_days", "0"),
    ];
    for (name, value) in table {
        let variable = format!("KEYLINE_{}", name.to_uppercase());
        let error = refusal("", &[], &[(&variable, value)]);
        assert!(error.starts_with(&format!("setting {name} (environment {variable}): ")), "{error}");
    }
}

#[test]
fn a_mail_server_has_a_sender() {
    let sender = |file: &str| Place::new(file).config(&[], &[]).unwrap().mail.unwrap().from.to_string();
    let server = "smtp_url = 'smtp://localhost:2525'";
    assert_eq!(sender(server), "Keyline <keyline@localhost>");
    assert_eq!(sender(&format!("{server}\npublic_url = 'http://127.0.0.1:3000'")), "Keyline <keyline@localhost>");
    let of_company = "public_url = 'https://keys.example.com'";
    assert_eq!(sender(&format!("{server}\n{of_company}")), "Keyline <keyline@keys.example.com>");
    assert_eq!(sender(&format!("{server}\n{of_company}\nmail_from = 'it@example.com'")), "it@example.com");
    for url in
        ["smtp://mailer:secret@127.0.0.1", "smtp://[::1]:25", "smtp://mail.example.com?tls=none", "smtp://m.test"]
    {
        let file = format!("smtp_url = '{url}'\nmail_from = 'keyline@example.com'");
        assert!(Place::new(&file).config(&[], &[]).unwrap().mail.is_some(), "{url}");
    }
    assert!(Place::new("mail_from = 'keyline@example.com'").config(&[], &[]).unwrap().mail.is_none());
}

#[test]
fn a_database_may_be_behind_a_socket() {
    let config = Place::new("database_url = 'postgres:///keyline?host=/run/postgresql'").config(&[], &[]).unwrap();
    assert!(!config.database.is_sqlite());
    assert!(refusal("database_url = 'postgres:///keyline'", &[], &[]).contains("setting database_url"));
}

#[test]
fn an_unknown_line_of_the_file_is_refused() {
    let error = refusal("databse_url = 'sqlite:k.db'", &[], &[]);
    assert!(error.contains("unknown field `databse_url`"), "{error}");
}

#[test]
fn a_broken_file_is_not_quoted() {
    let error = refusal("database_url = 'postgres://k:hunter2@db/k", &[], &[]);
    assert!(error.contains("keyline.toml: it is not TOML") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_missing_file_is_refused_if_it_was_named() {
    let place = Place::new("");
    let missing = place.path("other.toml");
    let flags = CommandLine::try_parse_from(["keyline"]).unwrap().flags;
    let variables = [("KEYLINE_CONFIG".into(), OsString::from(&missing))];
    let error = Sources::load(&flags, variables).unwrap_err().to_string();
    assert_eq!(error, format!("settings file {missing}: there is no such file"));
}

#[test]
fn foreign_variables_are_left_alone() {
    let variables = [("KEYLINE_PORT", "tcp://10.0.0.1:3000"), ("KEYLINE_SERVICE_HOST", "10.0.0.1")];
    assert!(Place::new("").config(&[], &variables).is_ok());
}

const URL: &str = "postgres://keyline:hunter2@db.example.com/keyline?password=hunter3&sslmode=require";

#[test]
fn a_password_is_refused_as_a_flag_only() {
    let place = Place::new("");
    for flag in ["database-url", "smtp-url"] {
        let url = if flag == "smtp-url" { "smtp://k:hunter2@mail.example.com" } else { URL };
        let error = place.config(&[&format!("--{flag}"), url], &[]).unwrap_err();
        assert!(matches!(error, ConfigError::SecretOnCommandLine { .. }), "{error}");
        assert!(!error.to_string().contains("hunter"), "{error}");
    }
    assert!(place.config(&[], &[("KEYLINE_DATABASE_URL", URL)]).is_ok());
}

#[test]
fn a_password_is_used_and_never_shown() {
    let place = Place::new("");
    let file = place.path("url");
    fs::write(&file, format!("{URL}\n")).unwrap();
    let sources = place.sources(&[], &[("KEYLINE_DATABASE_URL_FILE", &file)]).unwrap();
    let config = Config::from_sources(&sources).unwrap();
    assert_eq!(config.database.expose(), URL);
    let shown = format!("{config:?} {} {}", config.database, serde_json::Value::from(config.effective()));
    assert!(shown.contains("keyline:****@db.example.com") && !shown.contains("hunter"), "{shown}");
    let source = sources.source("database_url_file");
    assert_eq!(source, Source::Variable("KEYLINE_DATABASE_URL_FILE".into()));
}

#[test]
fn a_url_and_its_file_are_one_setting() {
    let place = Place::new("database_url = 'sqlite:file.db'");
    let url_file = place.path("url");
    fs::write(&url_file, "sqlite:named.db").unwrap();
    let both = [("KEYLINE_DATABASE_URL", "sqlite:env.db"), ("KEYLINE_DATABASE_URL_FILE", &*url_file)];
    let config = place.config(&["--database-url-file", &url_file], &both[..1]).unwrap();
    assert_eq!(config.database.expose(), "sqlite:named.db");
    let error = place.config(&[], &both).unwrap_err().to_string();
    assert!(error.contains("database_url_file is set too"), "{error}");
}
