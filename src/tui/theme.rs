//! Colours by role. ANSI-16 only, and the background is never set: the terminal's own palette decides.

use ratatui::style::{Color, Modifier, Style};

use crate::analysis::Status;

/// What a piece of text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text that is there when one looks for it.
    Quiet,
    /// The program's name, titles, column heads.
    Title,
    /// A key that can be pressed.
    Key,
    /// Good.
    Pass,
    /// Look at it.
    Warning,
    /// The loudest thing on the screen.
    Fail,
    /// No trim result.
    Untrimmed,
    /// Frozen, offline, stale, not kept.
    State,
    /// The selected row.
    Selected,
    /// The border of the pane that has the focus.
    Focus,
    /// The judged curve.
    Curve,
    /// The untrimmed curve behind it.
    Behind,
    /// The limits.
    Band,
    /// Points outside.
    Outside,
    /// The cursor and its values.
    Cursor,
    /// What a search found.
    Match,
    /// A run that somebody took out: struck through, and never said by that alone.
    Excluded,
}

pub use crate::config::Theme;

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Bold, dim, reverse and underline only.
    None,
    /// The eight of a Linux console: a bright one is its dark one in bold.
    Eight,
    /// The sixteen.
    Sixteen,
}

impl Depth {
    /// What a terminal has by its `TERM`.
    pub fn of(term: &str) -> Self {
        let vt = term.strip_prefix("vt").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        match term {
            "dumb" => Self::None,
            _ if vt || term.ends_with("-m") || term.contains("-mono") => Self::None,
            _ if term == "linux" || term.starts_with("linux-") => Self::Eight,
            _ => Self::Sixteen,
        }
    }

    /// A style with no more colours than there are.
    pub fn limit(self, style: Style) -> Style {
        match (self, style.fg.and_then(dark)) {
            (Self::None, _) => bare(style),
            (Self::Eight, Some(Color::Black)) => Style { fg: None, ..style }.add_modifier(Modifier::DIM),
            (Self::Eight, Some(dark)) => style.fg(dark).add_modifier(Modifier::BOLD),
            _ => style,
        }
    }
}

/// Without its colour. Terminals without colours are the ones that do not know the stroke either.
fn bare(style: Style) -> Style {
    Style { fg: None, add_modifier: style.add_modifier.difference(Modifier::CROSSED_OUT), ..style }
}

/// The dark one of a bright colour.
fn dark(bright: Color) -> Option<Color> {
    Some(match bright {
        Color::DarkGray => Color::Black,
        Color::LightRed => Color::Red,
        Color::LightGreen => Color::Green,
        Color::LightYellow => Color::Yellow,
        Color::LightBlue => Color::Blue,
        Color::LightMagenta => Color::Magenta,
        Color::LightCyan => Color::Cyan,
        Color::White => Color::Gray,
        _ => return None,
    })
}

/// How loud each role is without any colour; the themes paint this.
fn weight(role: Role) -> Modifier {
    match role {
        Role::Text | Role::Key | Role::Pass | Role::Untrimmed => Modifier::empty(),
        Role::Quiet | Role::Band | Role::Behind => Modifier::DIM,
        Role::Excluded => Modifier::DIM | Modifier::CROSSED_OUT,
        Role::Fail => Modifier::BOLD | Modifier::REVERSED,
        Role::Cursor | Role::Match => Modifier::UNDERLINED,
        Role::Title | Role::Focus | Role::Warning | Role::Outside | Role::State | Role::Selected | Role::Curve => {
            Modifier::BOLD
        }
    }
}

impl Theme {
    /// The style of a role on a terminal with all sixteen colours.
    pub fn style(self, role: Role) -> Style {
        let weight = weight(role);
        let (colour, weight) = match self {
            Self::Default => (usual(role), weight),
            Self::HighContrast => (bright(role), weight.difference(Modifier::DIM)),
            Self::ColourBlind => (blue_and_yellow(role), weight),
            // What is dimmed on white can hardly be seen: grey can.
            Self::Light => (on_white(role), weight.difference(Modifier::DIM)),
            Self::Mono => (None, weight.difference(Modifier::CROSSED_OUT)),
        };
        Style { fg: colour, ..Style::new() }.add_modifier(weight)
    }

    /// The role of a status.
    pub fn status(status: Status) -> Role {
        match status {
            Status::Pass => Role::Pass,
            Status::Warning | Status::NotGraded => Role::Warning,
            Status::Fail | Status::Error => Role::Fail,
            Status::Untrimmed => Role::Untrimmed,
        }
    }
}

fn usual(role: Role) -> Option<Color> {
    Some(match role {
        Role::Title | Role::Focus | Role::Key => Color::Cyan,
        Role::Pass => Color::Green,
        Role::Warning | Role::Cursor | Role::Match => Color::Yellow,
        Role::Fail | Role::Outside => Color::Red,
        Role::Untrimmed | Role::Behind => Color::Blue,
        Role::State => Color::Magenta,
        _ => return None,
    })
}

fn bright(role: Role) -> Option<Color> {
    Some(match role {
        Role::Title | Role::Focus | Role::Key | Role::Behind => Color::LightCyan,
        Role::Pass => Color::LightGreen,
        Role::Warning | Role::Cursor | Role::Match => Color::LightYellow,
        Role::Fail | Role::Outside => Color::LightRed,
        Role::State => Color::LightMagenta,
        Role::Text | Role::Selected | Role::Curve | Role::Untrimmed => Color::White,
        Role::Quiet | Role::Band | Role::Excluded => return None,
    })
}

