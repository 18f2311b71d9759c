//! What a person says of a part's final test.

use crossterm::event::{KeyCode, KeyEvent};

use crate::session::Request;
use crate::tui::app::{App, Overlay};
use crate::tui::line::Line;
use crate::tui::msg::Effect;
use crate::tui::prompt::{Prompt, Test};
use crate::tui::search::test_word;
use crate::tui::unit::Tested;

/// Asks what the final test made of the part on screen.
pub(super) fn ask(app: &mut App) {
    let Some(run) = app.run() else {
        app.say("no run is open: open one of Live or History first");
        return;
    };
    let identity = &run.record.run.identity;
    if !identity.is_unit() {
        app.say("a part without a serial of its own has no final test");
        return;
    }
    let test = Test {
        key: run.key.clone(),
        name: format!("{} {}", identity.model, identity.serial),
        passed: None,
        note: Line::default(),
        by: Line::of(&app.remembered.by),
        at_by: false,
    };
    app.overlay = Some(Overlay::Prompt(Prompt::Test(test)));
}

/// The run of whose final test nobody has asked yet.
pub(super) fn wanted(app: &mut App) -> Option<Effect> {
    let unit = app.unit.as_mut()?;
    let key = unit.run()?.key.clone();
    if unit.tested.as_ref().is_some_and(|(asked, _)| *asked == key) {
        return None;
    }
    unit.tested = Some((key.clone(), Tested::Asked));
    Some(Effect::Ask(Request::Outcome { key }))
}

/// First pass or fail, then a note with initials; Enter goes to what is still missing, and writes when nothing is.
pub(super) fn press(app: &mut App, event: KeyEvent, mut test: Test) -> Vec<Effect> {
    match (event.code, test.passed) {
        (KeyCode::Char('p' | 'P'), None) => test.passed = Some(Some(true)),
        (KeyCode::Char('f' | 'F'), None) => test.passed = Some(Some(false)),
        (KeyCode::Char('b' | 'B'), None) => test.passed = Some(None),
        (_, None) => {}
        (KeyCode::Enter, Some(passed)) if test.is_whole() => return write(app, &test, passed),
        (KeyCode::Enter, _) => test.at_by = true,
        (KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down, _) => test.at_by = !test.at_by,
        _ => test.line().take(event),
    }
    app.overlay = Some(Overlay::Prompt(Prompt::Test(test)));
    Vec::new()
}

fn write(app: &mut App, test: &Test, passed: Option<bool>) -> Vec<Effect> {
    let (note, by) = (test.note.text().trim().to_owned(), test.by.text().trim().to_owned());
    let mut effects = Vec::new();
    if app.remembered.by != by {
        app.remembered.by.clone_from(&by);
        effects.push(Effect::Remember(Box::new(app.remembered.clone())));
    }
    app.say(&format!("{}: {}", test.name, test_word(passed)));
    effects.push(Effect::Ask(Request::Tested { key: test.key.clone(), passed, note, by }));
    effects
}
