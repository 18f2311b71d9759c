//! How the screen looks on this terminal, decided once from configuration and environment.

use std::env;

use super::symbols::Symbols;
use super::theme::Theme;
use crate::config::{Bell, Config};

/// Glyphs, colours, the bell, and how the screen begins.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Unicode or ASCII.
    pub symbols: Symbols,
    /// With or without colours.
    pub theme: Theme,
    /// When the bell rings.
    pub bell: Bell,
    /// Whether the mouse is listened to at the start.
    pub mouse: bool,
    /// Whether tmux stands between the program and the terminal.
    pub tmux: bool,
    /// Whether it begins where somebody left off.
    pub resume: Resume,
}

/// What is made of where somebody left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// It is taken up, and kept again.
    LeftOff,
    /// It is kept again, and not taken up.
    Fresh,
    /// Neither.
    Never,
}

impl Look {
    /// ASCII where the locale is not UTF-8, no colours under `NO_COLOR` or on terminals that have none.
    pub fn of(config: &Config) -> Self {
        let term = env::var("TERM").unwrap_or_default();
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let ascii = config.ascii || !locale_is_utf8();
        Self {
            symbols: if ascii { Symbols::Ascii } else { Symbols::Unicode },
            theme: if plain || term.starts_with("vt1") || term == "dumb" { Theme::Mono } else { Theme::Colour },
            bell: config.bell,
            // Over SSH a mouse that is listened to takes marking and pasting away from whoever is used to them.
            mouse: config.mouse && env::var_os("SSH_CONNECTION").is_none(),
            tmux: env::var_os("TMUX").is_some(),
            resume: Resume::LeftOff,
        }
    }
}

/// The first of the three that is set decides, as everywhere; Windows consoles speak UTF-8 through crossterm.
fn locale_is_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
