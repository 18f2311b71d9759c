//! Kills: a watch is killed again and again, in opening and in ingest, and its store must show everything it showed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use color_eyre::eyre::Result;
use indicatif::ProgressBar;

use super::chance::Chance;
use super::life::Life;
use super::score::Score;
use super::shop::Shop;
use super::tree::{Kept, Tree};
use super::watcher::Heard;

/// Kills one store lives through.
const KILLS_A_STORE: usize = 20;
/// An early kill comes within this time: while the program starts and opens its store.
const EARLY: Duration = Duration::from_millis(50);
/// Files that no event told of are taken when nobody has touched them for two seconds; then some are acknowledged.
const PATIENCE: Duration = Duration::from_secs(6);
/// Files that show how fast this machine is.
const PACE_FILES: usize = 40;

/// How fast a watch is here.
#[derive(Debug, Clone, Copy)]
struct Pace {
    opening: Duration,
    a_file: Duration,
}

impl Pace {
    /// How long so many files take.
    fn working(self, files: usize) -> Duration {
        self.a_file * u32::try_from(files).unwrap_or(u32::MAX)
    }
}

/// When a kill comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// While the program starts and opens.
    Early,
    /// Anywhere from the start on, for as long as opening and the new files take.
    Anywhere,
    /// While waiting files are kept: some time after the first acknowledgement.
    Working,
    /// At once after an acknowledgement.
    Acknowledged,
    /// While the backup command runs.
    Backup,
}

/// What all stores of this part share.
struct Kills<'a> {
    shop: &'a Shop,
    root: &'a Path,
    chance: Chance,
    pace: Pace,
    backup_command: bool,
    kept: &'a mut Kept,
    score: Score,
    /// How many kills came early, anywhere, at work, at an acknowledgement, in a backup command, with automatic backups.
    counts: [usize; 6],
}

/// Kills a watch so many times; prints what was found.
pub(super) fn run(shop: &Shop, root: &Path, kills: usize, chance: Chance, kept: &mut Kept) -> Result<bool> {
    let pace = pace(shop, &root.join("pace"))?;
    let backup_command = has_backup_command()?;
    let mut part = Kills { shop, root, chance, pace, backup_command, kept, score: Score::default(), counts: [0; 6] };
    let bar = ProgressBar::new(kills as u64);
    for store in 0..kills.div_ceil(KILLS_A_STORE) {
        let kills = KILLS_A_STORE.min(kills - store * KILLS_A_STORE);
        part.store(store, kills, &bar)?;
    }
    bar.finish_and_clear();
    part.say();
    Ok(part.score.is_clean())
}

/// An undisturbed watch, timed.
fn pace(shop: &Shop, home: &Path) -> Result<Pace> {
    let mut life = Life::new(home, false)?;
    let files = shop.made.len().min(PACE_FILES);
    let mut watcher = life.watch(shop)?;
    watcher.hear(Duration::from_mins(1), |heard| heard.watching.is_some())?;
    life.drop_until(shop, files)?;
    let heard = watcher.finish(files)?;
    let opening = heard.watching.unwrap_or_default();
    let all = heard.last_line.unwrap_or_default().saturating_sub(heard.first_line.unwrap_or_default());
    Ok(Pace { opening, a_file: all / u32::try_from(files.max(1)).unwrap_or(1) })
}

fn has_backup_command() -> Result<bool> {
    let help = Command::new(std::env::current_exe()?).arg("--help").output()?;
    Ok(String::from_utf8_lossy(&help.stdout).lines().any(|line| line.trim_start().starts_with("backup ")))
}

