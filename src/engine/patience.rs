//! Reading and judging on a thread that may be left behind: a share that never answers, or a reader that never ends,
//! costs one file and no worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// Most threads that are left behind at once; beyond, a worker waits.
const MOST_LEFT: usize = 16;

/// Where the work on a file stands.
#[derive(Debug, Default)]
pub(super) struct Progress {
    has_read: AtomicBool,
}

impl Progress {
    /// The bytes are there; what follows is the processor's work.
    pub(super) fn read(&self) {
        self.has_read.store(true, Ordering::Release);
    }
}

/// How the work on a file ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended<T> {
    /// In time.
    Done(T),
    /// Its bytes never came.
    Unread,
    /// They came, and what was made of them did not end.
    Endless,
}

/// The work on one file.
pub(super) type Work<J, T> = Arc<dyn Fn(J, &Progress) -> T + Send + Sync>;

/// One thread that does the work of a worker.
pub(super) struct Bench<J, T> {
    work: Work<J, T>,
    patience: Duration,
    /// How many threads were left behind and still run, of all workers.
    left: Arc<AtomicUsize>,
    seat: Option<Seat<J, T>>,
}

struct Seat<J, T> {
    jobs: Sender<(J, Arc<Progress>)>,
    results: Receiver<T>,
}

impl<J: Send + 'static, T: Send + 'static> Bench<J, T> {
    pub(super) fn new(work: Work<J, T>, patience: Duration, left: Arc<AtomicUsize>) -> Self {
        Self { work, patience, left, seat: None }
    }

    /// Does one job, and waits for it no longer than the patience allows.
    pub(super) fn run(&mut self, job: J) -> Ended<T> {
        let progress = Arc::new(Progress::default());
        if self.seat.is_none() {
            self.seat = self.sit();
        }
        let Some(seat) = &self.seat else {
            // Without a thread of its own the job is done here, whatever it takes.
            return Ended::Done((self.work)(job, &progress));
        };
        if seat.jobs.send((job, Arc::clone(&progress))).is_err() {
            // A thread that died has caught no panic, and took the job with it.
            self.seat = None;
            return Ended::Endless;
        }
        loop {
            match seat.results.recv_timeout(self.patience) {
                Ok(done) => return Ended::Done(done),
                Err(RecvTimeoutError::Timeout) if self.left.load(Ordering::Acquire) >= MOST_LEFT => {}
                Err(_) => break,
            }
        }
        self.left.fetch_add(1, Ordering::AcqRel);
        self.seat = None;
        if progress.has_read.load(Ordering::Acquire) { Ended::Endless } else { Ended::Unread }
    }

    fn sit(&self) -> Option<Seat<J, T>> {
        let (jobs, todo) = bounded::<(J, Arc<Progress>)>(1);
        let (tell, results) = bounded(1);
        let (work, left) = (Arc::clone(&self.work), Arc::clone(&self.left));
        let serve = move || {
            for (job, progress) in todo {
                if tell.send(work(job, &progress)).is_err() {
                    // Left behind, and back at last.
                    left.fetch_sub(1, Ordering::AcqRel);
                    break;
                }
            }
        };
        let seat = Seat { jobs, results };
        thread::Builder::new().name("reader".to_owned()).spawn(serve).ok().map(|_| seat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bench whose jobs above 10 wait for a word that the test gives, those above 20 after they have read.
    fn bench(patience: Duration) -> (Bench<u32, u32>, Sender<()>, Arc<AtomicUsize>) {
        let (go_on, waits) = bounded::<()>(MOST_LEFT);
        let work = move |job: u32, progress: &Progress| {
            if job > 20 {
                progress.read();
            }
            if job > 10 {
                let _ = waits.recv();
            }
            job * 2
        };
        let left = Arc::<AtomicUsize>::default();
        (Bench::new(Arc::new(work), patience, Arc::clone(&left)), go_on, left)
    }

    #[test]
    fn a_job_that_never_ends_costs_itself_alone_and_its_thread_is_let_go_when_it_does() {
        let (mut bench, go_on, left) = bench(Duration::from_millis(50));
        assert_eq!(bench.run(11), Ended::Unread);
        assert_eq!(bench.run(21), Ended::Endless);
        assert_eq!(left.load(Ordering::Acquire), 2);
        bench.patience = Duration::from_mins(1);
        assert_eq!(bench.run(4), Ended::Done(8), "and the next one is served");
        for _ in 0..2 {
            go_on.send(()).expect("somebody waits");
        }
        while left.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
    }

    #[test]
    fn when_too_many_threads_are_left_behind_a_worker_waits_instead() {
        let (mut bench, go_on, left) = bench(Duration::from_millis(1));
        left.store(MOST_LEFT, Ordering::Release);
        go_on.send(()).expect("room");
        assert_eq!(bench.run(12), Ended::Done(24));
    }
}
