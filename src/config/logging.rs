//! `[log]`: how much the long-running commands write down.

use serde::{Deserialize, Serialize};

/// `[log]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// How much is written.
    pub level: LogLevel,
}

/// How much is written, or how grave a line is: what is graver is written too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What is not kept.
    Error,
    /// What somebody should look at.
    Warn,
    /// What begins and ends.
    #[default]
    Info,
    /// Every file.
    Debug,
}

impl LogLevel {
    /// All levels, the quietest first.
    pub const ALL: [Self; 5] = [Self::Off, Self::Error, Self::Warn, Self::Info, Self::Debug];

    /// The word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}
