//! History: what its keys ask for, and what comes back.

use crate::history::{Found, Step};
use crate::session::{ArrivedRun, Event, Request};
use crate::tui::action::{Action, Screen};
use crate::tui::app::{App, Overlay};
use crate::tui::layout;
use crate::tui::line::Line;
use crate::tui::msg::Effect;
use crate::tui::prompt::{Prompt, Word};

/// The keys that only this screen has.
pub(super) fn act(app: &mut App, action: Action) {
    let history = &mut app.history;
    match action {
        Action::SortNext => {
            (history.sort, history.reverse) = (history.sort.next(), false);
            history.ask_anew();
        }
        Action::SortReverse => {
            history.reverse = !history.reverse;
            history.ask_anew();
        }
        Action::RangeShorter => history.step_range(false),
        Action::RangeLonger => history.step_range(true),
        Action::SaveFilter if history.filter.is_empty() => {
            app.say(&format!("no filter to save yet: {} makes one", app.key(Action::Filter)));
        }
        Action::SaveFilter => app.overlay = Some(Overlay::Prompt(Prompt::SaveAs(Line::default()))),
        Action::SavedFilters if app.remembered.filters.is_empty() => {
            app.say(&format!("no filter is saved yet: {} saves one", app.key(Action::SaveFilter)));
        }
        Action::SavedFilters => app.overlay = Some(Overlay::Saved { at: 0 }),
        Action::ViewNext => show(app, false),
        Action::ViewPrevious => show(app, true),
        _ => {}
    }
}

fn show(app: &mut App, back: bool) {
    app.history.shows = app.history.shows.step(back);
    app.history.yields_at = crate::tui::list::Position::default();
    // Yields that were asked for another view answer nothing here.
    app.history.asked_yields.waits = false;
    app.search = None;
}

/// Asks why the run on screen is to be excluded, or to count again.
pub(super) fn ask_word(app: &mut App) {
    let Some(run) = app.run() else {
        app.say("no run is selected: choose a row with a run");
        return;
    };
    let word = Word {
        key: run.key.clone(),
        name: run.record.run.identity.unit(),
        exclude: run.record.excluded.is_none(),
        reason: Line::default(),
        by: Line::of(&app.remembered.by),
        at_by: false,
    };
    app.overlay = Some(Overlay::Prompt(Prompt::Word(word)));
}

/// What the screen lacks.
pub(super) fn wanted(app: &mut App) -> Vec<Effect> {
    if app.screen != Screen::History {
        return Vec::new();
    }
    // Yields stand under the counts of the runs: those are wanted on every view.
    let rows = layout::list_rows(app);
    let page = app.history.wants(rows);
    let page = page.map(|(number, query)| Effect::Ask(Request::Query { number, query: Box::new(query) }));
    let filter = app.history.filter.clone();
    let yields = app.history.wants_yields();
    let yields = yields.map(|(number, by)| Effect::Ask(Request::Overview { number, filter, by }));
    page.into_iter().chain(yields).collect()
}

/// Asks for the next run with the text that is searched for.
pub(super) fn find(app: &mut App, from: usize, step: Step) -> Vec<Effect> {
    let Some(text) = app.search.as_ref().map(|search| search.text.clone()) else {
        app.say(&nothing_searched(app));
        return Vec::new();
    };
    let (number, query) = app.history.find(from);
    vec![Effect::Ask(Request::Find { number, query: Box::new(query), text, step })]
}

/// What is said where there is no search to walk through.
pub(super) fn nothing_searched(app: &App) -> String {
    format!("nothing was searched for yet: {} does", app.key(Action::Search))
}

/// Takes an answer.
pub(super) fn heard(app: &mut App, event: Event) {
    app.answered |= answers_key(app, &event);
    match event {
        Event::Page { number, page } => app.history.take(number, *page),
        Event::Yields { number, rows } => app.history.take_yields(number, rows),
        Event::Found { number, found } => at(app, number, found),
        Event::Building { percent } => app.history.building = Some(percent),
        Event::Unanswered { number, why } => {
            let history = &mut app.history;
            let asked = [history.asked, history.asked_yields].iter().any(|asked| asked.waits && asked.number == number);
            if asked {
                (history.asked.waits, history.asked_yields.waits) = (false, false);
                history.trouble = Some(why);
            }
        }
        Event::Changed(run) => changed(app, &run),
        _ => {}
    }
}

/// Whether an event answers a question that a key asked.
fn answers_key(app: &App, event: &Event) -> bool {
    let history = &app.history;
    let (number, asked) = match event {
        Event::Page { number, .. } => (number, history.asked),
        Event::Yields { number, .. } => (number, history.asked_yields),
        Event::Found { number, .. } => (number, history.asked_find),
        Event::Changed(_) => return true,
        _ => return false,
    };
    asked.waits && asked.by_key && asked.number == *number
}

fn at(app: &mut App, number: u64, found: Found) {
    let asked = &mut app.history.asked_find;
    if !(asked.waits && asked.number == number) {
        return;
    }
    asked.waits = false;
    let Some(search) = &mut app.search else { return };
    search.found = found.found;
    match found.row {
        Some(row) => app.history.at.selected = row,
        None if app.overlay.is_none() => app.say("no match"),
        None => {}
    }
}

/// A run is excluded, or counts again: wherever it is shown.
fn changed(app: &mut App, run: &ArrivedRun) {
    app.rows.changed(run);
    if let Some(unit) = &mut app.unit {
        unit.changed(run);
    }
    app.history.changed(run);
    let name = &run.record.run.identity;
    let said = if run.record.excluded.is_some() { "does not count any more" } else { "counts again" };
    app.say(&format!("{} {} {said}", name.model, name.serial));
}
