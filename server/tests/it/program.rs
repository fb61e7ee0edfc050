//! The program `keyline` in a directory of its own.

use std::{
    ffi::OsStr,
    io::{self, BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    sync::Mutex,
};

use serde_json::Value;
use tempfile::TempDir;

/// A place to run the program in: its settings file, data and nothing of the surrounding environment.
pub struct Program {
    directory: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs it to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Run {
        self.run_with_input(arguments, "")
    }

    /// Runs it to its end with a standard input.
    pub fn run_with_input<A: AsRef<OsStr>>(&self, arguments: &[A], input: &str) -> Run {
        let mut child = self.spawn(arguments);
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ended(child)
    }

    /// Runs a command line that must succeed and print JSON.
    pub fn json(&self, command: &str) -> Value {
        let arguments: Vec<_> = command.split(' ').collect();
        let run = self.run(&arguments);
        assert_eq!(run.code, Some(0), "{command}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{command}: {error}: {}", run.stdout))
    }

    /// Starts `serve` on free ports and waits until it listens.
    pub fn serve(&self, flags: &[&str]) -> Serving {
        let free_ports = ["serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];
        let arguments: Vec<_> = free_ports.iter().chain(flags).copied().collect();
        let mut child = self.spawn(&arguments);
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let public = listening(&mut log, "public");
        let operations = listening(&mut log, "operations");
        let stdout = child.stdout.take().unwrap();
        Serving { child, log: Mutex::new(log), stdout, public, operations }
    }

    /// Runs it to its end where no other program is found.
    pub fn run_without_path<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Run {
        ended(self.command(arguments).env("PATH", "/nowhere").spawn().unwrap())
    }

    /// Starts it.
    pub fn spawn<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyline"));
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn ended(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Reads the log up to the line that says where a listener is.
fn listening(log: &mut impl BufRead, listener: &str) -> SocketAddr {
    let mut seen = String::new();
    loop {
        let mut line = String::new();
        assert!(log.read_line(&mut line).unwrap() > 0, "ended without listening: {seen}");
        let entry: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        if entry["message"] == "listening" && entry["listener"] == listener {
            return entry["address"].as_str().unwrap().parse().unwrap();
        }
        seen += &line;
    }
}

/// A server at work; killed when dropped.
pub struct Serving {
    child: Child,
    log: Mutex<BufReader<ChildStderr>>,
    stdout: ChildStdout,
    pub public: SocketAddr,
    pub operations: SocketAddr,
}

impl Serving {
    /// Sends a signal by its number.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).unwrap();
    }

    /// Reads the log up to a line with this message.
    pub fn wait_for(&mut self, message: &str) {
        let mut line = String::new();
        while !line.contains(&format!("\"message\":\"{message}\"")) {
            line.clear();
            assert!(self.log.get_mut().unwrap().read_line(&mut line).unwrap() > 0, "ended without {message:?}");
        }
    }

    /// Reads the log away until it ends, so that a busy server does not wait for a reader.
    pub fn ignore_log(&self) {
        io::copy(&mut *self.log.lock().unwrap(), &mut io::sink()).unwrap();
    }

    /// Reads the object it prints on its way to listening.
    pub fn printed(&mut self) -> Value {
        let mut objects = serde_json::Deserializer::from_reader(&mut self.stdout).into_iter();
        objects.next().expect("it prints an object").unwrap()
    }

    /// Waits for its end: the exit code, what it printed, the rest of its log.
    pub fn end(mut self) -> Run {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.log.get_mut().unwrap().read_to_string(&mut stderr).unwrap();
        self.stdout.read_to_string(&mut stdout).unwrap();
        Run { code: self.child.wait().unwrap().code(), stdout, stderr }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already, which is no failure.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
