//! The terminal: whether the screen can be drawn here, and how.

use std::env;
use std::io::{self, IsTerminal};

use super::Check;
use crate::config::Config;
use crate::tui::{Depth, Look, Symbols};

/// Smaller than this the screen is one line.
const SMALL: (u16, u16) = (60, 16);

pub(super) fn checks(config: &Config) -> Vec<Check> {
    let look = Look::of(config);
    vec![size(), letters(config, look.symbols), colours(&look)]
}

fn size() -> Check {
    if !io::stdout().is_terminal() {
        return Check::ok("terminal", "this is none; `watch --headless` needs none");
    }
    let term = env::var("TERM").unwrap_or_default();
    match crossterm::terminal::size() {
        Ok((width, height)) if width < SMALL.0 || height < SMALL.1 => {
            Check::look("terminal", format!("{term} {width}×{height}"), "make it 80×24 or larger for charts and lists")
        }
        Ok((width, height)) if term == "dumb" || term.is_empty() => {
            Check::look("terminal", format!("TERM is `{term}`, {width}×{height}"), "set TERM to what the terminal is")
        }
        Ok((width, height)) => Check::ok("terminal", format!("{term} {width}×{height}")),
        Err(error) => Check::look("terminal", format!("its size is not known: {error}"), "try another terminal"),
    }
}

fn letters(config: &Config, symbols: Symbols) -> Check {
    match symbols {
        Symbols::Unicode => Check::ok("letters", "UTF-8"),
        Symbols::Console => Check::ok("letters", "UTF-8, with the glyphs that a console's font has"),
        Symbols::Ascii if config.ascii => Check::ok("letters", "ASCII, as configured"),
        Symbols::Ascii => Check::look(
            "letters",
            "the locale is not UTF-8: the screen is spelt in ASCII",
            "set LANG to a locale that ends in .UTF-8",
        ),
    }
}

fn colours(look: &Look) -> Check {
    let asked = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let found = match look.depth {
        Depth::None if asked => "none, as NO_COLOR asks".to_owned(),
        Depth::None => "none: the terminal has none".to_owned(),
        Depth::Eight => format!("eight, theme {}", look.theme.word()),
        Depth::Sixteen => format!("sixteen, theme {}", look.theme.word()),
    };
    Check::ok("colours", found)
}
