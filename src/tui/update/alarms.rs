//! What a person says of an alarm, and asks of a baseline.

use crossterm::event::{KeyCode, KeyEvent};

use crate::session::Request;
use crate::tui::action::Screen;
use crate::tui::app::{App, Overlay};
use crate::tui::line::Line;
use crate::tui::msg::Effect;
use crate::tui::prompt::{Beginning, Field, Prompt, SeenTo};

/// Where the configuration names no cause.
const NO_CAUSE: &str = "unspecified";

/// Asks what an alarm came from: on Drift the selected line's oldest open one, elsewhere the oldest of all. The causes
/// are asked for where they are not known yet.
pub(super) fn ask(app: &mut App) -> Vec<Effect> {
    let here = (app.screen == Screen::Drift).then(|| app.drift.open_alarm()).flatten();
    let oldest = || app.header.as_ref().and_then(|header| header.oldest_alarm.clone());
    let Some((alarm, sentence)) = here.or_else(oldest) else {
        app.say("no alarm is open");
        return Vec::new();
    };
    let by = Line::of(&app.remembered.by);
    let note = Line::default();
    let seen = SeenTo { alarm, sentence, cause: 0, note, by, field: Field::First };
    app.overlay = Some(Overlay::Prompt(Prompt::SeenTo(seen)));
    if app.drift.list.is_some() {
        return Vec::new();
    }
    app.drift.awaited = true;
    vec![Effect::Ask(Request::Drift)]
}

/// First a cause, by its number or marked with Tab; then a note and initials. Enter goes to what is missing, and writes
/// when nothing is.
pub(super) fn press(app: &mut App, event: KeyEvent, mut seen: SeenTo) -> Vec<Effect> {
    let causes = app.drift.list.as_ref().map_or(0, |list| list.causes.len());
    match (event.code, seen.field) {
        (code, Field::First) => in_causes(app, code, &mut seen, causes),
        (KeyCode::Enter, _) if seen.is_whole() => return write(app, &seen),
        (KeyCode::Enter, _) => seen.field = Field::By,
        (KeyCode::Up, _) => seen.field = Field::First,
        (KeyCode::Tab | KeyCode::BackTab | KeyCode::Down, field) => {
            seen.field = if field == Field::By { Field::Words } else { Field::By };
        }
        _ => seen.line().take(event),
    }
    app.overlay = Some(Overlay::Prompt(Prompt::SeenTo(seen)));
    Vec::new()
}

fn in_causes(app: &App, code: KeyCode, seen: &mut SeenTo, causes: usize) {
    let chosen = match code {
        KeyCode::Char(c) => {
            let number = c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
            number.filter(|number| *number < causes)
        }
        // Before the causes are known nothing is chosen.
        KeyCode::Enter => app.drift.list.is_some().then_some(seen.cause),
        _ => None,
    };
    if let Some(cause) = chosen {
        (seen.cause, seen.field) = (cause, Field::Words);
    }
    let by = match code {
        KeyCode::Tab | KeyCode::Down | KeyCode::Right => 1,
        KeyCode::BackTab | KeyCode::Up | KeyCode::Left => causes.saturating_sub(1),
        _ => 0,
    };
    seen.cause = (seen.cause + by) % causes.max(1);
}

fn write(app: &mut App, seen: &SeenTo) -> Vec<Effect> {
    let cause = app.drift.list.as_ref().and_then(|list| list.causes.get(seen.cause));
    let cause = cause.cloned().unwrap_or_else(|| NO_CAUSE.to_owned());
    let (note, by) = (seen.note.text().trim().to_owned(), seen.by.text().trim().to_owned());
    let mut effects = remember(app, &by);
    app.drift.awaited = true;
    app.say(&format!("acknowledged: {cause}"));
    effects.push(Effect::Ask(Request::Acknowledge { alarm: seen.alarm, cause, note, by }));
    effects
}

/// Asks from when on a new baseline is to be found: from the point under the cursor, else from the newest change of the
/// station, else from today.
pub(super) fn ask_baseline(app: &mut App) {
    let Some(line) = app.drift.line() else {
        app.say("how the models run is not known yet: it is once the history is open");
        return;
    };
    let stream = line.stream.clone();
    let marker = app.drift.charts().and_then(|charts| charts.markers.iter().map(|marker| marker.time).max());
    let cursor = app.drift.under_cursor().map(|(_, time)| time);
    let today = crate::trim::LocalDate::from_days(app.clock.day(app.clock.now_ms));
    let day = cursor.or(marker).map(|time| time.date).or(today);
    let from = Line::of(&day.map(|day| day.to_string()).unwrap_or_default());
    let by = Line::of(&app.remembered.by);
    let beginning = Beginning { stream, from, reason: Line::default(), by, field: Field::First };
    app.overlay = Some(Overlay::Prompt(Prompt::Beginning(beginning)));
}

/// A day, a reason and initials; Enter goes to the next that is missing or wrong, and writes when nothing is.
pub(super) fn press_baseline(app: &mut App, event: KeyEvent, mut wish: Beginning) -> Vec<Effect> {
    match event.code {
        KeyCode::Enter => match (wish.lacks(), wish.day()) {
            (None, Some(day)) => {
                let (reason, by) = (wish.reason.text().trim().to_owned(), wish.by.text().trim().to_owned());
                let mut effects = remember(app, &by);
                app.drift.awaited = true;
                app.say(&format!("{}: a new baseline is looked for from {day} on", wish.stream));
                effects.push(Effect::Ask(Request::NewBaseline {
                    stream: wish.stream,
                    from: day.midnight(),
                    reason,
                    by,
                }));
                return effects;
            }
            (lacks, _) => wish.field = lacks.unwrap_or_default(),
        },
        KeyCode::Tab | KeyCode::Down => wish.field = wish.field.step(false),
        KeyCode::BackTab | KeyCode::Up => wish.field = wish.field.step(true),
        _ => wish.line().take(event),
    }
    app.overlay = Some(Overlay::Prompt(Prompt::Beginning(wish)));
    Vec::new()
}

fn remember(app: &mut App, by: &str) -> Vec<Effect> {
    if app.remembered.by == by {
        return Vec::new();
    }
    by.clone_into(&mut app.remembered.by);
    vec![Effect::Remember(Box::new(app.remembered.clone()))]
}
