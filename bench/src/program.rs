//! The program `keyline`: its command line, and a server at work.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    place::Place,
    process::{Process, free_address},
};

/// Longest start.
const START: Duration = Duration::from_secs(60);

/// How often a server that starts is asked whether it is ready.
const PERIOD: Duration = Duration::from_millis(1);

/// The program's file.
pub struct Program(pub PathBuf);

/// A server at work; ended when dropped.
pub struct Keyline {
    pub process: Process,
    /// Where the console and the API are.
    pub address: SocketAddr,
    /// From its start until `/readyz` said yes.
    pub started_in: Duration,
}

impl Program {
    /// Runs a command to its end and reads the JSON it prints.
    ///
    /// # Errors
    /// When it fails; with what it wrote to standard error.
    pub fn json(&self, place: &Place, command: &[&str], input: &str) -> Result<Value> {
        let mut child = self
            .command(place)
            .args(command)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start keyline")?;
        child.stdin.take().context("its standard input is piped")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`keyline {}` failed: {said}", command.join(" "));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// What `keyline --version` says.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn version(&self) -> Result<String> {
        let output = Command::new(&self.0).arg("--version").output().context("cannot start keyline")?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Starts a server and waits until it is ready. Its log goes to a file.
    ///
    /// # Errors
    /// When it does not start.
    pub fn serve(&self, place: &Place) -> Result<Keyline> {
        let (address, operations) = (free_address()?, free_address()?);
        let log = place.folder.path().join(format!("{}.log", address.port()));
        let mut command = self.command(place);
        command
            .args(["serve", "--drain-window-s", "0", "--listen", &address.to_string()])
            .args(["--ops-listen", &operations.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?);
        let started = Instant::now();
        let mut process = Process::new(command.spawn().context("cannot start keyline")?);
        while !is_ready(operations) {
            let failed = process.has_ended()? || started.elapsed() > START;
            ensure!(!failed, "keyline did not start: {}", fs::read_to_string(&log)?);
            thread::sleep(PERIOD);
        }
        Ok(Keyline { process, address, started_in: started.elapsed() })
    }

    fn command(&self, place: &Place) -> Command {
        let mut command = Command::new(&self.0);
        command.env_clear().envs(place.environment()).current_dir(place.folder.path());
        command
    }
}

/// One probe as an orchestrator sends it; what does not answer is not ready.
fn is_ready(operations: SocketAddr) -> bool {
    let probe = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(operations)?;
        stream.set_read_timeout(Some(START))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    probe().unwrap_or(false)
}
