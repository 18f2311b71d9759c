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

impl Exit {
    /// What each code means, as the manual says it.
    pub(super) const MEANINGS: [(&str, &str); 4] = [
        ("0", "Fine."),
        ("1", "Some files failed, something is in alarm or damaged, or a campaign found something amiss."),
        ("2", "The command line or the configuration cannot be used, or there is no terminal to draw on."),
        ("3", "Another process holds the history; it is named with host, user and since when."),
    ];
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
