//! Closed loop: wrk keeps a number of connections busy, so that the server is at its limit.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tempfile::NamedTempFile;

use crate::{
    process::Process,
    request::{Request, host},
};

/// Connections that are kept busy, unless a target says otherwise.
pub const CONNECTIONS: u32 = 16;

const SCRIPT: &str = include_str!("wrk.lua");

/// The program.
pub struct Wrk(pub PathBuf);

/// A server and what it is asked, in turn.
pub struct Target<'a> {
    pub name: String,
    pub process: &'a Process,
    pub address: SocketAddr,
    pub requests: Vec<Request>,
    pub connections: u32,
}

/// What one run has shown.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub requests: u64,
    /// Answers with a status from 400, and connections that broke.
    pub errors: u64,
    pub per_second: f64,
    /// Requests per second of the server's time on the processors.
    pub per_processor_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

/// What the script prints.
#[derive(Deserialize)]
struct Printed {
    requests: u64,
    duration_us: u64,
    errors: u64,
    p50_us: u64,
    p99_us: u64,
}

/// A run that goes on.
pub struct Driving<'a> {
    wrk: Child,
    server: &'a Process,
    before: Duration,
    _files: [NamedTempFile; 2],
}

impl Wrk {
    /// Drives a server for a while.
    ///
    /// # Errors
    /// When wrk fails.
    pub fn drive(&self, target: &Target, time: Duration) -> Result<Run> {
        self.start(target, time)?.finish()
    }

    /// Begins to drive a server.
    ///
    /// # Errors
    /// When wrk cannot be started.
    pub fn start<'a>(&self, target: &Target<'a>, time: Duration) -> Result<Driving<'a>> {
        let files = [NamedTempFile::new()?, NamedTempFile::new()?];
        let host = host(target.address);
        let requests: Vec<_> = target.requests.iter().map(|request| request.text(&host)).collect();
        fs::write(&files[0], SCRIPT)?;
        fs::write(&files[1], requests.join("\0"))?;
        let before = target.process.processor_time()?;
        let wrk = Command::new(&self.0)
            .args([
                "-t1",
                &format!("-c{}", target.connections),
                &format!("-d{}s", time.as_secs().max(1)),
                "--timeout",
                "10s",
            ])
            .arg("-s")
            .arg(files[0].path())
            .arg(format!("http://{}", target.address))
            .arg("--")
            .arg(files[1].path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start wrk")?;
        Ok(Driving { wrk, server: target.process, before, _files: files })
    }
}

impl Driving<'_> {
    /// Waits for the end.
    ///
    /// # Errors
    /// When wrk or the server failed.
    pub fn finish(self) -> Result<Run> {
        let output = self.wrk.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        ensure!(output.status.success(), "wrk failed: {text}");
        let line = text.lines().find_map(|line| line.strip_prefix("RESULT ")).context("wrk printed no result")?;
        let printed: Printed = serde_json::from_str(line)?;
        let busy = self.server.processor_time()? - self.before;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let requests = printed.requests as f64;
        Ok(Run {
            requests: printed.requests,
            errors: printed.errors,
            per_second: requests / Duration::from_micros(printed.duration_us).as_secs_f64(),
            // Less than one tick cannot be told from nothing.
            per_processor_second: requests / busy.as_secs_f64().max(0.01),
            p50: Duration::from_micros(printed.p50_us),
            p99: Duration::from_micros(printed.p99_us),
        })
    }
}
