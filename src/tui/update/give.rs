//! What leaves the screen: a copied word or row, an export.

use crossterm::event::{KeyCode, KeyEvent};

use crate::export::{Cell, Format, defused};
use crate::session::{ExportOf, Request};
use crate::tui::action::Screen;
use crate::tui::app::{App, Overlay};
use crate::tui::clipboard;
use crate::tui::history::Shows;
use crate::tui::msg::Effect;
use crate::tui::sheet;

/// Signs of what was copied that a toast repeats.
const REPEATED: usize = 60;

/// Copies what says most of the selected row.
pub(super) fn copy_cell(app: &mut App) -> Vec<Effect> {
    let text = sheet::telling(app).filter(|text| !text.is_empty());
    copy(app, text, "")
}

/// Copies the selected row, its cells apart by tabs.
pub(super) fn copy_row(app: &mut App) -> Vec<Effect> {
    let cell = |cell: &Cell<'_>| match cell {
        // A quote that opens would take the cells behind it, tabs and all, into its own.
        Cell::Text(text) if text.contains('"') => format!("\"{}\"", defused(text).replace('"', "\"\"")),
        Cell::Text(text) => defused(text).into_owned(),
        other => other.plain().into_owned(),
    };
    let row = sheet::selected(app).map(|row| row.iter().map(cell).collect::<Vec<_>>().join("\t"));
    copy(app, row, "the row ")
}

fn copy(app: &mut App, text: Option<String>, what: &str) -> Vec<Effect> {
    let Some(text) = text else {
        app.say("nothing is selected that could be copied");
        return Vec::new();
    };
    if text.len() > clipboard::MOST {
        app.say("that is too long for a terminal's clipboard: x writes it to a file");
        return Vec::new();
    }
    let mut said: String = text.replace('\t', "  ").chars().take(REPEATED).collect();
    if text.chars().count() > REPEATED {
        said.push('…');
    }
    app.say(&format!("copied {what}{said}"));
    vec![Effect::Copy(text)]
}

/// Asks as what the view is to be written.
pub(super) fn ask_format(app: &mut App) {
    if app.screen == Screen::History && app.history.shows == Shows::Runs || sheet::sheet(app).is_some() {
        app.overlay = Some(Overlay::Format);
    } else {
        app.say("nothing is shown that could be exported");
    }
}

/// A key into the question.
pub(super) fn in_format(app: &mut App, event: KeyEvent) -> Vec<Effect> {
    let format = match event.code {
        KeyCode::Char('c' | 'C') | KeyCode::Enter => Format::Csv,
        KeyCode::Char('j' | 'J') => Format::Json,
        KeyCode::Char('x' | 'X') => Format::Xlsx,
        KeyCode::Esc | KeyCode::Char('q' | 'n') => return Vec::new(),
        _ => {
            app.overlay = Some(Overlay::Format);
            return Vec::new();
        }
    };
    let what = if app.screen == Screen::History && app.history.shows == Shows::Runs {
        Some(ExportOf::Runs(Box::new(app.history.query())))
    } else {
        sheet::sheet(app).map(|sheet| ExportOf::Sheet(Box::new(sheet)))
    };
    let Some(what) = what else { return Vec::new() };
    let number = app.history.number();
    app.exporting = Some(number);
    app.say("exporting …");
    vec![Effect::Ask(Request::Export { number, what, format })]
}

/// What was written: the file's name first, which a narrow screen must not cut.
pub(super) fn exported(path: &str, rows: u64, unread: u64) -> String {
    let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
    let lost = if unread > 0 { format!(" ({unread} runs could not be read)") } else { String::new() };
    match path.rsplit_once(['/', '\\']) {
        Some((folder, name)) => format!("{rows}{lost} in {name}, folder {folder}"),
        None => format!("{rows}{lost} in {path}"),
    }
}

/// Whether an answer is to this screen's question; it is not waited for any more.
pub(super) fn was_asked(app: &mut App, number: u64) -> bool {
    app.exporting.take_if(|asked| *asked == number).is_some()
}
