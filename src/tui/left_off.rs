//! Where somebody left off: the screen, filters, orders, ranges. Kept from one start to the next in a file of its own.

use serde::{Deserialize, Serialize};

use super::action::Screen;
use super::app::App;
use super::history::Shows;
use super::look::Resume;
use super::msg::Effect;
use super::narrowed::Narrowed;
use super::window::Window;
use crate::history::{Filter, SortBy};
use crate::monitoring::Metric;

/// Least time between two writings while somebody works, milliseconds.
const APART_MS: i64 = 3_000;

/// What a start takes up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOff {
    screen: Screen,
    live: List,
    log: LogList,
    history: HistoryList,
    drift: Charts,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct List {
    filter: Filter,
    sort: SortBy,
    reverse: bool,
}

impl Default for List {
    fn default() -> Self {
        let Narrowed { filter, sort, reverse, .. } = Narrowed::default();
        Self { filter, sort, reverse }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct LogList {
    filter: Filter,
    failures_only: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct HistoryList {
    /// Its range of time is in it.
    filter: Filter,
    sort: SortBy,
    reverse: bool,
    shows: Shows,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Charts {
    /// Days that are shown; 0 = everything.
    days: f64,
    figure: Metric,
    by_unit: bool,
}

impl Default for Charts {
    fn default() -> Self {
        Self { days: Window::default().days().unwrap_or(0.0), figure: Metric::UntrimmedError, by_unit: false }
    }
}

impl LeftOff {
    /// Where somebody is.
    pub fn of(app: &App) -> Self {
        let (live, history, drift) = (app.rows.narrowed(), &app.history, &app.drift);
        Self {
            // A unit is open for a moment; the screen it was opened from is where somebody works.
            screen: if app.screen == Screen::Unit { app.unit_from } else { app.screen },
            live: List { filter: live.filter.clone(), sort: live.sort, reverse: live.reverse },
            log: LogList { filter: app.log.filter().clone(), failures_only: app.log.failures_only },
            history: HistoryList {
                filter: history.filter.clone(),
                sort: history.sort,
                reverse: history.reverse,
                shows: history.shows,
            },
            drift: Charts {
                days: drift.window.days().unwrap_or(0.0),
                figure: drift.metric,
                by_unit: drift.shows_units(),
            },
        }
    }

    /// Takes it up on an empty screen.
    pub fn take_up(self, app: &mut App) {
        app.screen = if self.screen == Screen::Unit { Screen::Live } else { self.screen };
        let moment = app.moment();
        app.rows.pass_time(moment);
        app.log.pass_time(moment, i64::from(app.clock.offset_seconds));
        app.rows.narrow(self.live.filter);
        app.rows.sort(self.live.sort, self.live.reverse);
        app.follow = app.rows.narrowed().is_newest_first();
        app.log.narrow(self.log.filter);
        app.log.failures_only = self.log.failures_only;
        let history = &mut app.history;
        (history.filter, history.sort) = (self.history.filter, self.history.sort);
        (history.reverse, history.shows) = (self.history.reverse, self.history.shows);
        app.drift.window = Window::of_days(Some(self.drift.days).filter(|days| *days > 0.0));
        (app.drift.metric, app.drift.by_unit) = (self.drift.figure, self.drift.by_unit);
    }
}

/// When what was kept last is to be kept anew.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    /// What was kept last.
    kept: LeftOff,
    /// When.
    kept_ms: i64,
    /// When what has changed since is to be kept, milliseconds since 1970 UTC.
    pub due_ms: Option<i64>,
}

impl Keeping {
    /// What is kept, or was never.
    pub fn of(app: &App) -> Self {
        Self { kept: LeftOff::of(app), kept_ms: i64::MIN / 2, due_ms: None }
    }
}

/// Keeps where somebody is, when that has changed: at once where nothing was kept lately, else a little later, and before
/// the end in any case.
pub(super) fn keep(app: &mut App, effects: &mut Vec<Effect>) {
    if app.look.resume == Resume::Never {
        return;
    }
    let now = LeftOff::of(app);
    if now == app.keeping.kept {
        app.keeping.due_ms = None;
        return;
    }
    let due = app.keeping.kept_ms + APART_MS;
    let ends = effects.contains(&Effect::Quit);
    if !ends && app.clock.now_ms < due {
        app.keeping.due_ms = Some(due);
        return;
    }
    app.keeping = Keeping { kept: now.clone(), kept_ms: app.clock.now_ms, due_ms: None };
    effects.insert(0, Effect::RememberView(Box::new(now)));
}
