//! One store, the folder that is watched into it, and what was shown of it so far.

use std::fs;
use std::path::{Path, PathBuf};

use color_eyre::eyre::Result;

use super::look;
use super::score::{Finding, Kind, Score, Shown};
use super::shop::Shop;
use super::watcher::Watcher;

/// A store's life through kills and power losses.
#[derive(Debug)]
pub(super) struct Life {
    /// The drop folder.
    pub(super) folder: PathBuf,
    /// The store.
    pub(super) store: PathBuf,
    /// Whether its watch makes backups.
    pub(super) backed: bool,
    /// What was shown of it.
    pub(super) shown: Shown,
    /// Workbooks dropped into the folder so far.
    pub(super) dropped: usize,
    /// Runs the store had when it was looked at last.
    pub(super) present: usize,
}

impl Life {
    /// An empty drop folder below `home`, and no store yet.
    pub(super) fn new(home: &Path, backed: bool) -> Result<Self> {
        // A folder named so says the laser.
        let folder = home.join("LTS");
        fs::create_dir_all(&folder)?;
        let store = home.join("home").join("history");
        Ok(Self { folder, store, backed, shown: Shown::default(), dropped: 0, present: 0 })
    }

    /// The folder the store lies in, with nothing else in it.
    pub(super) fn home(&self) -> &Path {
        self.store.parent().unwrap_or(&self.store)
    }

    /// A place beside that folder.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.home().with_file_name(name)
    }

    /// Drops workbooks until there are `end`.
    pub(super) fn drop_until(&mut self, shop: &Shop, end: usize) -> Result<()> {
        shop.drop_into(&self.folder, self.dropped..end)?;
        self.dropped = self.dropped.max(end);
        Ok(())
    }

    /// Starts a watch.
    pub(super) fn watch(&self, shop: &Shop) -> Result<Watcher> {
        Watcher::start(shop.watch(&self.folder, &self.store, self.backed)?, None)
    }

    /// Reopens the store, or a copy of it, and compares it with what was shown.
    pub(super) fn look(&mut self, shop: &Shop, store: &Path, case: &str, score: &mut Score) -> Vec<Finding> {
        match look::ask(shop, store) {
            Ok(sight) => {
                score.opened(case, &sight);
                self.present = sight.runs.len();
                self.shown.compare(shop, &sight)
            }
            Err(error) => vec![Finding::new(Kind::Unreadable, 1, format!("cannot be opened: {error}"))],
        }
    }

    /// Lets an undisturbed watch pick up what is missing; then every dropped workbook is there, once.
    pub(super) fn pick_up(&mut self, shop: &Shop, case: &str, score: &mut Score) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        match self.watch(shop)?.finish(self.dropped.saturating_sub(self.present)) {
            Ok(heard) => findings.extend(self.shown.acknowledge(shop, &heard.lines)),
            Err(error) => findings.push(Finding::new(Kind::Unfinished, 1, error.to_string())),
        }
        let store = self.store.clone();
        findings.extend(self.look(shop, &store, case, score));
        if self.present != self.dropped || self.shown.len() != self.dropped {
            let words = format!("{} runs of {} files at the end", self.present, self.dropped);
            findings.push(Finding::new(Kind::Unfinished, self.dropped.abs_diff(self.present), words));
        }
        Ok(findings)
    }
}
