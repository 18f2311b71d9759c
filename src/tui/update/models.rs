//! Models: moving between lines, card and versions, and what is asked for after a question.

use crossterm::event::{KeyCode, KeyEvent};

use crate::analysis::Learner;
use crate::config::Mode;
use crate::session::{ModelsView, Request};
use crate::tui::action::{Action, Screen};
use crate::tui::app::{App, Overlay};
use crate::tui::layout;
use crate::tui::line::Line;
use crate::tui::models::Pane;
use crate::tui::msg::Effect;
use crate::tui::prompt::{Intent, Prompt};
use crate::tui::view;

/// The keys that only this screen has.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::LetSpeak if app.models.focus != Pane::Versions => {
            app.models.focus = Pane::Versions;
            Vec::new()
        }
        Action::LetSpeak => {
            let chosen = app.models.shown().map(|shown| shown.card.version);
            ask_deploy(app, chosen);
            Vec::new()
        }
        Action::LetFormula => {
            ask_deploy(app, None);
            Vec::new()
        }
        Action::Train => train(app),
        Action::TrainAll => wish(app, Intent::Train(None)),
        Action::CancelTraining => {
            ask_cancel(app);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Moves in the pane that has the focus.
pub(super) fn go(app: &mut App, action: Action) {
    match app.models.focus {
        Pane::List => {
            let len = app.models.subjects().len();
            let by = steps(action, layout::list_rows(app));
            let mut at = app.models.at;
            at.move_by(by, len);
            app.models.select(at.selected);
        }
        Pane::Card => {
            let by = steps(action, view::card_room(app).1);
            // Where its end is, `settle` knows.
            app.models.card_top = app.models.card_top.saturating_add_signed(by);
        }
        Pane::Versions => app.models.step_version(steps(action, 5)),
    }
}

/// How many rows a key that moves means, in a list that shows so many.
pub(super) fn steps(action: Action, rows: usize) -> isize {
    let page = isize::try_from(rows.saturating_sub(1).max(1)).unwrap_or(1);
    match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::First => isize::MIN,
        _ => isize::MAX,
    }
}

/// Keeps the list and the card inside what there is of them.
pub(super) fn settle(app: &mut App) {
    let (rows, len) = (layout::list_rows(app), app.models.subjects().len());
    app.models.at.show(rows, len);
    let (lines, room) = view::card_room(app);
    app.models.card_top = app.models.card_top.min(lines.saturating_sub(room));
}

/// Asks how learning stands, once whenever the screen is opened.
pub(super) fn wanted(app: &mut App) -> Option<Effect> {
    if app.screen != Screen::Models {
        app.models.asked = false;
        return None;
    }
    (!std::mem::replace(&mut app.models.asked, true)).then_some(Effect::Ask(Request::Models))
}

/// Takes how learning stands.
pub(super) fn heard(app: &mut App, models: Box<ModelsView>) {
    app.answered |= app.screen == Screen::Models && app.models.view.is_none();
    app.models.take(models);
}

/// Trains the selected learner, unless it is clear that nothing would come of it.
fn train(app: &mut App) -> Vec<Effect> {
    let Some(subject) = app.models.subject() else {
        app.say("how learning stands is not known yet");
        return Vec::new();
    };
    let learner = subject.learner.learner;
    let lacks = subject.learner.offer.and_then(|offer| offer.lacks(learner));
    if subject.learner.mode == Mode::Off {
        app.say(&format!("{} is off: `learning.{}` in the configuration", learner.title(), switch(learner)));
        return Vec::new();
    }
    if let Some(lacks) = lacks {
        app.say(&format!("{} cannot be trained yet: {lacks}", learner.title()));
        return Vec::new();
    }
    wish(app, Intent::Train(Some(learner)))
}

/// The name of a learner's switch in the configuration.
pub(super) fn switch(learner: Learner) -> &'static str {
    match learner {
        Learner::ThresholdOptimizer => "threshold_optimizer",
        Learner::FinalTest | Learner::TrimVerdict => "failure_predictor",
        Learner::DriftDetector => "drift_detector",
    }
}

