//! Measures a built `keyline` against a floor: the thinnest server that answers the same bytes. Started by
//! `cargo xtask bench`, which provides the programs.

mod browser;
mod client;
mod fill;
mod floor;
mod machine;
mod measurement;
mod paced;
mod place;
mod plan;
mod process;
mod program;
mod report;
mod request;
mod rounds;
mod scene;
mod stage;
mod wrk;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Result;
use clap::{Args, Parser};
use tempfile::TempDir;
use tikv_jemallocator::Jemalloc;

use self::{browser::Browser, measurement::Measurement, plan::Plan, program::Program, stage::Stage, wrk::Wrk};

/// That of the server, so that the floor has no worse one.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[derive(Parser)]
enum Command {
    /// Measure a server
    Measure(Measure),
    /// Serve as the floor that standard input describes
    #[command(hide = true)]
    Floor { address: SocketAddr },
}

#[derive(Args)]
struct Measure {
    /// The built server
    #[arg(long)]
    keyline: PathBuf,
    /// The load generator
    #[arg(long)]
    wrk: PathBuf,
    /// Address of a PostgreSQL server that can be thrown away
    #[arg(long)]
    postgres: String,
    /// The folder of the browser tests, with its packages installed
    #[arg(long)]
    end2end: PathBuf,
    /// Where databases are made
    #[arg(long)]
    folder: PathBuf,
    /// The document that a full run puts its report into
    #[arg(long)]
    document: PathBuf,
    /// Everything in a few minutes, to see that it works; printed only
    #[arg(long)]
    quick: bool,
    /// This measurement alone, printed only; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<Measurement>,
}

fn main() -> Result<()> {
    match Command::parse() {
        // As the server runs: a thread per processor.
        Command::Floor { address } => tokio::runtime::Runtime::new()?.block_on(floor::serve(address)),
        // One thread, to leave the processors to what is measured.
        Command::Measure(measure) => {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure.run())
        }
    }
}

impl Measure {
    async fn run(self) -> Result<()> {
        let plan = if self.quick { Plan::quick() } else { Plan::full() };
        let program = Program(std::path::absolute(self.keyline)?);
        let folder = TempDir::with_prefix_in("bench-", &self.folder)?;
        let mut stage = Stage::new(plan, program, Wrk(self.wrk), self.postgres, Browser(self.end2end), folder);
        let machine = machine::description(&stage.program, &stage.postgres, stage.folder.path(), &stage.plan).await?;
        let mut failed = 0;
        for measurement in Measurement::chosen(&self.only) {
            eprintln!("── {}", measurement.name());
            measurement.run(&mut stage).await?;
            failed = stage.report.note_failures(&measurement.name(), failed);
        }
        let report = stage.report.text(&machine);
        if self.quick || !self.only.is_empty() {
            println!("\n{report}");
            return Ok(());
        }
        report::publish(&report, &self.document)?;
        println!("wrote {}", self.document.display());
        Ok(())
    }
}
