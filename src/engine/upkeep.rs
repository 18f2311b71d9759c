//! What a history needs from time to time, done beside everything else: backups, curves beyond their time.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};

use super::clock;
use super::output::Output;
use super::quiet;
use super::setup::Setup;
use crate::config::{BackupSettings, Retention};
use crate::history::{BackupPlan, Store, StoreError};

/// Time between two looks at whether anything is to be done.
const LOOK: Duration = Duration::from_secs(8);
/// Bytes of journal that are too many whatever the calendar says.
const MOST_JOURNAL: u64 = 256 * 1024 * 1024;
/// Runs whose curves are dropped at one look.
const CURVES_AT_ONCE: usize = 2_000;
/// A failed backup is tried again after this.
const AGAIN: Duration = Duration::from_mins(10);

/// The schedule.
pub(super) struct Upkeep {
    backup: BackupSettings,
    retention: Retention,
    next: Instant,
    running: Option<Receiver<Result<(), StoreError>>>,
    /// What the last failure said, so that it is said once.
    said: Option<String>,
}

impl Upkeep {
    pub(super) fn new(setup: &Setup) -> Self {
        let (backup, retention) = (setup.backup.clone(), setup.retention);
        Self { backup, retention, next: Instant::now() + LOOK, running: None, said: None }
    }

    /// Looks whether something is due and nothing is running; tells of failures.
    pub(super) fn beat(&mut self, store: Option<Arc<Store>>, sink: &mut dyn FnMut(Output)) {
        if let Some(ended) = self.running.as_ref().and_then(|running| running.try_recv().ok()) {
            self.running = None;
            match ended {
                Ok(()) => self.said = None,
                Err(error) => {
                    self.next = Instant::now() + AGAIN;
                    let said = error.to_string();
                    if self.said.as_ref() != Some(&said) {
                        sink(Output::Notice(format!("no backup could be made: {said}")));
                        self.said = Some(said);
                    }
                }
            }
        }
        if let Some(store) = store.filter(|_| self.running.is_none() && self.next <= Instant::now()) {
            self.next = Instant::now() + LOOK;
            self.start(store);
        }
    }

    fn start(&mut self, store: Arc<Store>) {
        let (settings, retention) = (self.backup.clone(), self.retention);
        let (tell, told) = bounded(1);
        // Whoever listens no longer has ended.
        let work = move || drop(tell.send(quiet::during(|| work(&store, &settings, retention))));
        if thread::Builder::new().name("upkeep".to_owned()).spawn(work).is_ok() {
            self.running = Some(told);
        }
    }

    /// Waits for what is running: a store that somebody still uses does not end cleanly.
    pub(super) fn wait(&mut self, most: Duration) {
        if let Some(running) = self.running.take() {
            // A backup that takes longer is cut short; the next one begins anew.
            let _ = running.recv_timeout(most);
        }
    }
}

fn work(store: &Store, settings: &BackupSettings, retention: Retention) -> Result<(), StoreError> {
    if let (Some(years), Some(now)) = (retention.years(), clock::local_now()) {
        #[expect(clippy::cast_possible_truncation, reason = "years in seconds, far inside the range")]
        let age = (years * 365.25 * 86_400.0) as i64;
        store.drop_curves_before(now.timestamp() - age, CURVES_AT_ONCE)?;
    }
    if settings.keep > 0 && is_due(store, settings) {
        let plan = BackupPlan { keep: settings.keep, copy_to: settings.copy_to.clone() };
        store.back_up(&plan, clock::now_ms())?;
    }
    Ok(())
}

/// Whether so much has changed or so much time has passed that a backup is wanted.
fn is_due(store: &Store, settings: &BackupSettings) -> bool {
    let since = store.since_backup();
    let old = since.made_ms.is_none_or(|made| clock::now_ms() - made >= i64::from(settings.every_hours) * 3_600_000);
    since.batches > 0 && (old || since.batches >= settings.every_files || since.bytes >= MOST_JOURNAL)
}
