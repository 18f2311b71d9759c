//! What every screen takes.

use clap::Args;

use super::LookArgs;
use crate::config::Config;
use crate::tui::{Look, Resume};

/// How the screen looks and begins.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub(in crate::cli) struct ScreenArgs {
    #[command(flatten)]
    look: LookArgs,
    /// Listen to the mouse, also over SSH; `m` does it while the screen is up.
    #[arg(long)]
    mouse: bool,
    /// Begin with a plain screen, not where you left off.
    #[arg(long)]
    fresh: bool,
}

impl ScreenArgs {
    /// The look that configuration, environment and flags make together.
    pub(in crate::cli) fn look(&self, config: &Config) -> Look {
        let mut config = config.clone();
        self.look.apply(&mut config);
        let mut look = Look::of(&config);
        look.mouse |= self.mouse;
        if self.fresh {
            look.resume = Resume::Fresh;
        }
        look
    }
}
