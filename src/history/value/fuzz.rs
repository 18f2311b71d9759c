//! Values, and lines of backups, spoiled under a checksum that fits: an error or a value that can be kept again.

use std::path::Path;

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::*;
use crate::history::backup_line::{of_line, to_line};
use crate::history::digest::Digest;
use crate::history::packing::MAX_UNPACKED;
use crate::history::record::{FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
use crate::trim::{self, Reading, Source};
use campaign::fuzz;
use chance::Chance;

#[path = "../../../tests/fuzz/campaign.rs"]
mod campaign;
#[path = "../../../tests/fuzz/chance.rs"]
#[expect(dead_code, reason = "other targets take more of it")]
mod chance;

/// A kept sample: its record, digest and curves, each as today's value.
fn values() -> Vec<(Kind, Vec<u8>)> {
    let path = Path::new("samples/incoming/DLTS/9102A_51_TEST DATA_3-13-2026_6-20 AM.xls");
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a sample");
    let source = Source { path, laser: None, modified: None, today: None };
    let Ok(Reading::Run(read)) = trim::read(&bytes, source) else { panic!("no run") };
    let run = crate::analysis::judge(&read, &crate::analysis::AnalysisSettings::default());
    let file = FileFacts { path: "/in/a.xls".to_owned(), path_key: [1; 16], len: 9, mtime_ns: 5, content: [2; 32] };
    let key = RunKey::of(&run, &file);
    let record = RunRecord { file: file.clone(), run, arrived_ms: 7, revision: 1, excluded: None, sequence: 3 };
    let outcome = LogOutcome::Run { key: key.clone(), status: "PASS".to_owned() };
    vec![
        (Kind::Curves, encode(&crate::analysis::RunCurves::from(read.as_ref())).expect("encoded")),
        (Kind::Digest, encode(&Digest::of(&key, &record)).expect("encoded")),
        (Kind::Record, encode(&record).expect("encoded")),
        (Kind::Tally, encode(&Tally { runs: 3, good: 2, ..Tally::default() }).expect("encoded")),
        (Kind::Log, encode(&LogEntry { sequence: 1, at_ms: 2, file, outcome }).expect("encoded")),
        (Kind::Key, encode(&Some(key)).expect("encoded")),
    ]
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Curves,
    Digest,
    Record,
    Tally,
    Log,
    Key,
}

impl Kind {
    /// Reads a value as one of this kind; one that can be read can be written and read again.
    fn read(self, bytes: &[u8]) -> bool {
        match self {
            Self::Curves => again::<crate::analysis::RunCurves>(bytes),
            Self::Digest => again::<Digest>(bytes),
            Self::Record => again::<RunRecord>(bytes),
            Self::Tally => again::<Tally>(bytes),
            Self::Log => again::<LogEntry>(bytes),
            Self::Key => again::<Option<RunKey>>(bytes),
        }
    }
}

fn again<T: Stored>(bytes: &[u8]) -> bool {
    let Ok(value) = decode::<T>(bytes) else { return false };
    let kept = encode(&value).expect("what was read can be kept");
    let back: T = decode(&kept).expect("what was kept can be read");
    // Figures that are no numbers are equal only as bytes.
    assert_eq!(encode(&back).expect("encoded"), kept);
    true
}

/// The value with its body spoiled, packed or unpacked, under a checksum that fits, now and then of an older schema.
fn forged(value: &[u8], chance: &mut Chance) -> Vec<u8> {
    let body = value.get(5..).unwrap_or_default();
    let plain = decompress_to_vec_with_limit(body, MAX_UNPACKED).ok().filter(|_| !chance.one_in(3));
    let body = match plain {
        Some(plain) => compress_to_vec(&chance.spoil(&plain), 1),
        None => chance.spoil(body),
    };
    let mut forged = sealed(&body);
    if chance.one_in(4) {
        forged[0] = *chance.pick(&[0, 1, 1, 1, 3, 255]);
    }
    if chance.one_in(10) { chance.spoil(&forged) } else { forged }
}

#[test]
fn a_spoiled_value_is_an_error_or_can_be_kept_and_a_spoiled_line_too() {
    let values = values();
    let mut read = 0;
    fuzz("values", 400, |chance| {
        let (kind, good) = chance.pick(&values);
        let value = forged(good, chance);
        // Any kind may be asked for: keys can be spoiled as well.
        let kind = if chance.one_in(8) { chance.pick(&values).0 } else { *kind };
        read += u32::from(kind.read(&value));
        let key = [chance.pick(b"rvlctz").to_owned(), 1, 2];
        let line = to_line(&key, &value);
        assert_eq!(of_line(&line), Ok((key.to_vec(), value)), "a backup keeps even what is damaged, to the byte");
        let spoiled = chance.spoil(to_line(b"r", good).as_bytes());
        // A line that reads is a value, whatever it is worth.
        let _ = of_line(&String::from_utf8_lossy(&spoiled)).map(|(_, value)| kind.read(&value));
    });
    assert!(read > 0, "nothing could be read");
}
