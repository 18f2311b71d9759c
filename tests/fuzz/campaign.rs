//! Many cases of one target, each from its own seed: which one failed, which one was slow, how many a second.
//!
//! `TRIM_FUZZ_CASES=N` runs N cases a target instead of a few hundred and says how fast, `TRIM_FUZZ_FROM=K` begins at
//! case K (with N = 1: that case alone), `TRIM_FUZZ_SEED=S` (1) asks for other cases altogether. Should a case abort the
//! process, `fuzz-TARGET` in the temporary folder holds its number.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

use super::chance::Chance;

/// A case that takes this long hangs. No measure of speed: a busy machine never comes near it.
const HANGS: Duration = Duration::from_mins(1);
/// Failures after which a campaign has seen enough.
const ENOUGH: usize = 10;

thread_local! {
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
    static IN_CASE: Cell<bool> = const { Cell::new(false) };
}

/// Where this thread panicked last, caught or not; the next call knows nothing of it.
pub fn panicked_at() -> Option<String> {
    PANICKED.take()
}

/// Notes where each panic came from. Those of a case are told at the end, the storage engine's own threads say nothing.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let at = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            if !at.contains("/sled-") && !IN_CASE.get() {
                before(info);
            }
            PANICKED.set(Some(at));
        }));
    });
}

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What is being done, for the guard that ends a hanging process.
#[derive(Default)]
struct Progress {
    case: AtomicU64,
    ended: AtomicBool,
}

impl Progress {
    /// Ends the process when one case hangs: its thread can be ended in no other way.
    fn guard(self: &Arc<Self>, target: &'static str) {
        let own = Arc::clone(self);
        thread::spawn(move || {
            let (mut case, mut since) = (u64::MAX, Instant::now());
            while !own.ended.load(Ordering::Relaxed) {
                thread::park_timeout(Duration::from_millis(500));
                let now = own.case.load(Ordering::Relaxed);
                if now != case {
                    (case, since) = (now, Instant::now());
                } else if since.elapsed() > HANGS {
                    eprintln!("fuzz {target}: case {case} hangs");
                    std::process::exit(101);
                }
            }
        });
    }
}

/// Runs the cases of a target; `usual` of them when nobody asks for a campaign.
pub fn fuzz(target: &'static str, usual: u64, mut case: impl FnMut(&mut Chance)) {
    listen();
    let (campaign, seed) = (asked("TRIM_FUZZ_CASES"), asked("TRIM_FUZZ_SEED").unwrap_or(1));
    let from = asked("TRIM_FUZZ_FROM").unwrap_or(0);
    let cases = campaign.unwrap_or(usual);
    // Where a process that was aborted had been.
    let mut note = campaign.and_then(|_| File::create(std::env::temp_dir().join(format!("fuzz-{target}"))).ok());
    let progress = Arc::new(Progress::default());
    progress.guard(target);
    let (begin, mut slowest, mut failed) = (Instant::now(), (Duration::ZERO, 0), Vec::new());
    for number in from..from + cases {
        progress.case.store(number, Ordering::Relaxed);
        if let Some(note) = &mut note {
            // A note that cannot be written costs a search, nothing else.
            let _ = note.rewind().and_then(|()| note.write_all(number.to_string().as_bytes()));
        }
        let start = Instant::now();
        IN_CASE.set(true);
        let done = catch_unwind(AssertUnwindSafe(|| case(&mut Chance::of(target, seed, number))));
        IN_CASE.set(false);
        slowest = slowest.max((start.elapsed(), number));
        if let Err(panic) = done {
            failed.push(format!("case {number} at {}: {}", panicked_at().unwrap_or_default(), words(panic.as_ref())));
            if failed.len() >= ENOUGH {
                break;
            }
        }
    }
    progress.ended.store(true, Ordering::Relaxed);
    if campaign.is_some() {
        told(target, seed, cases, begin.elapsed(), slowest);
    }
    assert!(failed.is_empty(), "fuzz {target}, seed {seed}:\n{}", failed.join("\n"));
}

fn told(target: &str, seed: u64, cases: u64, time: Duration, slowest: (Duration, u64)) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or("not known", str::trim);
    println!(
        "fuzz {target}: seed {seed}, {cases} cases in {:.0} s, {:.0} a second, slowest {:?} (case {}), peak memory {peak}",
        time.as_secs_f64(),
        cases as f64 / time.as_secs_f64(),
        slowest.0,
        slowest.1
    );
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_owned()
}
