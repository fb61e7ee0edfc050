use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

/// Every setting, as text, as a person wrote it in one place: on the command line, in the environment
/// or in `keyline.toml`. The field's name is the name everywhere: `database_url` is
/// `--database-url` and `KEYLINE_DATABASE_URL`.
#[derive(Args, Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[command(next_help_heading = "Settings (also KEYLINE_… variables and lines of keyline.toml)")]
pub struct Settings {
    /// `sqlite:FILE` or `postgres://…`; one that holds a password is refused here [default: sqlite:{data}/keyline.db]
    #[arg(long, global = true, hide_short_help = true, value_name = "URL")]
    pub database_url: Option<String>,

    /// A file that holds the database URL
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub database_url_file: Option<String>,

    /// Where the master key and the SQLite file are [default: ./data]
    #[arg(long, global = true, hide_short_help = true, value_name = "DIR")]
    pub data_dir: Option<String>,

    /// The key that wraps all others [default: {data}/master.key]
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub master_key_file: Option<String>,

    /// Address of the console and the API [default: 127.0.0.1:3000]
    #[arg(long, global = true, hide_short_help = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,

    /// Address of /livez, /readyz and /metrics [default: 127.0.0.1:3001]
    #[arg(long, global = true, hide_short_help = true, value_name = "ADDRESS:PORT")]
    pub ops_listen: Option<String>,

    /// What people and clients type: issuer, links, origin check [default: http://localhost:{port}]
    #[arg(long, global = true, hide_short_help = true, value_name = "URL")]
    pub public_url: Option<String>,

    /// Audience of tokens for an organization's own APIs [default: urn:keyline:{organization slug}]
    #[arg(long, global = true, hide_short_help = true, value_name = "URI")]
    pub token_audience: Option<String>,

    /// What new signing keys sign with: ES256, RS256 or EdDSA [default: ES256]
    #[arg(long, global = true, hide_short_help = true, value_name = "ALGORITHM")]
    pub signing_algorithm: Option<String>,

    /// Proxies whose X-Forwarded-For counts, comma-separated: 10.0.0.0/8,::1/128 [default: none]
    #[arg(long, global = true, hide_short_help = true, value_name = "CIDRS")]
    pub trusted_proxies: Option<String>,

    /// First part of client ids and secrets, [a-z0-9]{2,8} [default: kl]
    #[arg(long, global = true, hide_short_help = true, value_name = "PREFIX")]
    pub key_prefix: Option<String>,

    /// Whom locked pages tell people to ask: an e-mail address, a URL, a name [default: none]
    #[arg(long, global = true, hide_short_help = true, value_name = "TEXT")]
    pub support_contact: Option<String>,

    /// Mail server, smtp://… or smtps://…; one that holds a password is refused here [default: none]
    #[arg(long, global = true, hide_short_help = true, value_name = "URL")]
    pub smtp_url: Option<String>,

    /// A file that holds the mail server's URL
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub smtp_url_file: Option<String>,

    /// Whom mail comes from: an e-mail address, with a name or without [default: keyline at the host of public_url]
    #[arg(long, global = true, hide_short_help = true, value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// Rows of the Activity Log are removed after this many days, 1 to 36500 [default: never]
    #[arg(long, global = true, hide_short_help = true, value_name = "DAYS")]
    pub activity_retention_days: Option<String>,

    /// A session ends after this many seconds without use, 60 to 604800 [default: 1800]
    #[arg(long, global = true, hide_short_help = true, value_name = "SECONDS")]
    pub session_idle_s: Option<String>,

    /// A session ends after this many seconds in any case, 60 to 2592000 [default: 43200]
    #[arg(long, global = true, hide_short_help = true, value_name = "SECONDS")]
    pub session_absolute_s: Option<String>,

    /// Connections open at once; more wait in the system's queue, 1 to 65535 [default: 1024]
    #[arg(long, global = true, hide_short_help = true, value_name = "N")]
    pub max_connections: Option<String>,

    /// After SIGTERM, go on accepting for this long so that a load balancer can turn away, 0 to 20 [default: 2]
    #[arg(long, global = true, hide_short_help = true, value_name = "SECONDS")]
    pub drain_window_s: Option<String>,
}

/// The part of the command line that configures the program.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// The settings file, also KEYLINE_CONFIG [default: ./keyline.toml if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The settings themselves.
    #[command(flatten)]
    pub settings: Settings,
}
