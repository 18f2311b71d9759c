//! When work that takes long gives way: for a moment while somebody asks, for good when the program ends.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::store::Store;

/// How often it is looked whether the answer is there ...
const LOOK: Duration = Duration::from_millis(1);
/// ... and how often at most for one step of the work.
const MOST_LOOKS: u32 = 50;

/// What such work is asked for.
#[derive(Debug, Default)]
pub(super) struct Courtesy {
    closing: AtomicBool,
    /// Answers that are being put together.
    answers: AtomicU32,
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

    /// Lets an answer go first, before the next step of work that takes long.
    pub(super) fn stand_aside(&self) {
        let is_asked = |_: &u32| self.courtesy.answers.load(Ordering::Relaxed) > 0;
        (0..MOST_LOOKS).take_while(is_asked).for_each(|_| thread::sleep(LOOK));
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
        store.stand_aside();
        drop(second);
        assert_eq!(asked(), 0);
        store.stand_aside();
    }
}
