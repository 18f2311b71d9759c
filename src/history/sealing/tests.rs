//! A store with volumes against one without: whatever is moved or merged when, they say the same.

use std::sync::Mutex;

use super::*;
use crate::history::claim::Claim;
use crate::history::draft::Draft;
use crate::history::error::Holder;
use crate::history::offline;
use crate::history::shelf::Shelf;

fn holder() -> Holder {
    Holder { host: "bench".into(), pid: 1, user: "tech".into(), since: "now".into(), version: "0".into() }
}

/// Numbers that look like chance and are the same at every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    /// A key of a kind that moves into volumes, or of one that does not.
    fn key(&mut self) -> Vec<u8> {
        let kind = b"clrstuvmk".get(self.below(9)).copied().unwrap_or(b'r');
        let named = ["8340-1", "6854", "a\0b", ""].get(self.below(4)).copied().unwrap_or_default();
        let number = self.below(40).to_le_bytes()[0];
        if kind == b'u' {
            // A serial, a model, the time and the identity of a run.
            let serial = named.replace('\0', " ");
            return [b"u".as_slice(), serial.as_bytes(), b"\x008340-1\0", &[number; 24]].concat();
        }
        let mut key = [&[kind], named.as_bytes(), &[0, number]].concat();
        key.extend([3; 3].iter().take(self.below(3)));
        key
    }

    fn value(&mut self) -> Vec<u8> {
        // No value begins with schema 0.
        let length = self.below(9) * self.below(60);
        (0..length).map(|_| 1 + self.below(250).to_le_bytes()[0]).collect()
    }
}

fn change(draft: &mut Draft<'_>, chance: &mut Chance, many: usize) {
    for _ in 0..many {
        let key = chance.key();
        if chance.below(4) == 0 {
            draft.remove(key);
        } else {
            let value = chance.value();
            draft.put_raw(key, value);
        }
    }
}

fn put(store: &Store, key: &[u8], value: &[u8]) {
    let put = store.writing(|draft| {
        draft.put_raw(key.to_vec(), value.to_vec());
        Ok(())
    });
    put.expect("written");
}

/// Whether two shelves say the same, whatever they are asked.
fn assert_alike(disk: &Shelf, memory: &Shelf, chance: &mut Chance) {
    let odd = |key: &[u8]| key == key::JOURNAL || key == key::SCHEMA;
    let walk = |shelf: &Shelf| {
        let pairs = shelf.prefixed(&[], usize::MAX, false).expect("readable").into_iter();
        pairs.filter(|(key, _)| !odd(key)).collect::<Vec<_>>()
    };
    assert_eq!(walk(disk), walk(memory));
    for _ in 0..25 {
        let (key, other, most) = (chance.key(), chance.key(), chance.below(30));
        assert_eq!(disk.get(&key).expect("readable"), memory.get(&key).expect("readable"));
        let length = 1 + chance.below(key.len());
        let prefix = key.get(..length).filter(|prefix| prefix != b"k").unwrap_or(b"r");
        for newest_first in [false, true] {
            let asked = |shelf: &Shelf| shelf.prefixed(prefix, most, newest_first).expect("readable");
            assert_eq!(asked(disk), asked(memory), "{prefix:?} {most} {newest_first}");
        }
        let (low, high) = if key < other { (&key, &other) } else { (&other, &key) };
        let kind = low.get(..1).unwrap_or_default();
        let between = |shelf: &Shelf| {
            let keys = shelf.between(low, high, usize::MAX).expect("readable");
            keys.into_iter().filter(|key| !odd(key)).take(most).collect::<Vec<_>>()
        };
        assert_eq!(between(disk), between(memory));
        if kind != b"k" {
            let after = |shelf: &Shelf| shelf.after(low, kind, most).expect("readable");
            assert_eq!(after(disk), after(memory));
        }
        if high.starts_with(kind) && kind != b"k" {
            let below = |shelf: &Shelf| shelf.below(kind, high, most).expect("readable");
            assert_eq!(below(disk), below(memory));
        }
    }
}

