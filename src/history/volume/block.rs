//! One block of a volume: its keys as bytes, and where the value of each lies.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Told;

/// A key as a block has it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    /// Bytes at its beginning that it has in common with the key before.
    pub(super) shared: u32,
    /// The rest of it.
    #[serde(borrow)]
    pub(super) rest: &'a [u8],
    /// Bytes of its value; nothing where the key is removed.
    pub(super) value: Option<u32>,
}

/// A key with the place of its value among the values of the block; no place where the key is removed.
pub(super) type Entry = (Vec<u8>, Option<Range<usize>>);

/// What a block says of a key, and where its value lies among the values.
pub(super) fn find(keys: &[u8], wanted: &[u8]) -> Result<Option<Told<Range<usize>>>, String> {
    let mut found = None;
    each(keys, |key, place| {
        if key == wanted {
            found = Some(place.map_or(Told::Removed, Told::Value));
        }
        key < wanted
    })?;
    Ok(found)
}

/// All keys of a block, whose values take so many bytes.
pub(super) fn entries(keys: &[u8], values: usize) -> Result<Vec<Entry>, String> {
    let mut found: Vec<Entry> = Vec::new();
    let mut is_sound = true;
    each(keys, |key, place| {
        is_sound &= found.last().is_none_or(|(last, _)| last.as_slice() < key);
        is_sound &= place.as_ref().is_none_or(|place| place.end <= values);
        found.push((key.to_vec(), place));
        is_sound
    })?;
    if is_sound { Ok(found) } else { Err("its keys are not in order, or a value is beyond its end".to_owned()) }
}

/// Calls `each` for the keys in order, until it says that no more are wanted.
fn each(mut keys: &[u8], mut each: impl FnMut(&[u8], Option<Range<usize>>) -> bool) -> Result<(), String> {
    let (mut key, mut at) = (Vec::new(), 0usize);
    while !keys.is_empty() {
        let (line, rest) = postcard::take_from_bytes::<Line<'_>>(keys).map_err(|e| e.to_string())?;
        key.truncate(line.shared as usize);
        key.extend_from_slice(line.rest);
        let place = line.value.map(|length| at..at.saturating_add(length as usize));
        at = place.as_ref().map_or(at, |place| place.end);
        if !each(&key, place) {
            return Ok(());
        }
        keys = rest;
    }
    Ok(())
}
