//! Filter and order of the lists that lie in memory: Live and Log.

use crate::history::Filter;
use crate::tui::action::{Action, Screen};
use crate::tui::app::{App, Overlay};
use crate::tui::line::Line;
use crate::tui::list::Position;
use crate::tui::prompt::Prompt;

/// The filter of the current screen's list.
pub(super) fn filter(app: &App) -> &Filter {
    match app.screen {
        Screen::Live => &app.rows.narrowed().filter,
        Screen::Log => app.log.filter(),
        _ => &app.history.filter,
    }
}

/// Asks which rows are meant.
pub(super) fn ask(app: &mut App) {
    let mut text = filter(app).to_string();
    if !text.is_empty() {
        text.push(' ');
    }
    app.overlay = Some(Overlay::Prompt(Prompt::Filter(Line::of(&text))));
}

/// Means other rows: from the top.
pub(super) fn narrow(app: &mut App, filter: Filter) {
    super::pass_time(app);
    match app.screen {
        Screen::Live => {
            app.rows.narrow(filter);
            from_the_top(app);
        }
        Screen::Log => {
            app.log.narrow(filter);
            app.log_at = Position::default();
        }
        _ => {
            app.history.filter = filter;
            app.history.ask_anew();
        }
    }
    let found = app.matches().len();
    if let Some(search) = app.search.as_mut().filter(|_| app.screen != Screen::History) {
        search.found = found;
    }
}

/// Puts Live in another order.
pub(super) fn sort(app: &mut App, action: Action) {
    let (sort, reverse) = (app.rows.narrowed().sort, app.rows.narrowed().reverse);
    match action {
        Action::SortReverse => app.rows.sort(sort, !reverse),
        _ => app.rows.sort(sort.next(), false),
    }
    from_the_top(app);
}

/// The newest is followed where it stands on top.
fn from_the_top(app: &mut App) {
    app.live_at = Position::default();
    app.live_track = None;
    app.follow = app.rows.narrowed().is_newest_first();
}
