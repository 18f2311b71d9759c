//! What happens → how the screen changes, and what is to be done. Pure: no clock, no handle, no I/O.

mod alarms;
mod drift;
mod give;
mod history;
mod keys;
mod models;
mod mouse;
mod moves;
mod narrow;
mod palette;
mod prompts;
mod session;
mod tested;

use super::action::Screen;
use super::app::App;
use super::backlog::may_wait;
use super::clock::Clock;
use super::curves::Known;
use super::layout;
use super::left_off;
use super::msg::{Effect, Msg};
use super::view;
use crate::history::RunKey;
use crate::session::Request;
use crate::session::signals::Signal;

/// Takes one message.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let answers_session = matches!(msg, Msg::Session(_));
    // Who presses something else does not look for a failure any more.
    app.seeks &= matches!(msg, Msg::Session(_) | Msg::Tick(_));
    // Whoever presses a key means all that has come.
    let opens = match &msg {
        Msg::Session(_) => false,
        Msg::Tick(clock) => app.open_ms().is_some_and(|due| clock.now_ms >= due),
        _ => app.frozen.is_none(),
    };
    let mut effects = if opens { session::open_all(app) } else { Vec::new() };
    effects.extend(match msg {
        Msg::Key(key) => keys::press(app, key),
        Msg::Mouse(event) => mouse::moved(app, event),
        Msg::Resize(columns, rows) => {
            app.size = (columns, rows);
            app.dirty = true;
            vec![Effect::Redraw]
        }
        Msg::Session(event) => session::heard(app, *event),
        Msg::Tick(clock) => {
            tick(app, clock);
            session::ring_if_owed(app).into_iter().collect()
        }
        Msg::NotRemembered(why) => {
            app.say(&format!("not kept for the next start: {why}"));
            app.dirty = true;
            Vec::new()
        }
        Msg::Signal(Signal::Suspend) => vec![Effect::Suspend],
        Msg::Signal(Signal::Resume) => vec![Effect::Redraw],
        Msg::Signal(Signal::End) | Msg::TerminalLost => vec![Effect::Quit],
    });
    if app.seeks && app.backlog.failures() == 0 {
        app.seeks = false;
        moves::next_unseen(app);
    }
    settle(app);
    effects.extend(wanted(app));
    effects.extend(session::shows(app));
    // What arrives changes nothing about where somebody is, and arrives often.
    if !answers_session || effects.contains(&Effect::Quit) {
        left_off::keep(app, &mut effects);
    }
    effects
}

/// Time alone changes few words; only when one of them does is there something to draw.
fn tick(app: &mut App, clock: Clock) {
    let before = view::moment(app);
    app.clock = clock;
    if app.toast.as_ref().is_some_and(|toast| clock.now_ms >= toast.until_ms) {
        app.toast = None;
        app.dirty = true;
    }
    let turned = view::moment(app) != before;
    app.dirty |= turned;
    if turned {
        pass_time(app);
    }
}

/// What filters say of time is said of now.
fn pass_time(app: &mut App) {
    let moment = app.moment();
    session::keeping_selection(app, |app| app.rows.pass_time(moment));
    app.log.pass_time(moment, i64::from(app.clock.offset_seconds));
}

/// Brings the selected rows into their windows.
fn settle(app: &mut App) {
    if app.follow {
        app.live_at.selected = 0;
    }
    let rows = layout::list_rows(app);
    match app.screen {
        Screen::Live => app.live_at.show(rows, app.rows.len()),
        Screen::Log => {
            let len = app.log_rows().count();
            app.log_at.show(rows, len);
        }
        Screen::History => {
            let len = app.history.found();
            app.history.at.show(rows, len);
            let yields = app.history.yields.as_ref().map_or(0, |(_, rows)| rows.len());
            app.history.yields_at.show(rows, yields);
        }
        Screen::Drift => drift::settle(app),
        Screen::Models => models::settle(app),
        Screen::Unit => {}
    }
}

/// What the screen lacks for what it is about to show.
fn wanted(app: &mut App) -> Vec<Effect> {
    let mut effects = history::wanted(app);
    effects.extend(models::wanted(app));
    effects.extend(drift::wanted(app));
    // After a burst the newest run's come by themselves; in it there is a newer run before they would be here.
    let come = may_wait(app) && app.backlog.still_comes(app.clock.now_ms);
    if let Some(key) = app.run().map(|run| run.key.clone())
        && !come
        && app.curves.get(&key) == Known::Unknown
    {
        app.curves.ask(key.clone());
        effects.push(Effect::Ask(Request::Curves { key }));
    }
    if app.screen == Screen::Unit
        && let Some(key) = asks_before(app)
    {
        effects.push(Effect::Ask(Request::Before { key }));
    }
    if app.screen == Screen::Unit {
        effects.extend(tested::wanted(app));
    }
    effects
}

/// The run whose predecessor nobody has asked for yet.
fn asks_before(app: &mut App) -> Option<RunKey> {
    let unit = app.unit.as_mut()?;
    let key = unit.run()?.key.clone();
    if unit.before.as_ref().is_some_and(|(asked, _)| *asked == key) {
        return None;
    }
    unit.before = Some((key.clone(), None));
    Some(key)
}