/// Good is blue, bad is yellow, and how bad is told by how loud: whoever confuses red and green sees both.
fn blue_and_yellow(role: Role) -> Option<Color> {
    Some(match role {
        Role::Title | Role::Focus | Role::Key => Color::Cyan,
        Role::Pass => Color::LightBlue,
        Role::Warning | Role::Fail | Role::Outside | Role::State => Color::Yellow,
        Role::Cursor | Role::Match => Color::LightYellow,
        Role::Behind => Color::Blue,
        _ => return None,
    })
}

fn on_white(role: Role) -> Option<Color> {
    Some(match role {
        Role::Title | Role::Focus | Role::Key | Role::Untrimmed => Color::Blue,
        Role::Behind => Color::Cyan,
        Role::Pass => Color::Green,
        Role::Warning | Role::State | Role::Cursor | Role::Match => Color::Magenta,
        Role::Fail | Role::Outside => Color::Red,
        Role::Quiet | Role::Band | Role::Excluded => Color::DarkGray,
        Role::Text | Role::Selected | Role::Curve => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Role; 18] = [
        Role::Text,
        Role::Quiet,
        Role::Title,
        Role::Key,
        Role::Pass,
        Role::Warning,
        Role::Fail,
        Role::Untrimmed,
        Role::State,
        Role::Selected,
        Role::Focus,
        Role::Curve,
        Role::Behind,
        Role::Band,
        Role::Outside,
        Role::Cursor,
        Role::Match,
        Role::Excluded,
    ];

    const DEPTHS: [Depth; 3] = [Depth::None, Depth::Eight, Depth::Sixteen];

    #[test]
    fn the_background_is_never_set_whatever_the_theme() {
        for (theme, role) in Theme::ALL.into_iter().flat_map(|theme| ALL.map(|role| (theme, role))) {
            for depth in DEPTHS {
                assert_eq!(depth.limit(theme.style(role)).bg, None, "{theme:?} {role:?}");
            }
        }
    }

    #[test]
    fn without_colours_there_is_none_and_no_stroke() {
        for (theme, role) in Theme::ALL.into_iter().flat_map(|theme| ALL.map(|role| (theme, role))) {
            for style in [Theme::Mono.style(role), Depth::None.limit(theme.style(role))] {
                assert_eq!(style.fg, None, "{theme:?} {role:?}");
                assert!(!style.add_modifier.contains(Modifier::CROSSED_OUT));
            }
        }
    }

    #[test]
    fn a_failure_is_the_only_block_in_every_theme() {
        for (theme, role) in Theme::ALL.into_iter().flat_map(|theme| ALL.map(|role| (theme, role))) {
            let reversed = theme.style(role).add_modifier.contains(Modifier::REVERSED);
            assert_eq!(reversed, role == Role::Fail, "{theme:?} {role:?}");
        }
        assert_eq!(Theme::Mono.style(Role::Pass).add_modifier, Modifier::empty());
    }

    #[test]
    fn good_and_bad_differ_in_colour_wherever_there_are_colours() {
        for theme in Theme::ALL.into_iter().filter(|theme| *theme != Theme::Mono) {
            for depth in [Depth::Eight, Depth::Sixteen] {
                let colour = |role| depth.limit(theme.style(role)).fg;
                assert_ne!(colour(Role::Pass), colour(Role::Fail), "{theme:?}");
                assert_ne!(colour(Role::Pass), colour(Role::Warning), "{theme:?}");
                let (curve, behind) = (theme.style(Role::Curve), theme.style(Role::Behind));
                assert_ne!(depth.limit(curve), depth.limit(behind), "{theme:?}");
            }
        }
    }

    #[test]
    fn colour_blind_knows_neither_red_nor_green() {
        use Color::{Green, LightGreen, LightMagenta, LightRed, Magenta, Red};
        for role in ALL {
            let colour = Theme::ColourBlind.style(role).fg;
            let confused = [Red, LightRed, Green, LightGreen, Magenta, LightMagenta];
            assert!(colour.is_none_or(|colour| !confused.contains(&colour)), "{role:?} {colour:?}");
        }
    }

    #[test]
    fn nothing_is_dimmed_where_contrast_is_wanted_and_nothing_pale_stands_on_white() {
        for role in ALL {
            let dim = |theme: Theme| theme.style(role).add_modifier.contains(Modifier::DIM);
            assert!(!dim(Theme::HighContrast) && !dim(Theme::Light), "{role:?}");
            let pale = [Color::Yellow, Color::LightYellow, Color::LightCyan, Color::LightGreen, Color::White];
            assert!(Theme::Light.style(role).fg.is_none_or(|colour| !pale.contains(&colour)), "{role:?}");
        }
    }

    #[test]
    fn a_linux_console_gets_eight_colours_and_an_old_terminal_none() {
        for (term, depth) in [
            ("linux", Depth::Eight),
            ("linux-16color", Depth::Eight),
            ("vt100", Depth::None),
            ("vt220", Depth::None),
            ("dumb", Depth::None),
            ("xterm-mono", Depth::None),
            ("xterm-256color", Depth::Sixteen),
            ("tmux", Depth::Sixteen),
            ("vte-direct", Depth::Sixteen),
            ("", Depth::Sixteen),
        ] {
            assert_eq!(Depth::of(term), depth, "{term}");
        }
        let classic = [Color::Red, Color::Green, Color::Yellow, Color::Blue, Color::Magenta, Color::Cyan, Color::Gray];
        for (theme, role) in Theme::ALL.into_iter().flat_map(|theme| ALL.map(|role| (theme, role))) {
            let colour = Depth::Eight.limit(theme.style(role)).fg;
            assert!(colour.is_none_or(|colour| classic.contains(&colour)), "{theme:?} {role:?} {colour:?}");
        }
    }
}
