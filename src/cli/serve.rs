//! `serve`: the owner of the history without a screen.

use color_eyre::eyre::Result;

use super::{Exit, ServeArgs, headless, logging, watch};
use crate::config::Loaded;
use crate::session::Setup;

/// Watches, judges and keeps until a signal; screens attach to it.
pub(super) fn run(args: &ServeArgs, loaded: Loaded) -> Result<Exit> {
    let Loaded { mut config, store, .. } = loaded;
    let _logging = logging::start(&config);
    config.poll |= args.poll;
    let folders = watch::folders(&args.folders, &config, false)?;
    let store = args.store.store.clone().unwrap_or(store);
    headless::run(Setup::new(&config, folders, Some(store)), headless::Tells::Trouble)
}
