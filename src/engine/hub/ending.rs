//! The end: everything that was finished is on disk, and nobody holds the store any more.

use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Hub, PATIENCE};
use crate::engine::opener::Opened;
use crate::engine::output::Output;
use crate::engine::worker::{Done, Finished};

impl Hub {
    /// A store that is still being opened or backed up does not end cleanly: it is waited for, not for ever.
    fn end_history(&mut self) {
        const PATIENCE: Duration = Duration::from_millis(300);
        self.upkeep.wait(PATIENCE);
        if let Ok(Opened::First(store, _)) = self.opened.recv_timeout(PATIENCE) {
            // What waits on disk stays there for the next start.
            drop(store);
        }
    }

    /// Files still queued stay in their folder and are found at the next start; those finished are committed.
    pub(super) fn stop(mut self, sink: &mut dyn FnMut(Output)) {
        self.stopping.store(true, Ordering::Release);
        if let Some(intake) = self.intake.take() {
            intake.stop();
        }
        let end = Instant::now() + PATIENCE;
        let rest = std::iter::from_fn(|| self.done.recv_deadline(end).ok());
        let finished = rest.filter_map(|done| match done {
            Done::File(file) => Some(*file),
            _ => None,
        });
        let finished: Vec<Finished> = finished.collect();
        self.commit(finished, sink);
        for worker in self.workers.drain(..).filter(JoinHandle::is_finished) {
            // A worker catches its own panics; one that still died has lost its file to the next start.
            let _ = worker.join();
        }
        self.catalogue.stop();
        self.exporter.stop();
        self.teaching.stop();
        if let Some(store) = self.keeper.in_use() {
            store.close_soon();
            self.watchman.stop(&store, sink);
        }
        self.end_history();
        // The store marks its clean end when the last of its owners lets go of it, which is here.
        drop(self.keeper);
        sink(Output::Stopped);
    }
}
