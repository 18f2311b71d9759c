//! A volume against the pairs it was made of, whole, cut short and with any bit flipped.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::*;

type Pairs = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Pairs of several kinds: long values and none at all, removed keys, keys that begin alike.
fn pairs() -> Pairs {
    let value = |n: u32| blake3::hash(&n.to_be_bytes()).as_bytes().repeat(n as usize % 40);
    let pair = |n: u32| {
        let kind = b"clrsu".get(n as usize % 5).copied().unwrap_or(b'c');
        let mut key = vec![kind];
        key.extend(if kind == b's' {
            blake3::hash(&n.to_le_bytes()).as_bytes().to_vec()
        } else {
            n.to_be_bytes().to_vec()
        });
        key.extend([7; 24]);
        (key, (n % 11 != 3).then(|| value(n)))
    };
    (0..3_000).map(pair).collect()
}

fn written(folder: &Path, pairs: &Pairs) -> Volume {
    let mut writer = Writer::begin(folder.join("00000001.volume"), 3_000).expect("begun");
    for (key, value) in pairs {
        writer.push(key, value.as_deref()).expect("written");
    }
    writer.finish().expect("whole")
}

fn all(mut cursor: Cursor) -> Result<Vec<Item>, StoreError> {
    std::iter::from_fn(|| cursor.advance().transpose()).collect()
}

#[test]
fn every_key_is_found_with_its_value_and_no_other_one_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs = pairs();
    let volume = written(folder.path(), &pairs);
    volume.verify().expect("sound");
    assert_eq!(volume.pairs, pairs.len() as u64);
    for (key, value) in &pairs {
        let told = value.clone().map_or(Told::Removed, Told::Value);
        assert_eq!(volume.get(key).expect("readable"), Some(told));
        let other = [key.as_slice(), &[0]].concat();
        assert_eq!(volume.get(&other).expect("readable"), None);
    }
    for key in [b"".as_slice(), b"a", b"c", b"s\xFF", b"zz"] {
        assert_eq!(volume.get(key).expect("readable"), None);
    }
}

#[test]
fn a_walk_from_either_end_meets_the_keys_of_its_stretch_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs = pairs();
    let volume = Arc::new(written(folder.path(), &pairs));
    let keys: Vec<&Vec<u8>> = pairs.keys().collect();
    let mut bounds: Vec<Bound<&[u8]>> = vec![Bound::Unbounded, Bound::Included(b""), Bound::Excluded(b"zz")];
    for key in keys.iter().step_by(431) {
        bounds.extend([Bound::Included(key.as_slice()), Bound::Excluded(key.as_slice())]);
    }
    for &start in &bounds {
        for &end in &bounds {
            let inside = |key: &[u8]| {
                let starts = match start {
                    Bound::Included(start) => start <= key,
                    Bound::Excluded(start) => start < key,
                    Bound::Unbounded => true,
                };
                let ends = match end {
                    Bound::Included(end) => key <= end,
                    Bound::Excluded(end) => key < end,
                    Bound::Unbounded => true,
                };
                starts && ends
            };
            let mut wanted: Vec<Item> = pairs.clone().into_iter().filter(|(key, _)| inside(key)).collect();
            let walk = |way| all(Cursor::new(Arc::clone(&volume), start, end, way)).expect("readable");
            assert_eq!(walk(Way::Up), wanted, "{start:?} {end:?}");
            wanted.reverse();
            assert_eq!(walk(Way::Down), wanted, "{start:?} {end:?}");
        }
    }
}

#[test]
fn a_flipped_bit_is_noticed_at_the_opening_or_by_a_look_at_all_keys_or_changes_one_value_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs: Pairs = pairs().into_iter().step_by(20).collect();
    let path = written(folder.path(), &pairs).path;
    let bytes = std::fs::read(&path).expect("read");
    let mut noticed = 0;
    for place in (0..bytes.len()).step_by(101).chain(bytes.len() - FOOT..bytes.len()) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        std::fs::write(&path, &damaged).expect("damaged");
        let Ok(volume) = Volume::open(&path).and_then(|volume| volume.verify().map(|()| volume)) else {
            noticed += 1;
            continue;
        };
        let found = all(Cursor::new(Arc::new(volume), Bound::Unbounded, Bound::Unbounded, Way::Up)).expect("readable");
        let differ = found.iter().zip(&pairs).filter(|(found, pair)| (&found.0, &found.1) != *pair).count();
        assert_eq!((found.len(), differ), (pairs.len(), 1), "{place}");
    }
    assert!(noticed > FOOT, "{noticed}");
}

#[test]
fn a_volume_that_is_cut_short_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), &pairs()).path;
    let bytes = std::fs::read(&path).expect("read");
    for length in (0..bytes.len()).step_by(1_009).chain([bytes.len() - 1]) {
        std::fs::write(&path, &bytes[..length]).expect("cut");
        let said = Volume::open(&path).expect_err("cut").to_string();
        assert!(said.contains("00000001.volume"), "{said}");
    }
}

#[test]
fn what_is_not_finished_leaves_nothing_and_keys_out_of_order_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::begin(folder.path().join("1.volume"), 3_000).expect("begun");
    writer.push(b"c2", Some(b"two")).expect("written");
    assert!(writer.push(b"c2", Some(b"again")).is_err());
    assert!(writer.push(b"c1", Some(b"one")).is_err());
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
    let empty = Writer::begin(folder.path().join("2.volume"), 3_000).expect("begun").finish().expect("whole");
    assert_eq!(empty.get(b"c1").expect("readable"), None);
}
