//! One file's bytes: those on disk, those a reader sees, and the changes in between that no sync has covered.

use std::collections::HashMap;
use std::rc::Rc;

use super::chance::Chance;

/// A disk tears no write within a sector.
const SECTOR: u64 = 512;
/// The system writes back whole pages.
const PAGE: u64 = 4096;

/// A change that is not on disk for sure.
#[derive(Debug, Clone)]
struct Change {
    /// When, among all changes of files and names.
    order: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Write { at: u64, bytes: Rc<[u8]> },
    Size(u64),
}

/// Which unsynced changes a power loss leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Survives {
    /// None.
    Nothing,
    /// All.
    Everything,
    /// All up to one of them.
    Until(u64),
    /// All before one of them, and that one up to a sector.
    Torn(u64),
    /// Each page as it was at some instant since the last sync.
    Pages,
    /// Each page likewise, and the newest size, with zeros where nothing was written.
    Sizes,
}

/// One file's bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    durable: Vec<u8>,
    now: Vec<u8>,
    pending: Vec<Change>,
}

impl Content {
    /// A file that has been on disk for long.
    pub(super) fn settled(bytes: Vec<u8>) -> Self {
        Self { durable: bytes.clone(), now: bytes, pending: Vec::new() }
    }

    /// What a reader sees.
    pub(super) fn now(&self) -> &[u8] {
        &self.now
    }

    /// Orders of the changes that are not on disk for sure.
    pub(super) fn pending(&self) -> impl Iterator<Item = u64> {
        self.pending.iter().map(|change| change.order)
    }

    /// Writes; whether the file grew.
    pub(super) fn write(&mut self, order: u64, at: u64, bytes: Rc<[u8]>) -> bool {
        let before = self.now.len();
        put(&mut self.now, at, &bytes);
        self.pending.push(Change { order, what: What::Write { at, bytes } });
        self.now.len() > before
    }

    /// Cuts or grows.
    pub(super) fn resize(&mut self, order: u64, len: u64) {
        size(&mut self.now, len);
        self.pending.push(Change { order, what: What::Size(len) });
    }

    /// Everything up to an order is on disk.
    pub(super) fn sync(&mut self, until: u64) {
        let (synced, rest) = std::mem::take(&mut self.pending).into_iter().partition(|change| change.order <= until);
        self.pending = rest;
        let synced: Vec<Change> = synced;
        for change in &synced {
            change.apply(&mut self.durable);
        }
    }

    /// The bytes that a power loss leaves.
    pub(super) fn after(&self, survives: Survives, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        match survives {
            Survives::Nothing => {}
            Survives::Everything => bytes.clone_from(&self.now),
            Survives::Until(last) => self.until(last).for_each(|change| change.apply(&mut bytes)),
            Survives::Torn(last) => {
                self.until(last).filter(|change| change.order < last).for_each(|change| change.apply(&mut bytes));
                self.until(last).filter(|change| change.order == last).for_each(|change| {
                    change.torn(chance, &mut bytes);
                });
            }
            Survives::Pages => self.pages(false, chance, &mut bytes),
            Survives::Sizes => self.pages(true, chance, &mut bytes),
        }
        bytes
    }

    fn until(&self, last: u64) -> impl Iterator<Item = &Change> {
        self.pending.iter().filter(move |change| change.order <= last)
    }

    /// Every page stops at an instant of its own; sizes stop at one, or are the newest.
    fn pages(&self, newest_size: bool, chance: &mut Chance, bytes: &mut Vec<u8>) {
        let orders: Vec<u64> = self.pending().collect();
        let mut instant = || chance.below(orders.len() + 1).checked_sub(1).and_then(|at| orders.get(at)).copied();
        let sizes = if newest_size { orders.last().copied() } else { instant() };
        let mut pages: HashMap<u64, Option<u64>> = HashMap::new();
        for change in &self.pending {
            match &change.what {
                What::Size(len) if sizes >= Some(change.order) => size(bytes, *len),
                What::Size(_) => {}
                What::Write { at, bytes: written } => {
                    for (at, piece) in pieces(*at, written) {
                        if *pages.entry(at / PAGE).or_insert_with(&mut instant) >= Some(change.order) {
                            put(bytes, at, piece);
                        } else if newest_size && end(at, piece) > bytes.len() as u64 {
                            size(bytes, end(at, piece));
                        }
                    }
                }
            }
        }
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match &self.what {
            What::Write { at, bytes: written } => put(bytes, *at, written),
            What::Size(len) => size(bytes, *len),
        }
    }

