//! Changes that are being put together: read through to the shelf, applied as a whole.

use std::collections::BTreeMap;

use super::audit::{AuditHead, Signed};
use super::error::StoreError;
use super::journal::Changes;
use super::key;
use super::shelf::Shelf;
use super::value;
use super::value::Stored;

/// Most records between two syncs; more, and a power loss was seen to break the store.
pub(super) const MAX_RECORDS: usize = 200;
/// Most bytes between two syncs.
pub(super) const MAX_BYTES: usize = 256 * 1024;

/// A batch in the making.
pub(super) struct Draft<'a> {
    shelf: &'a Shelf,
    changes: Changes,
    /// What people did in it, for the audit journal.
    signed: Vec<Signed>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(shelf: &'a Shelf) -> Self {
        Self { shelf, changes: Changes::new(), signed: Vec::new() }
    }

    /// The value as it will be once the draft is applied.
    pub(super) fn get<T: Stored>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.raw(key)?.map(|bytes| value::decode(&bytes)).transpose().map_err(StoreError::from)
    }

    /// The bytes as they will be.
    pub(super) fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changes.get(key) {
            Some(changed) => Ok(changed.clone()),
            None => self.shelf.get(key),
        }
    }

    /// The keys with a prefix as they will be, in order.
    pub(super) fn keys_with(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let stored = self.shelf.prefixed(prefix, most, false)?.into_iter().map(|(key, _)| (key, true));
        let mut keys: BTreeMap<Vec<u8>, bool> = stored.collect();
        let changed = self.changes.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        keys.extend(changed.map(|(key, value)| (key.clone(), value.is_some())));
        Ok(keys.into_iter().filter_map(|(key, is_there)| is_there.then_some(key)).collect())
    }

    pub(super) fn put<T: Stored>(&mut self, key: Vec<u8>, value: &T) -> Result<(), StoreError> {
        self.changes.insert(key, Some(value::encode(value)?));
        Ok(())
    }

    pub(super) fn put_raw(&mut self, key: Vec<u8>, bytes: Vec<u8>) {
        self.changes.insert(key, Some(bytes));
    }

    pub(super) fn remove(&mut self, key: Vec<u8>) {
        self.changes.insert(key, None);
    }

    /// Whether so many records and bytes more still fit between two syncs. An empty draft takes any entry.
    pub(super) fn fits(&self, records: usize, bytes: usize) -> bool {
        let taken: usize = self.changes.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
        self.changes.is_empty() || (self.changes.len() + records <= MAX_RECORDS && taken + bytes <= MAX_BYTES)
    }

    /// A person did this: the audit journal tells of it before the history has it.
    pub(super) fn sign(&mut self, signed: Signed) {
        self.signed.push(signed);
    }

    /// Applies what is here and starts anew.
    pub(super) fn apply(&mut self) -> Result<(), StoreError> {
        if !self.signed.is_empty() {
            let known = self.get::<AuditHead>(key::AUDIT).ok().flatten();
            if let Some(head) = self.shelf.sign(&self.signed, known)? {
                self.put(key::AUDIT.to_vec(), &head)?;
            }
            self.signed.clear();
        }
        if !self.changes.is_empty() {
            self.shelf.apply(&self.changes)?;
            self.changes.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_measured_bound_goes_between_two_syncs() {
        let shelf = Shelf::Memory(std::sync::Mutex::default());
        let mut draft = Draft::new(&shelf);
        assert!(draft.fits(1_000, 1_000_000), "a single entry is never split");
        for i in 0..190u8 {
            draft.put_raw(vec![i], vec![0; 100]);
        }
        assert!(draft.fits(10, 1_000));
        assert!(!draft.fits(11, 1_000));
        assert!(!draft.fits(1, MAX_BYTES - 100 * 190));
        draft.apply().expect("memory");
        assert!(draft.fits(200, 0));
    }
}
