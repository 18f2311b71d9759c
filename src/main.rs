//! The binary: hooks, parse, dispatch, exit code.

use std::process::ExitCode;

use trimwatch::cli;

fn main() -> ExitCode {
    if let Err(report) = color_eyre::install() {
        eprintln!("{report}");
    }
    cli::hook_panics();
    match cli::run(cli::parse()) {
        Ok(exit) => exit.into(),
        Err(report) => {
            eprintln!("trimwatch: {}", cli::chain(&report));
            cli::exit_of(&report).into()
        }
    }
}
