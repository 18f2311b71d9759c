//! What every screen takes.

use clap::Args;

use crate::config::Config;
use crate::tui::{Look, Resume};

/// How the screen begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub(in crate::cli) struct ScreenArgs {
    /// Spell the screen in ASCII.
    #[arg(long)]
    ascii: bool,
    /// Listen to the mouse, also over SSH; `m` does it while the screen is up.
    #[arg(long)]
    mouse: bool,
    /// Begin with a plain screen, not where you left off.
    #[arg(long)]
    fresh: bool,
}

impl ScreenArgs {
    /// The look that configuration, environment and flags make together.
    pub(in crate::cli) fn look(self, config: &Config) -> Look {
        let mut look = Look::of(&Config { ascii: config.ascii || self.ascii, ..config.clone() });
        look.mouse |= self.mouse;
        if self.fresh {
            look.resume = Resume::Fresh;
        }
        look
    }
}
