//! Whatever is done to a journal is told, and where.

use proptest::prelude::*;

use super::*;

fn signed(what: &str) -> Signed {
    let word = |text: &str| text.to_owned();
    Signed {
        at_ms: 5,
        act: word("exclude"),
        what: word(what),
        by: word("AB"),
        why: word("probe\nslipped"),
        ..Signed::default()
    }
}

/// A journal of so many acts, written one by one, and its head.
fn written(count: u64) -> (Vec<u8>, AuditHead) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = AuditFile::of(folder.path());
    let mut head = None;
    for number in 0..count {
        head = Some(file.append(&[signed(&format!("unit {number}"))], head).expect("written"));
    }
    (read_audit(folder.path()).expect("readable"), head.unwrap_or_default())
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The number of the line that a byte is in.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    bytes[..=at].split_inclusive(|&byte| byte == b'\n').count() as u64
}

fn first(bytes: &[u8], head: AuditHead) -> Option<u64> {
    audit(bytes, Some(head)).tampered.first().map(|wrong| wrong.number)
}

#[test]
fn what_was_written_is_sound_and_reads_back() {
    let (bytes, head) = written(7);
    assert_eq!(audit(&bytes, Some(head)), Audited { lines: 7, ..Audited::default() });
    assert_eq!(audit(&bytes, None).tampered, Vec::new());
    let entries = audit_entries(&bytes);
    assert_eq!(entries.len(), 7);
    assert_eq!((entries[6].number, entries[6].signed.why.as_str()), (7, "probe\nslipped"));
    assert_eq!(audit(&[], None), Audited::default());
}

proptest! {
    #[test]
    fn any_single_byte_that_is_changed_is_told_at_its_line(at in 0usize..100_000, xor in 1u8..=255) {
        let (mut bytes, head) = written(5);
        let at = at % bytes.len();
        let number = line_of(&bytes, at);
        bytes[at] ^= xor;
        prop_assert_eq!(first(&bytes, head), Some(number));
        prop_assert_eq!(audit(&bytes, None).tampered.first().map(|wrong| wrong.number), Some(number), "without the history too");
    }

    #[test]
    fn any_single_byte_that_is_taken_out_or_put_in_is_told_at_its_line(at in 0usize..100_000, byte: Option<u8>) {
        let (mut bytes, head) = written(5);
        let at = at % bytes.len();
        let number = line_of(&bytes, at);
        // A second end of a line leaves it as it is, and is a line of its own.
        let number = number + u64::from(byte == Some(b'\n') && bytes[at] == b'\n');
        match byte {
            Some(byte) => bytes.insert(at, byte),
            None => drop(bytes.remove(at)),
        }
        prop_assert_eq!(first(&bytes, head), Some(number));
    }

    #[test]
    fn any_lines_that_are_taken_out_are_told_at_the_first_of_them(from in 0usize..6, count in 1usize..6) {
        let (bytes, head) = written(6);
        let mut lines = lines(&bytes);
        lines.drain(from..(from + count).min(6));
        prop_assert_eq!(first(&lines.concat(), head), Some(from as u64 + 1));
    }

    #[test]
    fn any_two_lines_that_change_places_are_told_at_the_first_of_them(one in 0usize..6, other in 0usize..6) {
        prop_assume!(one != other);
        let (bytes, head) = written(6);
        let mut lines = lines(&bytes);
        lines.swap(one, other);
        prop_assert_eq!(first(&lines.concat(), head), Some(one.min(other) as u64 + 1));
    }

    #[test]
    fn a_line_that_is_there_twice_is_told_where_it_should_not_be(line in 0usize..6, at in 0usize..=6) {
        let (bytes, head) = written(6);
        let mut lines = lines(&bytes);
        let copy = lines[line].clone();
        lines.insert(at, copy);
        // Behind itself or before itself it is the same journal: the second of the two is one too many.
        let number = if at == line { line + 1 } else { at };
        prop_assert_eq!(first(&lines.concat(), head), Some(number as u64 + 1));
    }
}

#[test]
fn another_journal_in_its_place_is_told_by_the_history() {
    let (_, head) = written(3);
    let folder = tempfile::tempdir().expect("a folder");
    let file = AuditFile::of(folder.path());
    for what in ["a", "b", "c", "d"] {
        file.append(&[signed(what)], None).expect("written");
    }
    let bytes = read_audit(folder.path()).expect("readable");
    assert_eq!(audit(&bytes, None).tampered, Vec::new(), "it is sound in itself");
    assert_eq!(first(&bytes, head), Some(3));
}

#[test]
fn an_act_on_top_of_a_journal_that_was_cut_says_so_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = AuditFile::of(folder.path());
    file.append(&[signed("a")], None).expect("written");
    let head = file.append(&[signed("b")], None).expect("written");
    let cut = lines(&read_audit(folder.path()).expect("readable")).swap_remove(0);
    fs::write(audit_path(folder.path()), cut).expect("cut");
    let head = file.append(&[signed("c")], Some(head)).expect("written");
    let head = file.append(&[signed("d")], Some(head)).expect("written");
    let bytes = read_audit(folder.path()).expect("readable");
    let acts: Vec<String> = audit_entries(&bytes).into_iter().map(|entry| entry.signed.act).collect();
    assert_eq!(acts, ["exclude", "broken", "exclude", "exclude"]);
    assert_eq!(first(&bytes, head), Some(2), "somebody took the second line away");
    fs::write(audit_path(folder.path()), lines(&bytes)[..3].concat()).expect("cut again");
    file.append(&[signed("e")], Some(head)).expect("written");
    let bytes = read_audit(folder.path()).expect("readable");
    let acts: Vec<String> = audit_entries(&bytes).into_iter().map(|entry| entry.signed.act).collect();
    assert_eq!(acts, ["exclude", "broken", "exclude", "broken", "exclude"], "each time it is cut");
}

#[test]
fn a_line_cut_off_by_a_crash_is_not_there_and_one_the_history_never_heard_of_is_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = AuditFile::of(folder.path());
    let head = file.append(&[signed("a")], None).expect("written");
    let mut bytes = read_audit(folder.path()).expect("readable");
    bytes.extend_from_slice(b"0123");
    fs::write(audit_path(folder.path()), bytes).expect("cut off");
    file.append(&[signed("b")], Some(head)).expect("written");
    let bytes = read_audit(folder.path()).expect("readable");
    assert_eq!(audit(&bytes, Some(head)), Audited { lines: 2, tampered: Vec::new(), beyond: 1 });
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let meta = fs::metadata(audit_path(folder.path())).expect("a file");
        assert_eq!(meta.permissions().mode() & 0o077, 0, "its owner's alone");
    }
}
