//! placeholder
use color_eyre::eyre::Result;
use super::{DemoArgs, Exit};
use crate::config::Loaded;
pub(super) fn run(_args: &DemoArgs, _loaded: Loaded) -> Result<Exit> { Ok(Exit::Fine) }
