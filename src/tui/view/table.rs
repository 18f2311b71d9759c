//! Runs as rows of a table.

use ratatui::layout::Rect;

use super::columns::{self, Shown};
use super::pen::Pen;
use crate::session::ArrivedRun;
use crate::tui::app::App;
use crate::tui::theme::Role;

/// How a row stands out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Emphasis {
    /// Whether it is selected.
    pub(super) selected: bool,
    /// Whether a search found it.
    pub(super) found: bool,
}

impl Emphasis {
    pub(super) fn of(self, role: Role) -> Role {
        match role {
            _ if self.found => Role::Match,
            Role::Text | Role::Quiet if self.selected => Role::Selected,
            role => role,
        }
    }
}

/// The columns' heads; the one that the rows are sorted by has a mark behind it.
pub(super) fn heads(pen: &mut Pen<'_>, area: Rect, shown: &[Shown], sorted: Option<(&str, &str)>) {
    let mut x = area.x + 1;
    for (_, column, width) in shown {
        if column.right {
            pen.put_right(x, area.y, *width, column.title, Role::Title);
        } else {
            pen.put(x, area.y, *width, column.title, Role::Title);
        }
        if let Some((_, mark)) = sorted.filter(|(title, _)| *title == column.title) {
            pen.put(x + width, area.y, 1, mark, Role::Key);
        }
        x += width + 1;
    }
}

/// One run.
pub(super) fn row(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun, emphasis: Emphasis, shown: &[Shown]) {
    let instead = columns::instead_of_figures(&run.record.run);
    let excluded = run.record.excluded.is_some();
    let mut x = area.x;
    for (index, column, width) in shown {
        if *index >= columns::IDENTITY_COLUMNS
            && let Some(instead) = &instead
        {
            let role = if excluded { Role::Excluded } else { emphasis.of(Role::Quiet) };
            pen.put(x, area.y, area.right().saturating_sub(x), instead, role);
            return;
        }
        let (text, role) = (column.cell)(app, run);
        let role = match role {
            // A run that does not count is struck through, whatever its figures.
            _ if excluded && !emphasis.found => Role::Excluded,
            // The status keeps its colour: it is what the row is about.
            role if column.title == "STATUS" => role,
            role => emphasis.of(role),
        };
        if column.right {
            pen.put_right(x, area.y, *width, &text, role);
        } else {
            pen.put(x, area.y, *width, &text, role);
        }
        x += width + 1;
    }
}
