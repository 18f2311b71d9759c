//! Stores: whatever is done to their files, they open or say why not, and show nothing that was never kept.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};
use trimwatch::history::{
    Act, BackupPlan, Claim, Deed, Ending, Entry, Exclusion, LogEntry, Overview, RunKey, RunRecord, Store, Waiting,
    backups_in, verify_backup,
};

use super::campaign::fuzz;
use super::chance::Chance;
use super::support::{NOON, entry, facts, holder, keep, open};

/// The files of a store by their paths below its folder.
type Files = BTreeMap<String, Vec<u8>>;

/// A store as it lay on disk, with everything it was ever told.
struct Kept {
    files: Files,
    /// Every state each run was in.
    records: HashMap<RunKey, Vec<RunRecord>>,
    /// Every curve each run had, encoded: blank limits are no numbers, and equal only so.
    curves: HashMap<RunKey, Vec<Vec<u8>>>,
    log: HashMap<u64, LogEntry>,
}

impl Kept {
    fn new() -> Self {
        Self { files: Files::new(), records: HashMap::new(), curves: HashMap::new(), log: HashMap::new() }
    }

    /// Notes what a store shows now.
    fn look(&mut self, store: &Store) {
        for (key, record) in store.all_runs().expect("readable") {
            let curves = postcard::to_stdvec(&store.curves(&key).expect("readable")).expect("memory");
            self.curves.entry(key.clone()).or_default().push(curves);
            let states = self.records.entry(key.clone()).or_default();
            states.extend(store.revisions(&key).expect("readable").into_iter().map(unnumbered));
            states.push(unnumbered(record));
        }
        self.log.extend(store.latest_log(1_000).expect("readable").into_iter().map(|entry| (entry.sequence, entry)));
    }
}

fn files_below(dir: &Path, at: &str, found: &mut Files) {
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path = format!("{at}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files_below(&entry.path(), &format!("{path}/"), found);
        } else {
            found.insert(path, fs::read(entry.path()).expect("a file"));
        }
    }
}

fn read(dir: &Path) -> Files {
    let mut found = Files::new();
    files_below(dir, "", &mut found);
    found
}

fn write(dir: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
}

fn run(words: &str, content: &[u8], mtime_ns: i64) -> Entry {
    entry(words, words, content, mtime_ns)
}

/// Runs, a revision, an exclusion, other endings, two backups, and some that wait: a clean end and a sudden one.
static KEPT: LazyLock<[Kept; 2]> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a folder");
    let plan = BackupPlan { keep: 2, copy_to: None };
    let (mut clean, mut sudden) = (Kept::new(), Kept::new());
    let store = open(dir.path());
    keep(&store, ["9101-1_201", "9203_34", "9204_88"].map(|words| run(words, words.as_bytes(), 5)).into());
    sudden.look(&store);
    store.back_up(&plan, 1_000).expect("written");
    store.seal().expect("moved into a volume");
    keep(&store, ["9306_72", "9102A_53"].map(|words| run(words, words.as_bytes(), 5)).into());
    keep(&store, vec![run("9203_34", b"saved again", 9)]);
    sudden.look(&store);
    store.seal().expect("moved into a second volume");
    let key = store.all_runs().expect("readable").pop().expect("a run").0;
    let word = Exclusion { reason: "probe slipped".to_owned(), by: "AB".to_owned(), at_ms: 7 };
    store.act(Act { key, exclude: true, word }).expect("written");
    sudden.look(&store);
    store.back_up(&plan, 2_000).expect("written");
    let other = |path: &str, ending| Entry { file: facts(path, path.as_bytes(), 5), arrived_ms: NOON.now_ms, ending };
    keep(&store, vec![other("/in/x.xls", Ending::Failed("the file is empty".to_owned())), run("9407-12_9", b"9", 5)]);
    sudden.look(&store);
    sudden.files = read(dir.path());
    clean.look(&store);
    for (of, states) in &sudden.records {
        clean.records.entry(of.clone()).or_default().extend(states.clone());
    }
    for (of, curves) in &sudden.curves {
        clean.curves.entry(of.clone()).or_default().extend(curves.clone());
    }
    drop(store);
    clean.files = read(dir.path());
    waiting(dir.path(), &mut sudden);
    [clean, sudden]
});

