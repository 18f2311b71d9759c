//! What a history needs from time to time, done beside everything else: backups, curves beyond their time, fewer
//! volumes.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use tracing::{info, warn};

use super::clock;
use super::output::Output;
use super::priority::yield_to_who_judges;
use super::quiet;
use super::setup::Setup;
use crate::config::{BackupSettings, Retention};
use crate::export::nameless;
use crate::history::{Backup, BackupPlan, Damaged, Store, StoreError, backups_in};

/// Time between two looks at whether anything is to be done.
const LOOK: Duration = Duration::from_secs(8);
/// Bytes of journal that are too many whatever the calendar says.
const MOST_JOURNAL: u64 = 256 * 1024 * 1024;
/// Runs whose curves are dropped at one look.
const CURVES_AT_ONCE: usize = 2_000;
/// Time between two looks at every value.
const A_DAY: Duration = Duration::from_hours(24);
/// Time between two looks for curves beyond their time.
const AN_HOUR: Duration = Duration::from_hours(1);
/// After a backup a rest from backups of so many times as long.
const REST: u32 = 19;
/// What failed is tried again after this.
const AGAIN: Duration = Duration::from_mins(10);

/// What was damaged, or why the work could not be done.
type Ended = Result<Vec<Damaged>, StoreError>;

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// A look at every value.
    Check,
    /// Curves beyond their time are dropped.
    Curves,
    /// Volumes of one size are merged.
    Merge,
    Backup,
}

/// Work of one kind, which is done by one thread at a time. A backup of a large history takes long, and volumes do not wait
/// for it: every one more is one more to ask for each file that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Order,
    Backup,
}

/// What is to be done with a store.
struct Job {
    store: Arc<Store>,
    tasks: Vec<Task>,
}

/// How the work of a lane stands.
struct Work {
    /// To its thread, which is begun with the first work.
    jobs: Option<Sender<Job>>,
    /// When what is under way was begun.
    begun: Option<Instant>,
    /// When there may be more.
    next: Instant,
    /// What the last failure said, so that it is said once.
    said: Option<String>,
}

/// The schedule.
pub(super) struct Upkeep {
    backup: BackupSettings,
    retention: Retention,
    order: Work,
    backups: Work,
    tell: Sender<(Lane, Ended)>,
    /// How work ended.
    pub(super) ended: Receiver<(Lane, Ended)>,
    /// When every value is looked at for damage.
    check: Instant,
    /// When curves beyond their time are dropped.
    curves: Instant,
}

impl Upkeep {
    pub(super) fn new(setup: &Setup) -> Self {
        let (backup, retention) = (setup.backup.clone(), setup.retention);
        let now = Instant::now();
        let (tell, ended) = bounded(2);
        let idle = || Work { jobs: None, begun: None, next: now, said: None };
        let (check, curves) = (now + setup.check_after, now + setup.check_after);
        Self { backup, retention, order: idle(), backups: idle(), tell, ended, check, curves }
    }

    fn of(&mut self, lane: Lane) -> &mut Work {
        match lane {
            Lane::Order => &mut self.order,
            Lane::Backup => &mut self.backups,
        }
    }

    /// Starts what is due, where nothing of its kind is running.
    pub(super) fn beat(&mut self, store: Option<&Arc<Store>>) {
        let now = Instant::now();
        for lane in [Lane::Order, Lane::Backup] {
            let work = self.of(lane);
            let Some(store) = store.filter(|_| work.begun.is_none() && work.next <= now) else { continue };
            work.next = now + LOOK;
            let tasks = match lane {
                Lane::Order => self.order_due(store, now),
                Lane::Backup if self.backup.keep > 0 && is_due(store, &self.backup) => vec![Task::Backup],
                Lane::Backup => Vec::new(),
            };
            if !tasks.is_empty() {
                self.start(lane, Job { store: Arc::clone(store), tasks });
            }
        }
    }

    fn order_due(&mut self, store: &Store, now: Instant) -> Vec<Task> {
        let due = [
            (Task::Check, self.check <= now),
            (Task::Curves, self.curves <= now),
            (Task::Merge, store.has_volumes_alike()),
        ];
        let tasks: Vec<Task> = due.into_iter().filter_map(|(task, is_due)| is_due.then_some(task)).collect();
        if tasks.contains(&Task::Check) {
            self.check = now + A_DAY;
        }
        if tasks.contains(&Task::Curves) {
            self.curves = now + AN_HOUR;
        }
        tasks
    }

