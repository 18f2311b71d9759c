//! Keys into what is asked for in the last lines.

use crossterm::event::{KeyCode, KeyEvent};

use super::{alarms, models, narrow, tested};
use crate::history::Filter;
use crate::session::Request;
use crate::tui::app::{App, Overlay};
use crate::tui::msg::Effect;
use crate::tui::prompt::{Prompt, Word};
use crate::tui::remembered::Saved;

/// Takes a key; the prompt stays until it is answered or left.
pub(super) fn press(app: &mut App, event: KeyEvent, prompt: Prompt) -> Vec<Effect> {
    if event.code == KeyCode::Esc {
        return Vec::new();
    }
    match prompt {
        Prompt::Filter(mut line) => {
            if event.code == KeyCode::Enter {
                if let Ok(filter) = Filter::parse(line.text()) {
                    narrow::narrow(app, filter);
                    return Vec::new();
                }
            } else {
                line.take(event);
            }
            app.overlay = Some(Overlay::Prompt(Prompt::Filter(line)));
        }
        Prompt::SaveAs(mut line) => {
            let name = line.text().trim().to_owned();
            if event.code == KeyCode::Enter && !name.is_empty() {
                return save(app, name);
            }
            line.take(event);
            app.overlay = Some(Overlay::Prompt(Prompt::SaveAs(line)));
        }
        Prompt::Word(word) => return in_word(app, event, word),
        Prompt::Test(test) => return tested::press(app, event, test),
        Prompt::By(intent, line) => return models::in_by(app, event, intent, line),
        Prompt::SeenTo(seen) => return alarms::press(app, event, seen),
        Prompt::Beginning(wish) => return alarms::press_baseline(app, event, wish),
    }
    Vec::new()
}

fn save(app: &mut App, name: String) -> Vec<Effect> {
    let history = &app.history;
    app.remembered.save(Saved { name, filter: history.filter.clone(), sort: history.sort, reverse: history.reverse });
    vec![Effect::Remember(Box::new(app.remembered.clone()))]
}

/// Enter goes to what is still missing, and writes when nothing is.
fn in_word(app: &mut App, event: KeyEvent, mut word: Word) -> Vec<Effect> {
    match event.code {
        KeyCode::Enter if word.is_whole() => return write(app, &word),
        KeyCode::Enter => word.at_by = !word.reason.text().trim().is_empty(),
        KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => word.at_by = !word.at_by,
        _ => word.line().take(event),
    }
    app.overlay = Some(Overlay::Prompt(Prompt::Word(word)));
    Vec::new()
}

fn write(app: &mut App, word: &Word) -> Vec<Effect> {
    let (reason, by) = (word.reason.text().trim().to_owned(), word.by.text().trim().to_owned());
    let mut effects = Vec::new();
    if app.remembered.by != by {
        app.remembered.by.clone_from(&by);
        effects.push(Effect::Remember(Box::new(app.remembered.clone())));
    }
    let key = word.key.clone();
    let request =
        if word.exclude { Request::Exclude { key, reason, by } } else { Request::Include { key, reason, by } };
    effects.push(Effect::Ask(request));
    effects
}

/// Keys into the list of saved filters.
pub(super) fn in_saved(app: &mut App, event: KeyEvent, at: usize) -> Vec<Effect> {
    let last = app.remembered.filters.len().saturating_sub(1);
    let at = match event.code {
        KeyCode::Esc | KeyCode::Char('q' | 'W') => return Vec::new(),
        KeyCode::Up | KeyCode::Char('k') => at.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => (at + 1).min(last),
        KeyCode::Home | KeyCode::Char('g') => 0,
        KeyCode::End | KeyCode::Char('G') => last,
        KeyCode::Enter => {
            if let Some(saved) = app.remembered.filters.get(at) {
                let history = &mut app.history;
                (history.filter, history.sort, history.reverse) = (saved.filter.clone(), saved.sort, saved.reverse);
                history.ask_anew();
            }
            return Vec::new();
        }
        KeyCode::Char('d') | KeyCode::Delete if at <= last && !app.remembered.filters.is_empty() => {
            app.remembered.filters.remove(at);
            let left = app.remembered.filters.len();
            app.overlay = (left > 0).then(|| Overlay::Saved { at: at.min(left - 1) });
            return vec![Effect::Remember(Box::new(app.remembered.clone()))];
        }
        _ => at,
    };
    app.overlay = Some(Overlay::Saved { at });
    Vec::new()
}
