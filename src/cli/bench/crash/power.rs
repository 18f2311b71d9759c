//! Power losses: a recorded store stops at some instant, what was not synced goes, and the rest must be enough.

use std::path::Path;
use std::time::Duration;

use color_eyre::eyre::{Result, WrapErr};
use indicatif::ProgressBar;
use serde_json::Value;

use super::chance::Chance;
use super::content::Survives;
use super::disk::{Disk, Loss};
use super::life::Life;
use super::names::{NamesLeft, NamesRule};
use super::record::{Ending, Plan, Recording, prepare, record};
use super::score::Score;
use super::shop::Shop;
use super::step::{CHANGES, Step};
use super::tree::{Kept, Tree};

/// Workbooks of a recording at most: every loss is followed by a watch that picks up the rest.
const MOST_FILES: usize = 120;
/// For so many losses each kind of recording is made anew, with kills at other instants.
const LOSSES_A_SET: usize = 20;
/// A recorded program starts, opens its store and keeps its first files within this time.
const OPENING: Duration = Duration::from_millis(250);
/// A new store is made with at most about so many calls of a kind.
const CALLS_OF_MAKING: usize = 6;
/// And an old one is opened with so many.
const CALLS_OF_OPENING: usize = 12;

/// Records, then loses power so many times under each rule of names; prints what was found.
pub(super) fn run(shop: &Shop, root: &Path, losses: usize, chance: &Chance, kept: &mut Kept) -> Result<bool> {
    let files = shop.made.len().min(MOST_FILES);
    let sets = (0..losses.div_ceil(LOSSES_A_SET)).flat_map(|set| plans(files, shop.makes_backups(), chance.of(set)));
    let mut recordings = Vec::new();
    for (plan, life) in prepare(shop, root, files, sets.collect())? {
        let what = plan.what;
        recordings.push(record(shop, plan, &life).wrap_err_with(|| format!("recording {what}"))?);
    }
    let mut clean = true;
    for rule in [NamesRule::Journal, NamesRule::Posix] {
        let mut part = Part { shop, root, files, rule, score: Score::default(), unsynced: 0, kept };
        let bar = ProgressBar::new(losses as u64);
        for number in 0..losses {
            if let Some(recording) = recordings.get(number % recordings.len().max(1)) {
                part.lose(recording, number, chance.of(1_000_000 + number))?;
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        part.say();
        clean &= part.score.is_clean();
    }
    let steps: usize = recordings.iter().map(|recording| recording.steps.len()).sum();
    println!("              {} recordings on {files} files, {steps} steps", recordings.len());
    if !shop.makes_backups() {
        println!("              none with a backup: this build makes none");
    }
    Ok(clean)
}

/// One recording of each kind.
fn plans(files: usize, backups: bool, mut chance: Chance) -> Vec<Plan> {
    let chance = &mut chance;
    let (in_making, in_opening, in_work) = (CALLS_OF_MAKING, CALLS_OF_OPENING, files);
    let making: Vec<Ending> = (0..3).map(|_| killed_in(chance, 0, in_making)).collect();
    let opening = [killed_in(chance, 0, in_opening), Ending::KilledAfter(chance.up_to(OPENING))];
    let often = [
        Ending::KilledAfter(chance.up_to(OPENING)),
        killed_in(chance, 0, in_making),
        killed_in(chance, in_making, in_work),
        Ending::KilledAfter(chance.up_to(OPENING)),
        killed_in(chance, in_making, in_work),
    ];
    let at_work = [Ending::KilledAt(1 + chance.below(files / 3)), killed_in(chance, in_making, in_work)];
    let plan = |what, settled, kills: &[Ending], backed| {
        let endings = kills.iter().copied().chain([Ending::Ended]).collect();
        Plan { what, settled, endings, backed }
    };
    let mut plans = vec![
        plan("a new store", 0, &[], false),
        plan("an old store", files / 2, &[], false),
        plan("a store killed while it is made", 0, &making, false),
        plan("an old store killed while it opens", files / 2, &opening, false),
        plan("a new store killed at work", 0, &at_work, false),
        plan("a new store killed often", 0, &often, false),
    ];
    if backups {
        plans.push(plan("a new store with backups", 0, &[], true));
        plans.push(plan("an old store with backups killed at work", files / 4, &at_work, true));
    }
    plans
}

/// A kill inside a call, after `first` and at most `more` of its kind.
fn killed_in(chance: &mut Chance, first: usize, more: usize) -> Ending {
    let call = chance.pick(&CHANGES).copied().unwrap_or("fsync");
    Ending::KilledIn(call, first + 1 + chance.below(more))
}

/// The losses under one rule of names.
struct Part<'a> {
    shop: &'a Shop,
    root: &'a Path,
    files: usize,
    rule: NamesRule,
    score: Score,
    /// Losses that met something not synced.
    unsynced: usize,
    kept: &'a mut Kept,
}

impl Part<'_> {
    /// One loss: the folder as it is left, its reopening, and the rest picked up.
    fn lose(&mut self, recording: &Recording, number: usize, mut chance: Chance) -> Result<()> {
        self.score.cases += 1;
        let instant = instant(&recording.steps, &mut chance);
        let (steps, _) = recording.steps.split_at(instant.min(recording.steps.len()));
        let mut disk = Disk::new(&recording.home, &recording.before, self.rule)?;
        for step in steps {
            disk.take(step)?;
        }
        let pending = disk.pending();
        self.unsynced += usize::from(!pending.is_empty());
        let loss = loss(&pending, &mut chance);
        let left = disk.after(loss, &mut chance);
        let case = format!(
            "loss {number} under {:?} of {} at step {instant}, names {:?}, files {:?}",
            self.rule, recording.plan.what, loss.names, loss.files
        );
        let mut life = self.left(recording, &left)?;
        let said = steps.iter().filter_map(|step| match step {
            Step::Acknowledged(line) => Some(line.clone()),
            _ => None,
        });
        let said: Vec<Value> = said.collect();
        let mut findings = life.shown.acknowledge(self.shop, &said);
        let store = life.store.clone();
        findings.extend(life.look(self.shop, &store, &case, &mut self.score));
        findings.extend(life.pick_up(self.shop, &case, &mut self.score)?);
        self.score.note(&case, &findings);
        if !findings.is_empty() {
            self.kept.keep(&left, "power")?;
        }
        Ok(())
    }

    /// The store as it is left, in a place of its own; the drop folder is the recorded one.
    fn left(&self, recording: &Recording, left: &Tree) -> Result<Life> {
        let home = self.root.join("left");
        left.write(&home)?;
        let mut life = Life::new(&self.root.join("unused"), recording.plan.backed)?;
        life.folder.clone_from(&recording.folder);
        life.store = home.join("history");
        life.dropped = self.files;
        life.shown.settle(self.shop, recording.plan.settled);
        Ok(life)
    }

    fn say(&self) {
        let rule = match self.rule {
            NamesRule::Journal => "names in journal order",
            NamesRule::Posix => "names as POSIX has it",
        };
        println!("power losses  {}", self.score);
        println!("              {rule}; {} of them met something not synced", self.unsynced);
    }
}

/// Half the instants come at once after an acknowledgement.
fn instant(steps: &[Step], chance: &mut Chance) -> usize {
    let acknowledged = steps.iter().enumerate().filter(|(_, step)| matches!(step, Step::Acknowledged(_)));
    let acknowledged: Vec<usize> = acknowledged.map(|(at, _)| at + 1).collect();
    let anywhere = chance.below(steps.len() + 1);
    if chance.one_in(2) { chance.pick(&acknowledged).copied().unwrap_or(anywhere) } else { anywhere }
}

fn loss(pending: &[u64], chance: &mut Chance) -> Loss {
    let last = chance.pick(pending).copied().unwrap_or(0);
    let names = [NamesLeft::Nothing, NamesLeft::Everything, NamesLeft::Some, NamesLeft::Some];
    let files = [
        Survives::Nothing,
        Survives::Everything,
        Survives::Until(last),
        Survives::Torn(last),
        Survives::Pages,
        Survives::Sizes,
    ];
    Loss {
        names: chance.pick(&names).copied().unwrap_or(NamesLeft::Nothing),
        files: chance.pick(&files).copied().unwrap_or(Survives::Nothing),
    }
}
