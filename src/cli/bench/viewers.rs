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

/// Bursts of a round.
const BURSTS: usize = 5;
/// What a burst leaves to be done is done by then.
const SETTLED: Duration = Duration::from_millis(500);
/// Rows that a screen holds.
const MOST_ROWS: usize = 2_000;
/// Longer than a busy machine ever holds a file back.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two bursts of a watch with a stopped viewer.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a viewer is stopped, and how long none was before that.
const STOPPED: Duration = Duration::from_mins(1);

pub(super) fn run(args: &ViewersArgs, config: &Config) -> Result<Exit> {
    if let Some(store) = &args.screen {
        let folder = args.folder.clone().unwrap_or_default();
        return screen::run(store, &folder, args.tell_files, config);
    }
    let mut fine = true;
    if args.viewers > 0 {
        fine &= bursts(args)?;
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
    /// Where files are made before they are moved into the drop folder.
    made: PathBuf,
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
        let made = folder.0.join("made");
        fs::create_dir_all(&made)?;
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
        Ok(Self { incoming, made, store, owner, dropped: 0, _folder: folder })
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
        // What is timed is the owner: making files costs processors too, and a file system that has just deleted as many
        // looks long for a place.
        let mut names = Vec::new();
        for n in self.dropped..self.dropped + files {
            let (name, bytes) = workbook(n);
            drop_file(&self.made, &name, &bytes)?;
            names.push(name);
        }
        let begun = Instant::now();
        for name in names {
            fs::rename(self.made.join(&name), self.incoming.join(&name))?;
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

/// What bursts without and with viewers came to.
#[derive(Debug, Default)]
struct Bursts {
    /// Files a second, without and with viewers, burst by burst.
    paces: Vec<(f64, f64)>,
    /// Processor time of the owner, milliseconds a burst, without and with viewers.
    owner_ms: (Vec<f64>, Vec<f64>),
    viewer_ms: Vec<f64>,
    drawings: Vec<f64>,
    delays_ms: Vec<f64>,
    slowest_ms: f64,
    /// The owner's memory after a round, without and with viewers.
    memory_mb: (Vec<f64>, Vec<f64>),
    all_alike: bool,
}

impl Bursts {
    /// Two shops side by side, one of them with viewers: bursts in turn, so that the machine is the same one for both.
    fn round(&mut self, args: &ViewersArgs) -> Result<()> {
        let (mut alone, mut shop) = (Shop::open("bench-alone")?, Shop::open("bench-viewers")?);
        let mut seats = shop.seat(args.viewers)?;
        for burst in 0..BURSTS {
            // Neither is always the first.
            let with_first = if burst % 2 == 0 { None } else { Some(self.with_viewers(&mut shop, &mut seats, args)?) };
            std::thread::sleep(SETTLED);
            let busy = alone.busy();
            let without = alone.burst(args.files)?;
            self.owner_ms.0.push(alone.busy() - busy);
            let with = with_first.map_or_else(|| self.with_viewers(&mut shop, &mut seats, args), Ok)?;
            self.paces.push((without, with));
        }
        self.memory_mb.0.push(alone.memory());
        self.memory_mb.1.push(shop.memory());
        seats.iter_mut().try_for_each(Seat::end)
    }

    fn with_viewers(&mut self, shop: &mut Shop, seats: &mut [Seat], args: &ViewersArgs) -> Result<f64> {
        std::thread::sleep(SETTLED);
        // What is drawn and told from here on belongs to the burst.
        seats.iter_mut().try_for_each(|seat| seat.state().map(drop))?;
        let before = (shop.busy(), busy(seats));
        let pace = shop.burst(args.files)?;
        self.owner_ms.1.push(shop.busy() - before.0);
        self.viewer_ms.push((busy(seats) - before.1) / args.viewers as f64);
        let (same, states) = alike(seats, shop.dropped.min(MOST_ROWS))?;
        self.all_alike &= same;
        self.drawings.extend(states.iter().map(|state| state.drawings as f64));
        self.slowest_ms = self.slowest_ms.max(slowest_of(&states));
        self.delays_ms.extend(states.into_iter().flat_map(|state| state.delays_ms));
        Ok(pace)
    }

    /// Says what it came to; whether every bar was reached.
    fn said(mut self, args: &ViewersArgs) -> bool {
        let (without, with): (Vec<f64>, Vec<f64>) = self.paces.iter().copied().unzip();
        // Each burst is compared with the one beside it: a shared machine is not the same one from second to second.
        let shares: Vec<f64> = self.paces.iter().map(|(without, with)| with / without).collect();
        let median = |mut figures: Vec<f64>| spread(&mut figures).0;
        let share = median(shares);
        let a_viewer_mb = (median(self.memory_mb.1) - median(self.memory_mb.0)) / args.viewers as f64;
        let (drawn, p95, most) = spread(&mut self.delays_ms);
        println!(
            "{} files at once, {} viewers, {} bursts with and without",
            args.files,
            args.viewers,
            self.paces.len()
        );
        println!(
            "  owner         {:.0} files/s alone, {:.0} with viewers, × {share:.2} in the median pair   (bar: 0.9)",
            median(without),
            median(with)
        );
        println!(
            "  processor     {:.0} ms the owner alone, {:.0} with viewers, and {:.1} ms each of these for {:.0} drawings",
            median(self.owner_ms.0),
            median(self.owner_ms.1),
            median(self.viewer_ms),
            median(self.drawings)
        );
        println!("  memory        {a_viewer_mb:.2} MB a viewer   (bar: 1)");
        println!(
            "  told → drawn  median {drawn:.0} ms   p95 {p95:.0} ms   most {most:.0} ms   in the burst   (bar: 100)\n                p95 {:.0} ms of the slowest viewer in any burst",
            self.slowest_ms
        );
        println!("  all screens alike afterwards: {}", if self.all_alike { "yes" } else { "NO" });
        self.all_alike && share >= 0.9 && a_viewer_mb <= 1.0 && p95 <= 100.0
    }
}

/// Bursts without and with viewers, and files one by one.
fn bursts(args: &ViewersArgs) -> Result<bool> {
    let mut bursts = Bursts { all_alike: true, ..Bursts::default() };
    for _ in 0..args.rounds {
        bursts.round(args)?;
    }
    let fine = bursts.said(args);
    let mut shop = Shop::open("bench-paced")?;
    let mut seats = shop.seat(args.viewers)?;
    for _ in 0..60 {
        shop.burst(1)?;
        std::thread::sleep(Duration::from_millis(137));
    }
    let (same, states) = alike(&mut seats, 60)?;
    let worst = slowest_of(&states);
    println!("  told → drawn  p95 {worst:.0} ms (the slowest viewer's) of files that come one by one   (bar: 100)");
    seats.iter_mut().try_for_each(Seat::end)?;
    Ok(fine && same && worst <= 100.0)
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
    let mut before = paces(&mut shop, args.files / 4)?;
    if let Some(seat) = seats.first() {
        seat.signal("STOP")?;
    }
    let mut rates = paces(&mut shop, args.files / 4)?;
    let (others, states) = alike(seats.get_mut(1..).unwrap_or_default(), MOST_PAST.min(shop.dropped))?;
    let slowest = slowest_of(&states);
    if let Some(seat) = seats.first() {
        seat.signal("CONT")?;
    }
    let (woken, _) = alike(&mut seats, MOST_PAST.min(shop.dropped))?;
    let rate = spread(&mut rates).0 / spread(&mut before).0;
    println!("one of {} viewers stopped for {} s, {} files in all", seats.len(), STOPPED.as_secs(), shop.dropped);
    println!("  owner's pace × {rate:.2}   the others alike: {others}, told → drawn p95 {slowest:.0} ms");
    println!("  the stopped one is like the others once it goes on: {woken}");
    seats.iter_mut().try_for_each(Seat::end)?;
    Ok(others && woken)
}

/// The owner's paces in bursts of so many files, as long as a viewer is stopped.
fn paces(shop: &mut Shop, files: usize) -> Result<Vec<f64>> {
    let (begun, mut paces) = (Instant::now(), Vec::new());
    while begun.elapsed() < STOPPED {
        paces.push(shop.burst(files)?);
        std::thread::sleep(PAUSE);
    }
    Ok(paces)
}

/// Rows that a screen has which was brought up to date.
const MOST_PAST: usize = 500;

/// A drop folder and a store in it.
fn folders(home: &Path) -> Result<(PathBuf, PathBuf)> {
    let (incoming, store) = (home.join("LTS"), home.join("history"));
    fs::create_dir_all(&incoming)?;
    Ok((incoming, store))
}
