//! Exit codes, in one place.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything went through.
    Fine,
    /// Some files could not be read.
    SomeFilesFailed,
    /// A campaign found something amiss.
    Loss,
    /// The command line or the configuration cannot be used, or there is no terminal.
    Usage,
    /// Another process holds the store.
    StoreHeld,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::SomeFilesFailed | Exit::Loss => 1,
            Exit::Usage => 2,
            Exit::StoreHeld => 3,
        })
    }
}
