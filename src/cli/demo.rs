//! placeholder
use super::{DemoArgs, Exit};
use crate::config::Loaded;
use color_eyre::eyre::Result;
pub(super) fn run(_args: &DemoArgs, _loaded: Loaded) -> Result<Exit> {
    Ok(Exit::Fine)
}
