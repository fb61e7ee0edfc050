//! A server as the operating system sees it: its time on the processors, its memory, its end.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal};

/// Longest orderly end; then it is killed.
const ENDING: Duration = Duration::from_secs(10);

/// A child process, ended when dropped.
pub struct Process(Child);

/// Bytes of memory that are its own and in use.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub now: u64,
    /// The most there ever was.
    pub peak: u64,
}

impl Process {
    pub fn new(child: Child) -> Self {
        Self(child)
    }

    /// Whether it has ended by itself.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }

    /// Time on the processors, its own and the system's on its behalf, in steps of 10 ms.
    ///
    /// # Errors
    /// When it has ended.
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // The name, in parentheses, may hold anything; `utime` and `stime` are the 14th and 15th field.
        let (_, fields) = stat.rsplit_once(") ").context("a name in parentheses")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let seconds = ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
        Ok(Duration::from_secs_f64(seconds))
    }

    /// Its resident memory.
    ///
    /// # Errors
    /// When it has ended.
    pub fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).context("a line of memory")?;
            let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
            anyhow::Ok(kib * 1024)
        };
        Ok(Memory { now: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }

    fn end(&mut self) -> Result<()> {
        rustix::process::kill_process(Pid::from_child(&self.0), Signal::TERM)?;
        let asked = Instant::now();
        while self.0.try_wait()?.is_none() && asked.elapsed() < ENDING {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is no failure.
        self.end().ok();
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// An address on this machine at which nobody listens now.
///
/// # Errors
/// When no port is free.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