/// Two files wait in the store that ended suddenly.
fn waiting(dir: &Path, sudden: &mut Kept) {
    let (mut waiting, _) = Waiting::open(&Claim::take(dir, &holder()).expect("ours")).expect("a file");
    for (words, content) in [("9305-B_6B", b"6"), ("9203_32", b"2")] {
        waiting.add(&Deed::File(run(words, content, 5))).expect("written");
    }
    drop(waiting);
    sudden.files.insert("waiting.log".to_owned(), fs::read(dir.join("waiting.log")).expect("read"));
    sudden.look(&open(dir));
}

/// What was done to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// To the files of the engine and of volumes alone.
    Database,
    /// To anything, but no checksum was made to fit.
    Any,
    /// Values were made up and their checksums made to fit.
    Forged,
}

fn is_backup(path: &str) -> bool {
    path.starts_with("backups/")
}

fn spoil(files: &mut Files, chance: &mut Chance) -> Harm {
    let harm = *chance.pick(&[Harm::Database, Harm::Any, Harm::Any, Harm::Forged]);
    let wanted = |path: &str| match harm {
        Harm::Database => path.starts_with("db/") || path.starts_with("volumes/"),
        Harm::Any => path != "lock",
        Harm::Forged => is_backup(path) || path.starts_with("journal/") || path == "waiting.log",
    };
    for _ in 0..=chance.below(2) {
        let paths: Vec<String> = files.keys().filter(|path| wanted(path)).cloned().collect();
        let Some(path) = paths.get(chance.below(paths.len())) else { break };
        let bytes = files.get(path).cloned().unwrap_or_default();
        if harm == Harm::Forged {
            files.insert(
                path.clone(),
                if is_backup(path) { forged_backup(&bytes, chance) } else { forged_frames(&bytes, chance) },
            );
            continue;
        }
        match chance.below(12) {
            0 => drop(files.remove(path)),
            1 => drop(files.insert(path.clone(), Vec::new())),
            2 => drop(files.insert(path.clone(), chance.text(40).into_bytes())),
            3 if harm == Harm::Any => {
                let other = paths[chance.below(paths.len())].clone();
                files.insert(other, bytes);
            }
            4 if harm == Harm::Any => drop(files.insert(renumbered(path, chance), bytes)),
            _ => drop(files.insert(path.clone(), chance.spoil(&bytes))),
        }
    }
    harm
}

/// The same file under a number that nobody gave it.
fn renumbered(path: &str, chance: &mut Chance) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    match chance.below(3) {
        0 => format!("{folder}/{}.{end}", chance.number()),
        1 => format!("{folder}/{:020}.{end}", chance.number()),
        _ => format!("{folder}/{:013}-{:012}.jsonl.gz", chance.number(), chance.number()),
    }
}

/// Frames whose payloads are spoiled and whose checksums fit all the same.
fn forged_frames(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), bytes);
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some((payload, after)) = behind.split_at_checked(length) else { break };
        let payload = if chance.one_in(3) { chance.spoil(payload) } else { payload.to_vec() };
        out.extend(u32::try_from(payload.len()).unwrap_or(0).to_be_bytes());
        out.extend(crc32fast::hash(&payload).to_be_bytes());
        out.extend(payload);
        rest = after;
    }
    out
}

/// A backup whose lines are spoiled and whose last line fits all the same.
fn forged_backup(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut text = String::new();
    // What cannot be unpacked any more was spoiled before: what came out is forged.
    let _ = GzDecoder::new(bytes).read_to_string(&mut text);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.pop();
    for _ in 0..=chance.below(3) {
        if lines.is_empty() {
            break;
        }
        let at = chance.below(lines.len());
        match chance.below(4) {
            0 => drop(lines.remove(at)),
            1 => lines[at] = with_other_number(&lines[at], chance),
            2 => lines[0] = with_other_number(&lines[0], chance),
            _ => lines[at] = String::from_utf8_lossy(&chance.spoil(lines[at].as_bytes())).replace('\n', " "),
        }
    }
    let body: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let values = lines.len().saturating_sub(1);
    let foot = format!("{{\"values\":{values},\"blake3\":\"{}\"}}\n", blake3::hash(body.as_bytes()).to_hex());
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(body.as_bytes()).and_then(|()| out.write_all(foot.as_bytes())).expect("memory");
    out.finish().expect("memory")
}