#[test]
fn a_store_with_volumes_says_what_one_without_says() {
    for seed in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("history");
        let (mut store, _) = Store::open(&dir, &holder()).expect("made");
        let memory = Shelf::Memory(Mutex::default());
        let mut chance = Chance(seed);
        for _ in 0..25 {
            let many = 1 + chance.below(60);
            let (mut for_disk, mut for_memory) = (Chance(chance.0), Chance(chance.0));
            let changed = store.writing(|draft| {
                change(draft, &mut for_disk, many);
                Ok(())
            });
            changed.expect("written");
            let mut draft = Draft::new(&memory);
            change(&mut draft, &mut for_memory, many);
            draft.apply().expect("memory");
            chance = for_disk;
            match chance.below(6) {
                0 | 1 => store.seal().expect("sealed"),
                2 => while store.merge_volumes().expect("merged") {},
                3 if chance.below(3) == 0 => {
                    drop(store);
                    offline::compact(&Claim::take(&dir, &holder()).expect("free")).expect("compacted");
                    store = Store::open(&dir, &holder()).expect("opened").0;
                }
                4 => {
                    drop(store);
                    // A marker that is not clean has everything verified.
                    std::fs::remove_file(dir.join("marker")).expect("removed");
                    let (opened, opening) = Store::open(&dir, &holder()).expect("opened");
                    assert_eq!(opening.set_aside, None);
                    store = opened;
                }
                _ => {}
            }
            assert_alike(&store.shelf(), &memory, &mut chance);
        }
    }
}

#[test]
fn four_volumes_of_one_size_become_one_and_a_removed_key_stays_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(folder.path(), &holder()).expect("made");
    let put = |key: &str, value: Option<&str>| {
        let written = store.writing(|draft| {
            match value {
                Some(value) => draft.put_raw(key.into(), value.into()),
                None => draft.remove(key.into()),
            }
            Ok(())
        });
        written.expect("written");
        store.seal().expect("sealed");
    };
    put("r1", Some("one"));
    put("r2", Some("two"));
    put("r1", None);
    assert!(!store.has_volumes_alike());
    put("r3", Some("three"));
    assert!(store.has_volumes_alike());
    let files = || std::fs::read_dir(folder.path().join("volumes")).expect("readable").count();
    assert_eq!((files(), store.shelf().get(b"r1").expect("readable")), (4, None));
    assert!(store.merge_volumes().expect("merged"));
    assert!(!store.merge_volumes().expect("nothing to merge"));
    let pairs = store.shelf().prefixed(b"r", 9, false).expect("readable");
    assert_eq!((files(), pairs), (1, vec![(b"r2".to_vec(), b"two".to_vec()), (b"r3".to_vec(), b"three".to_vec())]));
}

#[test]
fn a_volume_that_is_lost_or_damaged_has_the_store_restored_from_what_else_tells_of_it() {
    for how in ["lost", "cut", "flipped", "unlisted", "another"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Store::open(folder.path(), &holder()).expect("made");
        for key in 0..200u8 {
            put(&store, &[b'r', key], &[key; 30]);
        }
        store.seal().expect("sealed");
        drop(store);
        std::fs::write(folder.path().join("marker"), "open 0").expect("written");
        let volume = folder.path().join("volumes/00000001.volume");
        let mut bytes = std::fs::read(&volume).expect("read");
        match how {
            "lost" => std::fs::remove_file(&volume).expect("removed"),
            "unlisted" => std::fs::remove_file(folder.path().join("db/volumes.json")).expect("removed"),
            "cut" => std::fs::write(&volume, &bytes[..bytes.len() / 2]).expect("cut"),
            "flipped" => {
                bytes[40] ^= 4;
                std::fs::write(&volume, bytes).expect("damaged");
            }
            _ => {
                Writer::begin(folder.path().join("volumes/1.volume"), 3_000).expect("begun").finish().expect("whole");
                std::fs::rename(folder.path().join("volumes/1.volume"), &volume).expect("renamed");
            }
        }
        let (store, opening) = Store::open(folder.path(), &holder()).expect("restored");
        let bad = opening.set_aside.unwrap_or_else(|| panic!("{how}: nothing was set aside"));
        assert!(bad.join("volumes").is_dir());
        let said = opening.notes.join("; ");
        assert!(said.contains("volume") && said.contains("the journal"), "{how}: {said}");
        assert_eq!(store.shelf().prefixed(b"r", usize::MAX, false).expect("readable").len(), 200, "{how}");
    }
}

#[test]
fn a_volume_that_nobody_names_goes_at_the_next_opening() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(folder.path(), &holder()).expect("made");
    put(&store, b"r1", b"one");
    store.seal().expect("sealed");
    drop(store);
    let volumes = folder.path().join("volumes");
    for name in ["00000002.volume", "00000003.part"] {
        std::fs::copy(volumes.join("00000001.volume"), volumes.join(name)).expect("copied");
    }
    let (store, _) = Store::open(folder.path(), &holder()).expect("opened");
    assert_eq!(std::fs::read_dir(&volumes).expect("readable").count(), 1);
    assert_eq!(store.shelf().get(b"r1").expect("readable"), Some(b"one".to_vec()));
}
