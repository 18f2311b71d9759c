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

/// With or without colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// ANSI-16.
    Colour,
    /// Bold, dim, reverse and underline only.
    Mono,
}

impl Theme {
    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let (colour, modifier) = match role {
            Role::Text => (None, Modifier::empty()),
            Role::Quiet | Role::Band => (None, Modifier::DIM),
            // Terminals without colours are the ones that do not know the stroke either.
            Role::Excluded if self == Self::Mono => (None, Modifier::DIM),
            Role::Excluded => (None, Modifier::DIM | Modifier::CROSSED_OUT),
            Role::Title | Role::Focus => (Some(Color::Cyan), Modifier::BOLD),
            Role::Key => (Some(Color::Cyan), Modifier::empty()),
            Role::Pass => (Some(Color::Green), Modifier::empty()),
            Role::Warning => (Some(Color::Yellow), Modifier::BOLD),
            Role::Fail => (Some(Color::Red), Modifier::BOLD | Modifier::REVERSED),
            Role::Outside => (Some(Color::Red), Modifier::BOLD),
            Role::Untrimmed => (Some(Color::Blue), Modifier::empty()),
            Role::State => (Some(Color::Magenta), Modifier::BOLD),
            Role::Selected | Role::Curve => (None, Modifier::BOLD),
            Role::Behind => (Some(Color::Blue), Modifier::DIM),
            Role::Cursor | Role::Match => (Some(Color::Yellow), Modifier::UNDERLINED),
        };
        let style = plain.add_modifier(modifier);
        match (self, colour) {
            (Self::Colour, Some(colour)) => style.fg(colour),
            _ => style,
        }
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

    #[test]
    fn the_background_is_never_set_and_mono_has_no_colour() {
        for role in ALL {
            assert_eq!(Theme::Colour.style(role).bg, None, "{role:?}");
            assert_eq!(Theme::Mono.style(role).fg, None, "{role:?}");
        }
    }

    #[test]
    fn a_failure_is_loud_and_a_pass_is_not() {
        let (fail, pass) = (Theme::Mono.style(Role::Fail), Theme::Mono.style(Role::Pass));
        assert!(fail.add_modifier.contains(Modifier::REVERSED));
        assert_eq!(pass.add_modifier, Modifier::empty());
    }
}
