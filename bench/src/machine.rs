//! The machine that figures come from.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use service::clock::{Clock, SystemClock};
use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};

use crate::{plan::Plan, program::Program, report::milliseconds, rounds::median};

/// Writes that tell how long the disk takes.
const WRITES: usize = 200;

/// One paragraph about date, machine and programs.
///
/// # Errors
/// When something does not say what it is.
pub async fn description(program: &Program, server: &str, folder: &Path, plan: &Plan) -> Result<String> {
    let now = SystemClock.now().to_string();
    let date = now.get(..10).context("a date")?;
    let processors = thread::available_parallelism()?;
    let model = value_in("/proc/cpuinfo", "model name")?;
    let memory_kib: u64 = value_in("/proc/meminfo", "MemTotal")?.trim_end_matches(" kB").parse()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut connection = PgConnectOptions::from_str(server)?.connect().await?;
    let (postgres,): (String,) = sqlx::query_as("SHOW server_version").fetch_one(&mut connection).await?;
    connection.close().await?;
    let (keyline, write) = (program.version()?, milliseconds(durable_write(folder)?));
    Ok(format!(
        "Measured on {date} with {keyline}: {processors} processors ({model}), {} GiB of memory, Linux {}, PostgreSQL \
         {postgres} with its defaults. Load generator, servers and database share the machine. One durable write of \
         4 kB to its disk takes {write} (median). Closed loops: {} rounds of {} s.",
        memory_kib / 1_048_576,
        kernel.trim(),
        plan.rounds,
        plan.run.as_secs(),
    ))
}

fn value_in(file: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.starts_with(name)).with_context(|| format!("{name} in {file}"))?;
    Ok(line.split_once(':').context("a colon")?.1.trim().to_owned())
}

fn durable_write(folder: &Path) -> Result<Duration> {
    let mut file = File::create(folder.join("durable"))?;
    let mut times = Vec::new();
    for _ in 0..WRITES {
        let started = Instant::now();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        times.push(started.elapsed().as_secs_f64());
    }
    Ok(Duration::from_secs_f64(median(times)))
}
