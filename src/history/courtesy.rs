//! When work that takes long gives way: for a moment while somebody asks, for good when the program ends.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::store::Store;

/// How often it is looked whether the answer is there ...
const LOOK: Duration = Duration::from_millis(1);
/// ... and how often at most in a row.
const MOST_LOOKS: u32 = 50;
/// So many steps are gone at once: where somebody asks all the time, a long work gets on none the less.
const STRIDE: u32 = 16;

/// What such work is asked for.
#[derive(Debug, Default)]
pub(super) struct Courtesy {
    closing: AtomicBool,
    /// Answers that are being put together.
    answers: AtomicU32,
}

/// Work that takes long, step by step.
#[derive(Debug)]
pub(super) struct Steps<'a> {
    courtesy: &'a Courtesy,
    gone: u32,
}

impl Steps<'_> {
    /// Lets an answer go first, now and then, before the next step.
    pub(super) fn next(&mut self) {
        if self.gone.is_multiple_of(STRIDE) {
            let is_asked = |_: &u32| self.courtesy.answers.load(Ordering::Relaxed) > 0;
            (0..MOST_LOOKS).take_while(is_asked).for_each(|_| thread::sleep(LOOK));
        }
        self.gone = self.gone.wrapping_add(1);
    }
}

/// An answer that is being put together.
#[derive(Debug)]
pub struct Answering<'a>(&'a Courtesy);

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.answers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Has whatever takes long given up: the program ends.
    pub fn close_soon(&self) {
        self.courtesy.closing.store(true, Ordering::Release);
    }

    /// Whether the program is about to end.
    pub fn is_closing(&self) -> bool {
        self.courtesy.closing.load(Ordering::Acquire)
    }

    /// Until this is dropped somebody waits for an answer of milliseconds: merging, backups and walks through the whole
    /// history stand still, so that it has processor, caches and disk for itself. Whoever holds this does none of them.
    pub fn answering(&self) -> Answering<'_> {
        self.courtesy.answers.fetch_add(1, Ordering::Relaxed);
        Answering(&self.courtesy)
    }

    /// For work that takes long and stands aside.
    pub(super) fn steps(&self) -> Steps<'_> {
        Steps { courtesy: &self.courtesy, gone: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_once_all_answers_are_there_and_never_waits_for_good() {
        let store = Store::in_memory();
        let asked = || store.courtesy.answers.load(Ordering::Relaxed);
        let (first, second) = (store.answering(), store.answering());
        drop(first);
        assert_eq!(asked(), 1, "one is still waited for");
        let mut steps = store.steps();
        steps.next();
        drop(second);
        assert_eq!(asked(), 0);
        (0..=STRIDE).for_each(|_| steps.next());
    }
}