fn with_other_number(line: &str, chance: &mut Chance) -> String {
    let places: Vec<usize> = line.match_indices(':').map(|(at, _)| at + 1).collect();
    let Some(&at) = places.get(chance.below(places.len())) else { return String::new() };
    let end = line[at..].find([',', '}']).map_or(line.len(), |length| at + length);
    let number =
        *chance.pick(&["0", "-1", "1e400", "18446744073709551615", "9223372036854775807", "\"\"", "null", "\"zz\""]);
    format!("{}{number}{}", &line[..at], &line[end..])
}

/// A run without the number of its log line: where an earlier line was spoilt, the ones after it count from there.
fn unnumbered(record: RunRecord) -> RunRecord {
    RunRecord { sequence: 0, ..record }
}

/// Everything the store shows must have been kept, in that state.
fn shows_only_what_was_kept(store: &Store, kept: &Kept) {
    for (key, record) in store.all_runs().unwrap_or_default() {
        let states = kept.records.get(&key).unwrap_or_else(|| panic!("a run nobody kept: {key:?}"));
        let record = unnumbered(record);
        assert!(states.contains(&record), "a run in a state it never had: {record:?}");
        if let Ok(Some(curves)) = store.curves(&key) {
            let curves = postcard::to_stdvec(&Some(curves)).expect("memory");
            assert!(kept.curves[&key].contains(&curves), "curves that {key:?} never had");
        }
        for older in store.revisions(&key).unwrap_or_default() {
            let older = unnumbered(older);
            assert!(states.contains(&older), "a revision that never was: {older:?}");
        }
    }
    for entry in store.latest_log(1_000).unwrap_or_default() {
        // A store that lost its end counts on from there: then a number may say something else, but not of a run.
        let known = kept.log.values().any(|known| known.file == entry.file && known.outcome == entry.outcome);
        assert!(known, "a log line nobody wrote: {entry:?}");
    }
}

/// Everything that can be asked is asked; no answer is as good as another, a panic is none.
fn ask_everything(store: &Store) {
    let _ = (store.total(), store.sizes(), store.since_backup(), store.payload(), store.latest_runs(50));
    let _ = Overview::build(store, |_| std::ops::ControlFlow::Continue(()));
    for run in store.damaged_runs().unwrap_or_default() {
        let _ = store.set_damage_aside(&run);
    }
    if let Some(dir) = store.dir() {
        for path in backups_in(dir) {
            let _ = verify_backup(&path);
        }
    }
}

#[test]
fn a_spoiled_store_opens_or_says_why_and_shows_nothing_that_was_never_kept() {
    let mut ended = [0u32; 4];
    fuzz("stores", 12, |chance| {
        let kept = &KEPT[chance.below(2)];
        let dir = tempfile::tempdir().expect("a folder");
        let mut files = kept.files.clone();
        let harm = spoil(&mut files, chance);
        write(dir.path(), &files);
        let (store, opening) = match Store::open(dir.path(), &holder()) {
            Ok(opened) => opened,
            Err(error) => {
                ended[3] += 1;
                assert!(!error.to_string().is_empty());
                assert_eq!(harm, Harm::Forged, "nothing was made up: {error}");
                return;
            }
        };
        ended[0] += 1;
        ended[1] += u32::from(opening.set_aside.is_some());
        if harm != Harm::Forged {
            shows_only_what_was_kept(&store, kept);
        }
        if harm == Harm::Database && store.damaged_runs().is_ok_and(|damaged| damaged.is_empty()) {
            let shown = store.all_runs().map_or(0, |runs| runs.len());
            assert_eq!(shown, kept.records.len(), "runs were lost and nothing said: {opening:?}");
            ended[2] += 1;
        }
        ask_everything(&store);
        goes_on(store, dir.path(), harm);
    });
    let [opened, aside, whole, refused] = ended;
    println!(
        "fuzz stores: {opened} opened, {aside} of them set aside, {whole} whole again from journal and backup, {refused} refused"
    );
}

/// What is kept from now on is there at the next opening.
fn goes_on(store: Store, dir: &Path, harm: Harm) {
    let Ok(committed) = store.commit(vec![run("9101-1_207", b"new", 5)]) else { return };
    let key = committed.into_iter().next().and_then(|committed| committed.run).map(|(key, _)| key);
    drop(store);
    let Some(key) = key.filter(|_| harm != Harm::Forged) else { return };
    let (store, opening) = Store::open(dir, &holder()).expect("it was opened before");
    assert!(store.run(&key).is_ok_and(|run| run.is_some()), "kept and lost: {opening:?}");
}
