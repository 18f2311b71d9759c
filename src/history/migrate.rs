//! From an older schema to today's: every value read, written anew, every tally counted again.
//!
//! A migration that is cut short begins again at the next opening: values of both schemas are read, and the store
//! calls itself migrated only with the last batch. The opening keeps a copy until then.

use std::collections::BTreeMap;

use super::counting;
use super::digest::Digest;
use super::draft::Draft;
use super::error::StoreError;
use super::key;
use super::record::{RunKey, RunRecord, Tally};
use super::shelf::Shelf;
use super::value;

/// Pairs looked at in one page.
const PAGE: usize = 100;

/// Brings a store to today's schema.
pub(super) fn migrate(shelf: &Shelf) -> Result<(), StoreError> {
    for prefix in [b"r", b"v"] {
        let mut after = prefix.to_vec();
        loop {
            let page = shelf.after(&after, prefix, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            let mut draft = Draft::new(shelf);
            for (key, bytes) in page {
                let record: RunRecord = value::decode(&bytes)?;
                if prefix == b"r" {
                    let run = RunKey(key.get(1..).unwrap_or_default().to_vec());
                    draft.put(key::by_time(&run), &Digest::of(&run, &record))?;
                    move_curves(&mut draft, &run)?;
                }
                draft.put(key, &record)?;
                if !draft.fits(4, 128 * 1024) {
                    draft.apply()?;
                }
            }
            draft.apply()?;
        }
    }
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

fn move_curves(draft: &mut Draft<'_>, run: &RunKey) -> Result<(), StoreError> {
    let before = key::curves_of_schema_1(run);
    if let Some(bytes) = draft.raw(&before)?.filter(|_| before != key::curves(run)) {
        draft.put_raw(key::curves(run), bytes);
        draft.remove(before);
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
