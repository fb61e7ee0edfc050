//! PostgreSQL's own programs: `pg_dump` and `pg_restore`. The password goes to them in the environment, never as an
//! argument that other users of the machine can see.

use std::{
    io,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, anyhow};
use store::Hash;
use url::Url;

use super::Failure;
use crate::config::SecretUrl;

/// Parameters of the address that these programs know too.
const PARAMETERS: [&str; 8] =
    ["host", "port", "user", "sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"];

/// Writes the whole database, as it is at one moment, into `file`.
pub(super) async fn dump(database: &SecretUrl, file: &Path) -> Result<(), Failure> {
    let mut command = connecting("pg_dump", database.expose())?;
    command.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(file);
    run(command).await.map(drop)
}

/// Reads a file that [`dump`] has written into an empty database: all of it or nothing.
pub(super) async fn load(database: &SecretUrl, file: &Path) -> Result<(), Failure> {
    let mut command = connecting("pg_restore", database.expose())?;
    command.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]).arg(file);
    run(command).await.map(drop)
}

/// Fingerprint of the master key that the database in `file` belongs to; `None` when it is none of Keyline's.
pub(super) async fn fingerprint_in(file: &Path) -> Result<Option<Hash>, Failure> {
    let mut command = Command::new("pg_restore");
    command.args(["--data-only", "--table=deployment", "--file=-"]).arg(file);
    Ok(match run(command).await {
        Ok(output) => fingerprint(&String::from_utf8_lossy(&output.stdout)),
        Err(Failure::Refused(_)) => None,
        Err(error) => return Err(error),
    })
}

fn connecting(program: &str, address: &str) -> Result<Command, Failure> {
    let mut url = Url::parse(address).context("the database address")?;
    let mut password = url.password().map(percent_decoded);
    if password.is_some() {
        url.set_password(None).map_err(|()| anyhow!("the database address has no host"))?;
    }
    let parameters: Vec<_> = url.query_pairs().into_owned().collect();
    url.set_query(None);
    for (name, value) in parameters {
        if name == "password" {
            password = Some(value);
        } else if PARAMETERS.contains(&name.as_str()) {
            url.query_pairs_mut().append_pair(&name, &value);
        }
    }
    let mut command = Command::new(program);
    command.arg("--no-password").arg(format!("--dbname={url}"));
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    Ok(command)
}

fn percent_decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn run(mut command: Command) -> Result<Output, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = tokio::task::spawn_blocking(move || command.output()).await.context("a thread")?;
    let output = match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(anyhow!(
                "{program} is not on PATH; install PostgreSQL's client programs, of the server's version or a newer one"
            )
            .into());
        }
        result => result.with_context(|| program.clone())?,
    };
    if output.status.success() {
        return Ok(output);
    }
    Err(Failure::refused(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim())))
}

/// Reads the one row of the table `deployment` as `pg_restore` writes it: a line of columns, then one of values.
fn fingerprint(sql: &str) -> Option<Hash> {
    let mut lines = sql.lines().skip_while(|line| !line.starts_with("COPY "));
    let (_, columns) = lines.next()?.split_once('(')?;
    let (columns, _) = columns.split_once(')')?;
    let place = columns.split(", ").position(|column| column == "master_key_fingerprint")?;
    let digits = lines.next()?.split('\t').nth(place)?.strip_prefix(r"\\x")?;
    let bytes: Option<Vec<u8>> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_found_in_a_dump() {
        let digits = "0a".repeat(32);
        let dump = |value: &str| {
            format!("SET x = 1;\nCOPY public.deployment (id, master_key_fingerprint, y) FROM stdin;\n1\t{value}\t5\n")
        };
        assert_eq!(fingerprint(&dump(&format!(r"\\x{digits}"))), Some([10; 32]));
        for nothing in [dump(r"\N"), dump(r"\\x0a"), String::new()] {
            assert_eq!(fingerprint(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_password_is_no_argument() {
        for address in [
            "postgres://me:hunter%2B2@db:5433/k?sslmode=require&statement-cache-capacity=1",
            "postgres://me@db:5433/k?password=hunter%2B2&sslmode=require",
        ] {
            let command = connecting("pg_dump", address).unwrap();
            let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
            assert_eq!(arguments, ["--no-password", "--dbname=postgres://me@db:5433/k?sslmode=require"]);
            let environment: Vec<_> = command.get_envs().collect();
            assert_eq!(environment, [("PGPASSWORD".as_ref(), Some("hunter+2".as_ref()))]);
        }
    }
}
