//! Many screens of one history: what they cost its owner, how soon they see, and who goes on when the owner dies.

mod kills;
mod screen;
mod seat;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail};

use super::faults::program::{Heard, Program};
use super::process;
use super::rig::{drop_file, workbook};
use super::spread;
use crate::cli::Exit;
use crate::cli::args::ViewersArgs;
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::session::{HistoryState, look};
use seat::Seat;

/// Longer than a busy machine ever holds a file back.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two bursts of a watch with a stopped viewer.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a viewer is stopped.
const STOPPED: Duration = Duration::from_mins(1);

pub(super) fn run(args: &ViewersArgs, config: &Config) -> Result<Exit> {
    if let Some(store) = &args.screen {
        let folder = args.folder.clone().unwrap_or_default();
        return screen::run(store, &folder, args.tell_files, config);
    }
    let mut fine = true;
    if args.viewers > 0 {
        fine &= burst(args)?;
        fine &= stalled(args)?;
    }
    if args.kills > 0 {
        fine &= kills::run(args.kills)?;
    }
    Ok(if fine { Exit::Fine } else { Exit::Loss })
}

/// An owner without a screen, on folders of its own.
struct Shop {
    incoming: PathBuf,
    store: PathBuf,
    owner: Program,
    /// Files dropped so far.
    dropped: usize,
    _folder: Temporary,
}

impl Shop {
    fn open(purpose: &str) -> Result<Self> {
        let folder = Temporary::new(purpose)?;
        let (incoming, store) = folders(&folder.0)?;
        let words = [OsStr::new("--store"), store.as_os_str(), incoming.as_os_str()];
        let owner = Program::start(&folder.0, &words)?;
        loop {
            match owner.heard.recv_timeout(PATIENCE) {
                Ok(Heard::Said(line)) if line.contains("watching") => break,
                Ok(_) => {}
                Err(_) => bail!("the folder was not watched within {PATIENCE:?}"),
            }
        }
        // Only once the history is open is there a pace to measure.
        let opened =
            |store: &Path| matches!(look(store), Ok(Some((_, header))) if header.history == HistoryState::Kept);
        while !opened(&store) {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { incoming, store, owner, dropped: 0, _folder: folder })
    }

    /// Seats so many screens, and waits until each is up to date.
    fn seat(&self, viewers: usize) -> Result<Vec<Seat>> {
        let seats: Result<Vec<Seat>> = (0..viewers).map(|_| Seat::start(&self.store, &self.incoming, false)).collect();
        let seats = seats?;
        for seat in &seats {
            seat.wait("that it is up to date", |said| (*said == screen::Said::Past).then_some(()))?;
        }
        Ok(seats)
    }

    /// Drops so many files and waits until all are told; files a second.
    fn burst(&mut self, files: usize) -> Result<f64> {
        let begun = Instant::now();
        for n in self.dropped..self.dropped + files {
            let (name, bytes) = workbook(n);
            drop_file(&self.incoming, &name, &bytes)?;
        }
        self.dropped += files;
        let mut told = 0;
        while told < files {
            match self.owner.heard.recv_timeout(PATIENCE) {
                Ok(Heard::Line(..)) => told += 1,
                Ok(Heard::Said(_)) => {}
                Err(_) => bail!("{told} of {files} files were told"),
            }
        }
        Ok(files as f64 / begun.elapsed().as_secs_f64())
    }

    /// Processor time the owner has used, milliseconds.
    fn busy(&self) -> f64 {
        process::busy_ms_of(self.owner.id()).unwrap_or(f64::NAN)
    }

    fn memory(&self) -> f64 {
        process::resident_mb_of(self.owner.id()).unwrap_or(f64::NAN)
    }
}