impl Kills<'_> {
    /// One store through its kills to its end.
    fn store(&mut self, number: usize, kills: usize, bar: &ProgressBar) -> Result<()> {
        let home = self.root.join(format!("store-{number}"));
        let mut life = Life::new(&home, number % 2 == 1 && self.shop.makes_backups())?;
        for kill in 0..kills {
            let end = self.shop.made.len() * (kill + 1) / kills;
            self.kill(&mut life, end, &format!("store {number}, kill {}", kill + 1))?;
            bar.inc(1);
        }
        self.finish(&mut life, &format!("store {number}, to its end"))?;
        fs::remove_dir_all(&home)?;
        Ok(())
    }

    /// Drops files up to `end`, starts a watch, kills it, and looks.
    fn kill(&mut self, life: &mut Life, end: usize, case: &str) -> Result<()> {
        self.score.cases += 1;
        let when = self.when(life);
        let case = format!("{case} ({when:?})");
        let mut findings = Vec::new();
        if when == When::Backup {
            self.kill_backup(life)?;
        } else {
            let heard = self.kill_watch(life, end, when)?;
            findings.extend(life.shown.acknowledge(self.shop, &heard.lines));
        }
        let left = Tree::read(&life.store)?;
        let copy = self.root.join("look");
        left.write(&copy)?;
        findings.extend(life.look(self.shop, &copy, &case, &mut self.score));
        // Half the time the next watch finds the store as the kill left it.
        if self.chance.one_in(2) {
            let store = life.store.clone();
            findings.extend(life.look(self.shop, &store, &case, &mut self.score));
        }
        self.score.note(&case, &findings);
        if !findings.is_empty() {
            self.kept.keep(&left, "killed")?;
        }
        Ok(())
    }

    fn when(&mut self, life: &Life) -> When {
        let when = match self.chance.below(8) {
            0 | 1 => When::Early,
            2 | 3 => When::Acknowledged,
            4 if self.backup_command && life.present > 0 => When::Backup,
            5 => When::Anywhere,
            _ => When::Working,
        };
        let at = match when {
            When::Early => 0,
            When::Anywhere => 1,
            When::Working => 2,
            When::Acknowledged => 3,
            When::Backup => 4,
        };
        let also = life.backed.then_some(5);
        for at in std::iter::once(at).chain(also) {
            if let Some(count) = self.counts.get_mut(at) {
                *count += 1;
            }
        }
        when
    }

    /// The new files come while it runs: those are taken at once, and what lay there before waits for rest.
    fn kill_watch(&mut self, life: &mut Life, end: usize, when: When) -> Result<Heard> {
        let (new, waiting) = (end - life.dropped, end.saturating_sub(life.present));
        let span = self.pace.opening + self.pace.working(new);
        let (most, lines) = match when {
            When::Early => (self.chance.up_to(EARLY), usize::MAX),
            When::Working => (PATIENCE, 1),
            When::Acknowledged => (PATIENCE, 1 + self.chance.below(waiting)),
            _ => (self.chance.up_to(span), usize::MAX),
        };
        let enough = |heard: &Heard| heard.lines.len() >= lines;
        let mut watcher = life.watch(self.shop)?;
        watcher.hear(most, |heard| heard.watching.is_some())?;
        let middle = life.dropped + self.chance.below(new + 1);
        for end in [middle, end] {
            if watcher.age() < most {
                life.drop_until(self.shop, end)?;
            }
            let next = watcher.age() + self.chance.up_to(self.pace.working(new));
            watcher.hear(next.min(most), enough)?;
        }
        watcher.hear(most, enough)?;
        if when == When::Working {
            let most = watcher.age() + self.chance.up_to(self.pace.working(waiting));
            watcher.hear(most, |_| false)?;
        }
        watcher.kill()
    }

    fn kill_backup(&mut self, life: &Life) -> Result<()> {
        let mut command = self.shop.command(&["backup", "create", "--store"], &life.store)?;
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        std::thread::sleep(self.chance.up_to(self.pace.opening * 3));
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// An undisturbed watch picks up what is missing, and then everything is there once.
    fn finish(&mut self, life: &mut Life, case: &str) -> Result<()> {
        life.drop_until(self.shop, self.shop.made.len())?;
        let store = life.store.clone();
        let mut findings = life.look(self.shop, &store, case, &mut self.score);
        findings.extend(life.pick_up(self.shop, case, &mut self.score)?);
        self.score.note(case, &findings);
        if !findings.is_empty() {
            self.kept.keep(&Tree::read(&store)?, "finished")?;
        }
        Ok(())
    }

    fn say(&self) {
        let [early, anywhere, working, acknowledged, backup, backed] = self.counts;
        println!("kills         {}", self.score);
        println!(
            "              {early} within {EARLY:?} of the start, {working} at work, {acknowledged} at an \
             acknowledgement, {anywhere} anywhere; undisturbed it opens in {:.0?} and takes {:.1?} a file",
            self.pace.opening, self.pace.a_file
        );
        match (self.backup_command, self.shop.makes_backups()) {
            (false, false) => println!("              none with a backup: this build makes none"),
            _ => println!("              {backup} in the backup command, {backed} with automatic backups"),
        }
    }
}
