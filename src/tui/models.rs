//! Models: what is learned, which line of it is looked at, and which version of that.

use super::list::Position;
use crate::analysis::Learner;
use crate::history::Registered;
use crate::session::{LearnerView, ModelsView, Standing, TrainingView};

/// The panes of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pane {
    /// One line a learner, and a product model with a drift detector.
    #[default]
    List,
    /// The card of a version.
    Card,
    /// The versions.
    Versions,
}

impl Pane {
    /// The pane after this one, or the one before; round the end.
    #[must_use]
    pub fn step(self, back: bool) -> Self {
        match (self, back) {
            (Self::List, false) | (Self::Versions, true) => Self::Card,
            (Self::Card, false) | (Self::List, true) => Self::Versions,
            (Self::Versions, false) | (Self::Card, true) => Self::List,
        }
    }
}

/// The screen's state.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// How learning stands, once it is known.
    pub view: Option<Box<ModelsView>>,
    /// Where the list stands.
    pub at: Position,
    /// The pane that has the focus.
    pub focus: Pane,
    /// The version that is looked at; the one that speaks until somebody chose.
    pub version: Option<u32>,
    /// The first line of the card that is shown.
    pub card_top: usize,
    /// Whether it was asked for since the screen was opened.
    pub asked: bool,
}

/// One line of the list: a learner, or one product model of a learner that has a model for each.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The learner.
    pub learner: &'a LearnerView,
    /// The product model.
    pub product: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// The product model; empty = the whole shop.
    pub fn scope(self) -> &'a str {
        self.product.unwrap_or("")
    }

    /// Its versions, the newest first.
    pub fn versions(self) -> impl Iterator<Item = &'a Registered> {
        self.learner.versions.iter().filter(move |version| version.card.scope == self.scope())
    }

    /// The version that speaks, or would.
    pub fn deployed(self) -> Option<&'a Registered> {
        self.versions().find(|version| version.deployed)
    }

    /// The version that speaks; the newest when none does.
    pub fn foremost(self) -> Option<&'a Registered> {
        self.deployed().or_else(|| self.versions().next())
    }

    /// The one thing to know.
    pub fn standing(self, training: Option<&TrainingView>, now_ms: i64) -> Standing {
        match self.product {
            Some(product) => self.learner.standing_of(product, now_ms),
            None => self.learner.standing(training, now_ms),
        }
    }

    /// Its name for people.
    pub fn name(self) -> String {
        match self.product {
            Some(product) => format!("{}, {product}", self.learner.learner.title()),
            None => self.learner.learner.title().to_owned(),
        }
    }

    fn is(self, other: &(Learner, Option<String>)) -> bool {
        (self.learner.learner, self.product) == (other.0, other.1.as_deref())
    }
}

impl Models {
    /// The lines of the list.
    pub fn subjects(&self) -> Vec<Subject<'_>> {
        let mut subjects = Vec::new();
        for learner in self.view.iter().flat_map(|view| &view.learners) {
            subjects.push(Subject { learner, product: None });
            let mut met: Vec<&str> = Vec::new();
            for version in &learner.versions {
                let scope = version.card.scope.as_str();
                if !scope.is_empty() && !met.contains(&scope) {
                    met.push(scope);
                }
            }
            subjects.extend(met.into_iter().map(|product| Subject { learner, product: Some(product) }));
        }
        subjects
    }

    /// The selected line.
    pub fn subject(&self) -> Option<Subject<'_>> {
        self.subjects().into_iter().nth(self.at.selected)
    }

    /// The version that is looked at.
    pub fn shown(&self) -> Option<&Registered> {
        let subject = self.subject()?;
        let chosen = subject.versions().find(|version| Some(version.card.version) == self.version);
        chosen.or_else(|| subject.foremost())
    }

    /// The training that runs.
    pub fn training(&self) -> Option<&TrainingView> {
        self.view.as_ref()?.training.as_ref()
    }

    /// Takes how learning stands now; the selection stays with its line.
    pub fn take(&mut self, view: Box<ModelsView>) {
        let held = self.subject().map(|subject| (subject.learner.learner, subject.product.map(str::to_owned)));
        self.view = Some(view);
        if let Some(held) = held {
            let at = self.subjects().iter().position(|subject| subject.is(&held));
            self.at.selected = at.unwrap_or(self.at.selected);
        }
    }

    /// Selects a line: its foremost version is looked at, from the top.
    pub fn select(&mut self, line: usize) {
        if self.at.selected != line {
            (self.at.selected, self.version, self.card_top) = (line, None, 0);
        }
    }

    /// Looks at an older version, or at a newer one.
    pub fn step_version(&mut self, by: isize) {
        let Some(shown) = self.shown().map(|shown| shown.card.version) else { return };
        let versions: Vec<u32> =
            self.subject().into_iter().flat_map(Subject::versions).map(|version| version.card.version).collect();
        let at = versions.iter().position(|version| *version == shown).unwrap_or(0);
        let at = at.saturating_add_signed(by).min(versions.len().saturating_sub(1));
        if let Some(version) = versions.get(at).filter(|version| **version != shown) {
            (self.version, self.card_top) = (Some(*version), 0);
        }
    }
}
