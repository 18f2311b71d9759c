//! From an older schema to today's: every value read, written anew, every tally counted again.
//!
//! A migration that is cut short begins again at the next opening: values of both schemas are read, and the store
//! calls itself migrated only with the last batch. The opening keeps a copy until then.

use std::collections::{BTreeMap, HashMap};

use super::counting;
use super::digest::Digest;
use super::draft::Draft;
use super::error::StoreError;
use super::key;
use super::plan;
use super::record::{LogEntry, LogOutcome, RunKey, RunRecord, Tally};
use super::shelf::Shelf;
use super::value;

/// Pairs looked at in one page.
const PAGE: usize = 100;

/// Brings a store to today's schema.
pub(super) fn migrate(shelf: &Shelf) -> Result<(), StoreError> {
    let lines = lines(shelf)?;
    for prefix in [b"r", b"v"] {
        let mut after = prefix.to_vec();
        loop {
            let page = shelf.after(&after, prefix, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            let mut draft = Draft::new(shelf);
            for (key, bytes) in page {
                let mut record: RunRecord = value::decode(&bytes)?;
                if prefix == b"r" {
                    let run = RunKey(key.get(1..).unwrap_or_default().to_vec());
                    if record.sequence == 0 {
                        let told = lines.get(&run).copied();
                        record.sequence = told.map_or_else(|| plan::next_line(&mut draft), Ok)?;
                    }
                    draft.put(key::by_time(&run), &Digest::of(&run, &record))?;
                    move_curves(&mut draft, &run, record.sequence)?;
                }
                draft.put(key, &record)?;
                if !draft.fits(6, 128 * 1024) {
                    draft.apply()?;
                }
            }
            draft.apply()?;
        }
    }
    move_paths(shelf)?;
    recount(shelf)?;
    let mut draft = Draft::new(shelf);
    draft.put_raw(key::SCHEMA.to_vec(), vec![value::SCHEMA]);
    draft.apply()
}

/// Counts every tally anew from the runs that can be read. Nobody may write meanwhile.
pub(super) fn recount(shelf: &Shelf) -> Result<(), StoreError> {
    let mut tallies: BTreeMap<Vec<u8>, Tally> = BTreeMap::new();
    let (draft, mut after) = (Draft::new(shelf), b"r".to_vec());
    loop {
        let page = shelf.after(&after, b"r", PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        for (key, bytes) in &page {
            let run = RunKey(key.get(1..).unwrap_or_default().to_vec());
            // A damaged one counts again when it is made anew.
            if let Ok(record) = value::decode(bytes) {
                counting::count_again(&draft, &run, &record, &mut tallies)?;
            }
        }
    }
    write_tallies(shelf, tallies)
}

/// The last line that tells of each run.
fn lines(shelf: &Shelf) -> Result<HashMap<RunKey, u64>, StoreError> {
    let (mut lines, mut after) = (HashMap::new(), b"l".to_vec());
    loop {
        let page = shelf.after(&after, b"l", PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(lines) };
        after.clone_from(last);
        // A damaged line tells of nobody: its run gets a number of its own.
        for line in page.iter().filter_map(|(_, bytes)| value::decode::<LogEntry>(bytes).ok()) {
            if let LogOutcome::Run { key, .. } | LogOutcome::Revision { key, .. } = line.outcome {
                lines.insert(key, line.sequence);
            }
        }
    }
}

/// Marks of paths, by the file's time from now on.
fn move_paths(shelf: &Shelf) -> Result<(), StoreError> {
    let mut after = key::PATHS.to_vec();
    loop {
        let page = shelf.after(&after, key::PATHS, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        let mut draft = Draft::new(shelf);
        for (before, bytes) in page {
            let Some(path) = key::path_of_older(&before) else { continue };
            // A mark that cannot be read only means that its file is read again.
            if let Ok((len, mtime_ns)) = value::decode::<(u64, i64)>(&bytes) {
                draft.put(key::path(&path, mtime_ns), &len)?;
            }
            draft.remove(before);
            if !draft.fits(2, 1024) {
                draft.apply()?;
            }
        }
        draft.apply()?;
    }
}

fn move_curves(draft: &mut Draft<'_>, run: &RunKey, sequence: u64) -> Result<(), StoreError> {
    for before in key::curves_of_older(run) {
        if let Some(bytes) = draft.raw(&before)? {
            draft.put_raw(key::curves(sequence), bytes);
            draft.remove(before);
        }
    }
    Ok(())
}

/// Tallies as they were counted, and none of what no longer counts anything.
fn write_tallies(shelf: &Shelf, tallies: BTreeMap<Vec<u8>, Tally>) -> Result<(), StoreError> {
    let mut draft = Draft::new(shelf);
    for prefix in [b"d".as_slice(), b"m", key::TOTAL] {
        for key in draft.keys_with(prefix, usize::MAX)? {
            if !tallies.contains_key(&key) {
                draft.remove(key);
            }
        }
    }
    for (key, tally) in tallies {
        draft.put(key, &tally)?;
        if !draft.fits(1, 1024) {
            draft.apply()?;
        }
    }
    draft.apply()
}
