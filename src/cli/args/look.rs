//! What the commands with a screen take about its looks.

use clap::{Args, ValueEnum};

use crate::config::{Config, Theme};

/// How the screen looks.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub(in crate::cli) struct LookArgs {
    /// Spell the screen in ASCII.
    #[arg(long)]
    pub(in crate::cli) ascii: bool,
    /// The screen's colours instead of the configured ones.
    #[arg(long, value_enum, value_name = "THEME")]
    pub(in crate::cli) theme: Option<ThemeArg>,
}

/// A theme, as the configuration names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ThemeArg {
    /// Quiet colours for a dark background.
    Default,
    /// Bright colours on a dark background, nothing dimmed.
    HighContrast,
    /// Blue against yellow, neither red nor green.
    ColourBlind,
    /// Dark colours for a light background.
    Light,
    /// No colours: bold, dim, reverse and underline only.
    Mono,
}

impl From<ThemeArg> for Theme {
    fn from(theme: ThemeArg) -> Self {
        match theme {
            ThemeArg::Default => Self::Default,
            ThemeArg::HighContrast => Self::HighContrast,
            ThemeArg::ColourBlind => Self::ColourBlind,
            ThemeArg::Light => Self::Light,
            ThemeArg::Mono => Self::Mono,
        }
    }
}

impl LookArgs {
    /// Puts the flags over the configuration.
    pub(in crate::cli) fn apply(&self, config: &mut Config) {
        config.ascii |= self.ascii;
        config.theme = self.theme.map_or(config.theme, Theme::from);
    }
}
