//! The binary: hooks, parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;
use trimwatch::cli::{self, Cli};

fn main() -> ExitCode {
    if let Err(report) = color_eyre::install() {
        eprintln!("{report}");
    }
    cli::end_with_the_reader();
    match cli::run(Cli::parse()) {
        Ok(exit) => exit.into(),
        Err(report) => {
            eprintln!("trimwatch: {}", cli::chain(&report));
            cli::exit_of(&report).into()
        }
    }
}