fn ask_cancel(app: &mut App) {
    let Some(training) = app.models.training() else {
        app.say("nothing is being trained");
        return;
    };
    let what = training.learner.map_or("the look through the history", Learner::title);
    let more = if training.more { ", and the one that waits" } else { "" };
    let question = format!("Give up training {what} at {} %, wanted by {}{more}?", training.percent, training.by);
    app.overlay = Some(Overlay::Confirm { intent: Intent::CancelTraining, question });
}

/// Asks whether a version is to speak, or the formula.
fn ask_deploy(app: &mut App, version: Option<u32>) {
    let Some(subject) = app.models.subject() else {
        app.say("how learning stands is not known yet");
        return;
    };
    let deployed = subject.deployed().map(|speaks| speaks.card.version);
    let said = if subject.versions().next().is_none() {
        let instead = view::speaks_instead(subject.learner.learner);
        Some(match subject.learner.learner {
            Learner::DriftDetector => "no version here: each product model has its own, below".to_owned(),
            _ => format!("no version is there: {instead} speaks"),
        })
    } else if version == deployed {
        let who = deployed
            .map_or_else(|| view::speaks_instead(subject.learner.learner).to_owned(), |version| format!("v{version}"));
        Some(format!("{who} speaks already"))
    } else {
        None
    };
    if let Some(said) = said {
        app.say(&said);
        return;
    }
    let missed = subject.versions().find(|known| Some(known.card.version) == version);
    let missed = missed.filter(|known| !known.card.gate.deployed).map_or("", |_| " It missed its gate.");
    let who = match version {
        Some(version) => format!("v{version} speaks"),
        None => format!("{} speaks", view::speaks_instead(subject.learner.learner)),
    };
    let instead = deployed.map(|version| format!(" instead of v{version}")).unwrap_or_default();
    let question = format!("{who} from now on{instead}?{missed} {}", subject.name());
    let intent = Intent::Deploy { learner: subject.learner.learner, scope: subject.scope().to_owned(), version };
    app.overlay = Some(Overlay::Confirm { intent, question });
}

/// Takes the answer to a question; no key but yes does anything.
pub(super) fn answered(app: &mut App, event: KeyEvent, intent: Intent) -> Vec<Effect> {
    match event.code {
        // Not Enter: whoever presses it twice has not read the question.
        KeyCode::Char('y' | 'Y') => wish(app, intent),
        _ => Vec::new(),
    }
}

/// Asks the session in the name of whoever gave initials last; asks for initials where nobody did.
fn wish(app: &mut App, intent: Intent) -> Vec<Effect> {
    if app.remembered.by.is_empty() && intent != Intent::CancelTraining {
        app.overlay = Some(Overlay::Prompt(Prompt::By(intent, Line::default())));
        return Vec::new();
    }
    let said = said(app, &intent);
    app.say(&said);
    vec![Effect::Ask(intent.request(&app.remembered.by))]
}

/// Takes a key into the initials.
pub(super) fn in_by(app: &mut App, event: KeyEvent, intent: Intent, mut line: Line) -> Vec<Effect> {
    let by = line.text().trim().to_owned();
    if event.code == KeyCode::Enter && !by.is_empty() {
        app.remembered.by = by;
        let mut effects = vec![Effect::Remember(Box::new(app.remembered.clone()))];
        effects.extend(wish(app, intent));
        return effects;
    }
    line.take(event);
    app.overlay = Some(Overlay::Prompt(Prompt::By(intent, line)));
    Vec::new()
}

/// What happens now.
fn said(app: &App, intent: &Intent) -> String {
    let waits =
        if app.models.training().is_some() { "once the training that runs is done" } else { "in the background" };
    match intent {
        Intent::Train(Some(learner)) => format!("{} is trained {waits}", learner.title()),
        Intent::Train(None) => format!("every learner with enough history is trained {waits}"),
        Intent::CancelTraining => "the training is given up; what spoke before goes on".to_owned(),
        Intent::Deploy { version: Some(version), .. } => format!("v{version} is asked to speak"),
        Intent::Deploy { learner, .. } => format!("{} is asked to speak", view::speaks_instead(*learner)),
    }
}