    /// Work ended: failures are told once, what was damaged is given out.
    pub(super) fn take(&mut self, (lane, ended): (Lane, Ended), sink: &mut dyn FnMut(Output)) -> Vec<Damaged> {
        let (now, work) = (Instant::now(), self.of(lane));
        let took = work.begun.take().map_or(Duration::ZERO, |begun| now - begun);
        // Where files pour in, a large history would be backed up without end: it takes a twentieth of the time.
        work.next = now + if lane == Lane::Backup { LOOK.max(took * REST) } else { LOOK };
        match ended {
            Ok(damaged) => {
                work.said = None;
                damaged
            }
            Err(error) => {
                work.next = now + AGAIN;
                let said = error.to_string();
                if work.said.as_ref() != Some(&said) {
                    sink(Output::Notice(format!("the history's upkeep failed: {said}")));
                    work.said = Some(said);
                }
                Vec::new()
            }
        }
    }

    fn start(&mut self, lane: Lane, job: Job) {
        let jobs = self.of(lane).jobs.take().or_else(|| self.thread(lane).ok());
        let work = self.of(lane);
        work.jobs = jobs.filter(|jobs| jobs.send(job).is_ok());
        work.begun = work.jobs.is_some().then(Instant::now);
    }

    /// The thread of a lane stays: the allocator gives each new one memory apart, and keeps what it took of it.
    fn thread(&self, lane: Lane) -> io::Result<Sender<Job>> {
        let (settings, retention, tell) = (self.backup.clone(), self.retention, self.tell.clone());
        let (jobs, asked) = bounded::<Job>(1);
        let serve = move || {
            // It only reads what is shared, and takes long.
            if lane == Lane::Backup {
                yield_to_who_judges();
            }
            for Job { store, tasks } in asked {
                let ended = quiet::caught(|| work(&store, &settings, retention, &tasks));
                // A store that somebody still uses does not end cleanly.
                drop(store);
                if tell.send((lane, ended.unwrap_or_else(|words| Err(StoreError::engine(words))))).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new().name("upkeep".to_owned()).spawn(serve)?;
        Ok(jobs)
    }

    /// Waits for what is running: a store that somebody still uses does not end cleanly.
    pub(super) fn wait(&mut self, most: Duration) {
        let end = Instant::now() + most;
        while self.order.begun.is_some() || self.backups.begun.is_some() {
            // A backup that takes longer is cut short; the next one begins anew.
            let Ok((lane, _)) = self.ended.recv_deadline(end) else { return };
            self.of(lane).begun = None;
        }
    }
}

fn work(
    store: &Store,
    settings: &BackupSettings,
    retention: Retention,
    tasks: &[Task],
) -> Result<Vec<Damaged>, StoreError> {
    let mut damaged = Vec::new();
    for task in tasks {
        match task {
            Task::Check => {
                for run in store.damaged_runs()? {
                    damaged.extend(store.set_damage_aside(&run)?);
                }
            }
            Task::Curves => drop_curves(store, retention)?,
            Task::Merge => while store.merge_volumes()? {},
            Task::Backup => {
                let plan = BackupPlan { keep: settings.keep, copy_to: settings.copy_to.clone() };
                back_up(store, &plan)?;
            }
        }
    }
    Ok(damaged)
}

/// Drops the curves of runs that are beyond their time.
fn drop_curves(store: &Store, retention: Retention) -> Result<(), StoreError> {
    let Some((years, now)) = retention.years().zip(clock::local_now()) else { return Ok(()) };
    #[expect(clippy::cast_possible_truncation, reason = "years in seconds, far inside the range")]
    let age = (years * 365.25 * 86_400.0) as i64;
    while store.drop_curves_before(now.timestamp() - age, CURVES_AT_ONCE)? == CURVES_AT_ONCE {}
    Ok(())
}

/// Makes a backup, by itself or because somebody asked, and writes into the log how that went. `None` in memory.
///
/// # Errors
/// As [`Store::back_up`].
pub fn back_up(store: &Store, plan: &BackupPlan) -> Result<Option<Backup>, StoreError> {
    let begun = Instant::now();
    let made = store.back_up(plan, clock::now_ms());
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &made {
        Ok(Some(Backup { bytes, values, .. })) => {
            let kept = store.dir().map_or(0, |dir| backups_in(dir).len());
            info!(bytes, values, took_ms, kept, copied = plan.copy_to.is_some(), "backup made");
        }
        Ok(None) => {}
        Err(StoreError::Closing) => info!(took_ms, "backup given up because the program ends"),
        Err(error) => warn!(took_ms, why = nameless(&error.to_string()), "backup failed"),
    }
    made
}

/// Whether so much has changed or so much time has passed that a backup is wanted. The first batch only makes the
/// store.
fn is_due(store: &Store, settings: &BackupSettings) -> bool {
    let since = store.since_backup();
    let old = since.made_ms.is_none_or(|made| clock::now_ms() - made >= i64::from(settings.every_hours) * 3_600_000);
    since.batches > 1 && (old || since.batches >= settings.every_files || since.bytes >= MOST_JOURNAL)
}
