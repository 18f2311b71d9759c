//! How the screen looks on this terminal, decided once from configuration and environment.

use std::env;

use ratatui::style::Style;

use super::keymap::KeyMap;
use super::symbols::Symbols;
use super::theme::{Depth, Role, Theme};
use crate::config::{Bell, Config, Marker};

/// Glyphs, colours, charts, keys, the bell, and how the screen begins.
#[derive(Debug, Clone)]
pub struct Look {
    /// Unicode, what a console's font has, or ASCII.
    pub symbols: Symbols,
    /// The colours.
    pub theme: Theme,
    /// How many of them the terminal has.
    pub depth: Depth,
    /// What charts are drawn with.
    pub marker: Marker,
    /// Which keys do what.
    pub keys: KeyMap,
    /// When the bell rings.
    pub bell: Bell,
    /// Most bytes a second that arriving files may have drawn; none = no limit.
    pub bytes_per_second: Option<u32>,
    /// Whether the mouse is listened to at the start.
    pub mouse: bool,
    /// Whether tmux stands between the program and the terminal.
    pub tmux: bool,
    /// Whether it begins where somebody left off.
    pub resume: Resume,
}

/// Bytes a second over SSH, where nobody says how fast the line is: as many as a slow one carries. More would pile up in the
/// line's own buffers, and a key be answered behind them.
const OVER_SSH: u32 = 1_000;

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
    /// ASCII where the locale is not UTF-8, no colours under `NO_COLOR` or on terminals that have none, eight and the
    /// font's own glyphs on a Linux console. Keys that clash were refused when the configuration was read.
    pub fn of(config: &Config) -> Self {
        let remote = env::var_os("SSH_CONNECTION").is_some();
        let bytes = config.bytes_per_second.or(remote.then_some(OVER_SSH));
        let term = env::var("TERM").unwrap_or_default();
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let symbols = if config.ascii || !locale_is_utf8() { Symbols::Ascii } else { Symbols::of(&term) };
        Self {
            symbols,
            theme: config.theme,
            depth: if plain { Depth::None } else { Depth::of(&term) },
            marker: symbols.marker(config.marker),
            keys: KeyMap::of(&config.keys).unwrap_or_default(),
            bell: config.bell,
            bytes_per_second: bytes.filter(|bytes| *bytes > 0),
            // Over SSH a mouse that is listened to takes marking and pasting away from whoever is used to them.
            mouse: config.mouse && !remote,
            tmux: env::var_os("TMUX").is_some(),
            resume: Resume::LeftOff,
        }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.depth.limit(self.theme.style(role))
    }

    /// The next theme.
    pub fn next_theme(&mut self) {
        self.theme = after(&Theme::ALL, self.theme);
    }

    /// The next marker that this terminal can show.
    pub fn next_marker(&mut self) {
        loop {
            self.marker = after(&Marker::ALL, self.marker);
            if self.symbols.marker(self.marker) == self.marker {
                break;
            }
        }
    }
}

/// The one after another, round the end.
fn after<T: Copy + PartialEq>(all: &[T], one: T) -> T {
    let mut round = all.iter().chain(all).copied().skip_while(|other| *other != one);
    round.nth(1).unwrap_or(one)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn look(symbols: Symbols) -> Look {
        let (theme, depth, bell) = (Theme::Default, Depth::Sixteen, Bell::Never);
        let (marker, keys) = (symbols.marker(Marker::Braille), KeyMap::default());
        Look {
            symbols,
            theme,
            depth,
            marker,
            keys,
            bell,
            bytes_per_second: None,
            mouse: false,
            tmux: false,
            resume: Resume::Never,
        }
    }

    #[test]
    fn markers_go_round_among_those_the_terminal_can_show() {
        for (symbols, round) in [
            (Symbols::Unicode, vec![Marker::Half, Marker::Dot, Marker::Ascii, Marker::Braille]),
            (Symbols::Console, vec![Marker::Dot, Marker::Ascii, Marker::Half]),
            (Symbols::Ascii, vec![Marker::Ascii]),
        ] {
            let mut look = look(symbols);
            for marker in round {
                look.next_marker();
                assert_eq!(look.marker, marker, "{symbols:?}");
            }
        }
    }

    #[test]
    fn themes_go_round() {
        let mut look = look(Symbols::Unicode);
        for theme in [Theme::HighContrast, Theme::ColourBlind, Theme::Light, Theme::Mono, Theme::Default] {
            look.next_theme();
            assert_eq!(look.theme, theme);
        }
    }
}
