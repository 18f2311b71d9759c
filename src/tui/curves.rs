//! The curves that were looked at last, so that moving back needs no disk.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::analysis::RunCurves;
use crate::history::RunKey;

/// Runs whose curves are held: some 20 kB each.
const HELD: usize = 64;

/// What is known of a run's curves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known<'a> {
    /// Here they are.
    Curves(&'a RunCurves),
    /// They were asked for.
    Asked,
    /// They are not kept.
    NotKept,
    /// Nobody asked yet.
    Unknown,
}

/// A few runs' curves, the latest used last.
#[derive(Debug, Clone, Default)]
pub struct CurveCache {
    held: VecDeque<(RunKey, Option<Arc<RunCurves>>)>,
    asked: Vec<RunKey>,
}

impl CurveCache {
    /// What is known of a run's curves.
    pub fn get(&self, key: &RunKey) -> Known<'_> {
        match self.held.iter().find(|(held, _)| held == key) {
            Some((_, Some(curves))) => Known::Curves(curves),
            Some((_, None)) => Known::NotKept,
            None if self.asked.contains(key) => Known::Asked,
            None => Known::Unknown,
        }
    }

    /// Notes that a run's curves were asked for.
    pub fn ask(&mut self, key: RunKey) {
        self.asked.push(key);
    }

    /// What was asked for will not come: it may be asked for again.
    pub fn forget_asked(&mut self) {
        self.asked.clear();
    }

    /// Takes what came; what was used longest ago goes.
    pub fn put(&mut self, key: RunKey, curves: Option<Arc<RunCurves>>) {
        self.asked.retain(|asked| *asked != key);
        self.held.retain(|(held, _)| *held != key);
        self.held.push_back((key, curves));
        if self.held.len() > HELD {
            self.held.pop_front();
        }
    }
}