/// Waits until all screens stand alike with so many rows; the last states, and whether they are alike.
fn alike(seats: &mut [Seat], rows: usize) -> Result<(bool, Vec<screen::State>)> {
    let end = Instant::now() + Duration::from_secs(15);
    let (mut states, mut delays) = (Vec::new(), None);
    loop {
        states.clear();
        for seat in seats.iter_mut() {
            states.push(seat.state()?);
        }
        // Times are told once: those of the first look count.
        delays.get_or_insert_with(|| states.clone());
        let first = states.first().map(|state| state.hash.clone());
        let same =
            states.iter().all(|state| Some(&state.hash) == first.as_ref() && state.rows >= rows && state.queue == 0);
        if same || Instant::now() > end {
            if !same {
                eprintln!("not alike, {rows} rows wanted: {states:?}");
            }
            return Ok((same, delays.unwrap_or_default()));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Bursts without and with viewers, in turn.
fn burst(args: &ViewersArgs) -> Result<bool> {
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let (mut alone_mb, mut watched_mb) = (Vec::new(), Vec::new());
    let (mut delays, mut slowest) = (Vec::new(), 0.0_f64);
    let (mut alone_ms, mut watched_ms, mut a_viewer_ms) = (Vec::new(), Vec::new(), Vec::new());
    let mut drawings = Vec::new();
    let mut all_alike = true;
    for _ in 0..args.rounds {
        let mut shop = Shop::open("bench-alone")?;
        let idle = shop.busy();
        without.push(shop.burst(args.files)?);
        alone_ms.push(shop.busy() - idle);
        alone_mb.push(shop.memory());
        drop(shop);
        let mut shop = Shop::open("bench-viewers")?;
        let mut seats = shop.seat(args.viewers)?;
        // What is drawn and told from here on belongs to the burst.
        seats.iter_mut().try_for_each(|seat| seat.state().map(drop))?;
        let idle = (shop.busy(), busy(&seats));
        with.push(shop.burst(args.files)?);
        watched_ms.push(shop.busy() - idle.0);
        a_viewer_ms.push((busy(&seats) - idle.1) / args.viewers as f64);
        let (same, states) = alike(&mut seats, args.files)?;
        drawings.extend(states.iter().map(|state| state.drawings as f64));
        watched_mb.push(shop.memory());
        all_alike &= same;
        slowest = slowest.max(slowest_of(&states));
        delays.extend(states.into_iter().flat_map(|state| state.delays_ms));
        seats.iter_mut().try_for_each(Seat::end)?;
    }
    // Each round is compared with itself: a shared machine is not the same one from minute to minute.
    let mut shares: Vec<f64> = with.iter().zip(&without).map(|(with, without)| with / without).collect();
    let (share, _, _) = spread(&mut shares);
    let (alone, _, _) = spread(&mut without);
    let (watched, _, _) = spread(&mut with);
    let a_viewer = (spread(&mut watched_mb).0 - spread(&mut alone_mb).0) / args.viewers as f64;
    let (median, p95, most) = spread(&mut delays);
    println!("{} files at once, {} viewers, {} rounds", args.files, args.viewers, args.rounds);
    println!(
        "  owner         {alone:.0} files/s alone, {watched:.0} with viewers, × {share:.2} in the median round   (bar: 0.9)"
    );
    println!(
        "  processor     {:.0} ms the owner alone, {:.0} with viewers, and {:.1} ms each of these for {:.0} drawings",
        spread(&mut alone_ms).0,
        spread(&mut watched_ms).0,
        spread(&mut a_viewer_ms).0,
        spread(&mut drawings).0
    );
    println!("  memory        {a_viewer:.2} MB a viewer   (bar: 1)");
    println!(
        "  kept → drawn  median {median:.0} ms   p95 {p95:.0} ms   most {most:.0} ms   in the burst   (bar: 100)\n                p95 {slowest:.0} ms of the slowest viewer in any round"
    );
    println!("  all screens alike afterwards: {}", if all_alike { "yes" } else { "NO" });
    let mut shop = Shop::open("bench-paced")?;
    let mut seats = shop.seat(args.viewers)?;
    for _ in 0..60 {
        shop.burst(1)?;
        std::thread::sleep(Duration::from_millis(137));
    }
    let (same, states) = alike(&mut seats, 60)?;
    let worst = slowest_of(&states);
    println!("  kept → drawn  p95 {worst:.0} ms (the slowest viewer's) of files that come one by one   (bar: 100)");
    seats.iter_mut().try_for_each(Seat::end)?;
    Ok(all_alike && same && share >= 0.9 && a_viewer <= 1.0 && p95.max(worst) <= 100.0)
}

/// How soon the slowest of some screens has drawn 95 % of what came, milliseconds; 0 where nothing came.
fn slowest_of(states: &[screen::State]) -> f64 {
    let came = states.iter().filter(|state| !state.delays_ms.is_empty());
    came.map(|state| spread(&mut state.delays_ms.clone()).1).fold(0.0, f64::max)
}

/// Processor time that all screens have used, milliseconds.
fn busy(seats: &[Seat]) -> f64 {
    seats.iter().map(|seat| process::busy_ms_of(seat.id()).unwrap_or(f64::NAN)).sum()
}

/// One viewer is stopped for a minute while files come: nothing changes for the rest, and it is up to date after.
fn stalled(args: &ViewersArgs) -> Result<bool> {
    let mut shop = Shop::open("bench-stalled")?;
    let mut seats = shop.seat(args.viewers.min(5))?;
    let mut before = Vec::new();
    for _ in 0..5 {
        before.push(shop.burst(args.files / 4)?);
        std::thread::sleep(PAUSE);
    }
    if let Some(seat) = seats.first() {
        seat.signal("STOP")?;
    }
    let begun = Instant::now();
    let mut rates = Vec::new();
    while begun.elapsed() < STOPPED {
        rates.push(shop.burst(args.files / 4)?);
        std::thread::sleep(PAUSE);
    }
    let (others, states) = alike(seats.get_mut(1..).unwrap_or_default(), MOST_PAST.min(shop.dropped))?;
    let slowest = slowest_of(&states);
    if let Some(seat) = seats.first() {
        seat.signal("CONT")?;
    }
    let (woken, _) = alike(&mut seats, MOST_PAST.min(shop.dropped))?;
    let rate = spread(&mut rates).0 / spread(&mut before).0;
    println!("one of {} viewers stopped for {} s, {} files in all", seats.len(), STOPPED.as_secs(), shop.dropped);
    println!("  owner's pace × {rate:.2}   the others alike: {others}, kept → drawn p95 {slowest:.0} ms");
    println!("  the stopped one is like the others once it goes on: {woken}");
    seats.iter_mut().try_for_each(Seat::end)?;
    Ok(others && woken)
}

/// Rows that a screen has which was brought up to date.
const MOST_PAST: usize = 500;

/// A drop folder and a store in it.
fn folders(home: &Path) -> Result<(PathBuf, PathBuf)> {
    let (incoming, store) = (home.join("LTS"), home.join("history"));
    fs::create_dir_all(&incoming)?;
    Ok((incoming, store))
}