    /// As far as some sector. A size is never torn.
    fn torn(&self, chance: &mut Chance, bytes: &mut Vec<u8>) {
        let What::Write { at, bytes: written } = &self.what else {
            return self.apply(bytes);
        };
        let sectors = usize::try_from(end(*at, written).div_ceil(SECTOR) - at / SECTOR).unwrap_or(1);
        let stop = (at / SECTOR + chance.below(sectors) as u64) * SECTOR;
        let some = usize::try_from(stop.saturating_sub(*at)).unwrap_or(0);
        put(bytes, *at, written.get(..some).unwrap_or_default());
    }
}

/// A write's parts, each within one page.
fn pieces(mut at: u64, mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let room = usize::try_from(PAGE - at % PAGE).unwrap_or(1);
        let (piece, rest) = bytes.split_at(room.min(bytes.len()));
        pieces.push((at, piece));
        (at, bytes) = (at + piece.len() as u64, rest);
    }
    pieces
}

fn end(at: u64, bytes: &[u8]) -> u64 {
    at + bytes.len() as u64
}

fn put(into: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    if end(at, bytes) > into.len() as u64 {
        size(into, end(at, bytes));
    }
    let place = into.iter_mut().skip(usize::try_from(at).unwrap_or(usize::MAX));
    place.zip(bytes).for_each(|(to, from)| *to = *from);
}

fn size(bytes: &mut Vec<u8>, len: u64) {
    bytes.resize(usize::try_from(len).unwrap_or(usize::MAX), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old` on disk, cut to nothing, then `new!` and a second page of sevens written; nothing synced.
    fn rewritten() -> Content {
        let mut content = Content::settled(b"old".to_vec());
        content.resize(1, 0);
        content.write(2, 0, Rc::from(*b"new!"));
        content.write(3, PAGE, Rc::from([7; 1024]));
        content
    }

    fn after(survives: Survives) -> Vec<u8> {
        rewritten().after(survives, &mut Chance::new(1))
    }

    #[test]
    fn unsynced_changes_are_left_whole_in_part_or_not_at_all() {
        assert_eq!(after(Survives::Nothing), b"old");
        assert_eq!(after(Survives::Everything), rewritten().now());
        assert_eq!(after(Survives::Until(1)), b"");
        assert_eq!(after(Survives::Until(2)), b"new!");
    }

    #[test]
    fn a_sync_keeps_what_was_there_when_it_began() {
        let mut content = rewritten();
        content.sync(2);
        assert_eq!(content.after(Survives::Nothing, &mut Chance::new(1)), b"new!");
        assert_eq!(content.pending().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn the_last_write_is_torn_at_a_sector() {
        let lengths: std::collections::BTreeSet<usize> =
            (0..40).map(|seed| rewritten().after(Survives::Torn(3), &mut Chance::new(seed)).len()).collect();
        assert_eq!(lengths, [4, 4096 + 512].into());
    }

    #[test]
    fn pages_stop_at_instants_of_their_own_and_a_newest_size_is_filled_with_zeros() {
        let all = |survives| -> std::collections::BTreeSet<Vec<u8>> {
            (0..200).map(|seed| rewritten().after(survives, &mut Chance::new(seed))).collect()
        };
        let pages = all(Survives::Pages);
        assert!(pages.iter().any(|bytes| bytes == b"old") && pages.iter().any(|bytes| bytes.len() == 5120));
        let zeros = all(Survives::Sizes);
        assert!(zeros.iter().all(|bytes| bytes.len() == 5120), "the size is the newest");
        assert!(zeros.contains(&vec![0; 5120]), "and all of it may be zeros");
    }
}
