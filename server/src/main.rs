//! The program `keyline`.

use std::process::ExitCode;

use rustix::{
    fs::Mode,
    process::{Resource, Rlimit, setrlimit, umask},
};
use tikv_jemallocator::Jemalloc;

/// Requests are answered on several threads, which wait for each other where the C library's allocator is shared.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    // Whatever this program writes is for its own user alone.
    umask(Mode::from_raw_mode(0o077));
    // A core file would hold keys.
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        eprintln!("keyline: core files cannot be turned off: {error}");
        return ExitCode::FAILURE;
    }
    server::cli::run()
}
