//! The log of a command that runs long: the one place where this process is given something that takes its events.

use tracing::{dispatcher, info};

use crate::config::Config;
use crate::session::log::{Logging, to_state_folder};

/// Starts the log, where it is wanted and there is a home; keep what is returned until the command ends.
pub(super) fn start(config: &Config) -> Option<Logging> {
    let (events, logging) = to_state_folder(config.log.level)?;
    // The first command of a process has its log.
    dispatcher::set_global_default(events).ok()?;
    info!(version = env!("CARGO_PKG_VERSION"), commit = env!("TRIMWATCH_BUILD_COMMIT"), "trimwatch");
    Some(logging)
}
