//! The way back: what one step back after the other leaves, from Live on.

use super::action::Screen;
use super::app::App;
use super::drift::DriftPane;
use super::history::Shows;
use super::models::Pane;

/// `Live`, `Drift`, `lots`, `cursor`, `zoom`: each step back takes the last one away.
pub fn crumbs(app: &App) -> Vec<String> {
    let mut crumbs = of_screen(app, app.screen);
    if let Some(search) = &app.search {
        crumbs.push(format!("/{}", search.text));
    }
    if app.zoom {
        crumbs.push("zoom".to_owned());
    }
    crumbs
}

/// The way to a screen and inside it.
fn of_screen(app: &App, screen: Screen) -> Vec<String> {
    let word = |word: &str| Some(word.to_owned());
    let mut crumbs = match screen {
        Screen::Live => Vec::new(),
        // A unit leads back to where it was opened from; no unit leads to Live.
        Screen::Unit if app.unit_from != Screen::Unit => of_screen(app, app.unit_from),
        _ => vec![Screen::Live.title().to_owned()],
    };
    crumbs.push(screen.title().to_owned());
    let (pane, cursor) = match screen {
        Screen::Live => ((app.focus > 0).then(|| format!("track {}", app.focus)), None),
        Screen::Unit => (None, app.unit.as_ref().and_then(|unit| unit.cursor).and_then(|_| word("cursor"))),
        Screen::Drift => {
            let at = app.drift.focus.is_chart() && app.drift.has_cursor();
            (drift_pane(app.drift.focus), at.then(|| "cursor".to_owned()))
        }
        Screen::Models => match app.models.focus {
            Pane::List => (None, None),
            Pane::Card => (word("card"), None),
            Pane::Versions => (word("versions"), None),
        },
        Screen::History => match app.history.shows {
            Shows::Runs => (None, None),
            Shows::Days => (word("yield by day"), None),
            Shows::Models => (word("yield by model"), None),
        },
        Screen::Log => (None, None),
    };
    crumbs.extend(pane);
    crumbs.extend(cursor);
    crumbs
}

fn drift_pane(pane: DriftPane) -> Option<String> {
    let word = match pane {
        DriftPane::List => return None,
        DriftPane::Lots => "lots",
        DriftPane::Units => "units",
        DriftPane::Evidence => "evidence",
        DriftPane::Alarms => "alarms",
    };
    Some(word.to_owned())
}
