//! Events on their way, and for other tests a socket without a system.

use super::reader::MANY;
use super::*;
use crate::history::{FileFacts, RunKey};
use crate::session::outbox::{Batch, Outbox};
use crate::session::press::Press;

/// Events as they are on the other side of a socket.
pub(crate) fn over_a_socket(sent: &[Event]) -> Vec<Event> {
    let (mut frame, mut last) = (Vec::new(), None);
    for event in sent {
        put(event, 1_234, &mut last, &mut frame);
    }
    Reader::default().events(frame).expect("a frame of ours")
}

/// The samples, judged, as runs that have just come.
pub(crate) fn samples_as_they_arrive() -> Vec<crate::session::ArrivedRun> {
    use crate::engine::{Outcome, process};
    use crate::history::{FileFacts, RunKey, RunRecord};

    let setup = crate::session::Setup::new(&crate::config::Config::default(), Vec::new(), None);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/incoming/LTS");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("samples").flatten().map(|file| file.path()).collect();
    paths.sort();
    let runs = paths.iter().filter_map(|path| {
        let bytes = std::fs::read(path).ok()?;
        let source = crate::trim::Source { path, laser: None, modified: None, today: None };
        let Outcome::Judged { run, .. } = process(&bytes, source, &setup.analysis).outcome else { return None };
        let path = path.display().to_string();
        let file = FileFacts { path, path_key: [0; 16], len: 0, mtime_ns: 0, content: [0; 32] };
        let key = RunKey::of(&run, &file);
        let record = RunRecord { file, run: *run, arrived_ms: 0, revision: 0, excluded: None, sequence: 0 };
        Some(crate::session::ArrivedRun { key, sequence: 0, record, latency_ms: Some(7.0), not_kept: None })
    });
    runs.collect()
}

/// An owner's end and a viewer's.
pub(crate) struct Line {
    press: Press,
    outbox: Outbox,
    reader: Reader,
}

impl Line {
    /// To a viewer that shows so many rows.
    pub(crate) fn to(rows: Option<u32>) -> Self {
        let outbox = Outbox::new(0);
        assert!(matches!(outbox.take(false), Batch::CatchUp));
        outbox.caught_up();
        outbox.shows(rows);
        Self { press: Press::default(), outbox, reader: Reader::default() }
    }

    /// Tells events, so many in a piece; what the viewer hears of them at once.
    pub(crate) fn tell(&mut self, events: &[Event], in_a_piece: usize) -> Vec<Event> {
        for piece in events.chunks(in_a_piece) {
            for event in piece {
                self.press.put(event);
            }
            let piece = self.press.cut(|| Event::Alive).expect("events");
            self.outbox.share(&piece);
        }
        self.sent()
    }

    /// The viewer shows so many rows now, or everything; what it hears of that.
    pub(crate) fn shows(&mut self, rows: Option<u32>) -> Vec<Event> {
        self.outbox.shows(rows);
        self.sent()
    }

    fn sent(&mut self) -> Vec<Event> {
        let Batch::Events(parts, _) = self.outbox.take(false) else { return Vec::new() };
        self.reader.events(parts.concat()).expect("a frame of ours")
    }
}

fn line() -> Event {
    let file = FileFacts { path: "/LTS/a.xls".to_owned(), path_key: [1; 16], len: 1, mtime_ns: 2, content: [3; 32] };
    let outcome = LogOutcome::Run { key: RunKey(vec![7]), status: "PASS".to_owned() };
    Event::Logged(Box::new(LogEntry { sequence: 9, at_ms: 1_234, file, outcome }))
}

#[test]
fn what_comes_by_the_hundred_stays_sealed_with_its_time_until_somebody_opens_it() {
    let mut frame = Vec::new();
    for event in [line(), Event::Alive] {
        put(&event, 1_234, &mut None, &mut frame);
    }
    put_whole(&line(), &mut frame);
    let events = Reader::default().events(frame).expect("a frame");
    let [Event::Sealed(sealed), Event::Alive, whole] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((sealed.kind(), sealed.told_ms(), sealed.open()), (Kind::Line, 1_234, vec![line()]));
    assert_eq!(*whole, line());
    assert_eq!(Event::Together(events).each(), [line(), Event::Alive, line()]);
}

#[test]
fn a_frame_that_ends_in_the_middle_of_an_event_is_refused() {
    let mut frame = Vec::new();
    put(&line(), 1_234, &mut None, &mut frame);
    for end in 1..frame.len() {
        let cut = frame.get(..end).expect("shorter").to_vec();
        assert!(Reader::default().events(cut).is_err(), "{end}");
    }
    assert!(Reader::default().events(vec![1, 0, 0, 0, 9]).is_err(), "no such kind");
    assert!(Reader::default().events(vec![255, 255, 255, 255, 0]).is_err(), "longer than the frame");
}

/// Two lines, announced under a number, and as they follow.
fn announced(number: u64) -> (Vec<u8>, Vec<u8>) {
    let mut events = Vec::new();
    put(&line(), 1_234, &mut None, &mut events);
    put(&line(), 1_234, &mut None, &mut events);
    let announced = announcement(number, &events, &[]).expect("both may come later");
    assert_eq!(announced.runs, 0);
    let follows = [before_announced(number, &events).expect("a head"), events].concat();
    (announced.bytes.to_vec(), follows)
}

#[test]
fn what_is_announced_has_its_time_and_is_opened_once_it_has_come() {
    let (announced, follows) = announced(7);
    let mut reader = Reader::default();
    let mut told = reader.events(announced).expect("a frame");
    let [Event::Announced(waits)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((waits.is_here(), waits.came().count()), (false, 0));
    assert_eq!((waits.events(), waits.runs(), waits.lines(), waits.failures()), (2, 0, 2, 0));
    assert_eq!(reader.events(follows).expect("a frame"), Vec::new());
    assert!(waits.is_here() && waits.came().all(|sealed| sealed.kind() == Kind::Line && sealed.told_ms() == 1_234));
    assert_eq!(told.remove(0).each(), [line(), line()]);
}

#[test]
fn an_announcement_counts_what_is_in_it() {
    let samples = samples_as_they_arrive();
    let (mut events, mut outlines, mut last) = (Vec::new(), Vec::new(), None);
    for run in &samples {
        let arrived = Event::Arrived(Box::new(run.clone()), Arc::default());
        for (event, told_ms) in [(arrived, 1_234), (Event::Logged(Box::new(line_of(run))), 1_235), (line(), 1_236)] {
            put(&event, told_ms, &mut last, &mut events);
            put_outline(&event, &mut outlines);
        }
    }
    let bytes = announcement(7, &events, &outlines).expect("all may come later").bytes.to_vec();
    let told = Reader::default().events(bytes).expect("a frame");
    let [Event::Announced(announced)] = told.as_slice() else { panic!("{told:?}") };
    let failures = samples.iter().filter(|run| is_failure(run)).count();
    assert!(failures > 0 && failures < samples.len());
    assert_eq!((announced.runs(), announced.failures()), (samples.len(), failures));
    assert_eq!((announced.lines(), announced.events()), (2 * samples.len(), 2 * samples.len()), "its own and another");
    assert!(announced.told_ms().iter().all(|told| *told == 1_234));
}

#[test]
fn what_nobody_waits_for_any_more_is_not_kept() {
    let mut reader = Reader::default();
    for number in 0..3 * MANY as u64 {
        drop(reader.events(announced(number).0).expect("a frame"));
        assert!(reader.announced.len() <= MANY);
    }
    assert_eq!(reader.events(announced(1).1).expect("a frame"), Vec::new());
}

#[test]
fn an_announcement_cut_short_is_refused_and_so_is_what_follows_it() {
    let (announced, follows) = announced(7);
    for end in 1..announced.len() {
        assert!(Reader::default().events(announced.get(..end).expect("shorter").to_vec()).is_err(), "{end}");
    }
    for end in 1..follows.len() {
        let mut reader = Reader::default();
        let told = reader.events(announced.clone()).expect("a frame");
        assert!(reader.events(follows.get(..end).expect("shorter").to_vec()).is_err(), "{end}");
        assert!(matches!(told.as_slice(), [Event::Announced(waits)] if !waits.is_here()));
    }
}

#[test]
fn what_follows_an_announcement_is_all_of_it() {
    let (announced, _) = announced(7);
    let mut one = Vec::new();
    put(&line(), 1_234, &mut None, &mut one);
    let follows = [before_announced(7, &one).expect("a head"), one].concat();
    let mut reader = Reader::default();
    let told = reader.events(announced).expect("a frame");
    assert!(reader.events(follows).is_err());
    assert!(matches!(told.as_slice(), [Event::Announced(waits)] if !waits.is_here()));
}

#[test]
fn what_must_be_heard_at_once_is_not_announced() {
    let mut events = Vec::new();
    put(&line(), 1_234, &mut None, &mut events);
    put(&Event::Notice("full disk".to_owned()), 1_234, &mut None, &mut events);
    assert!(announcement(1, &events, &[]).is_none());
}

/// A run with its line, outlined under a number, and as they follow.
fn outlined(number: u64, run: &ArrivedRun) -> (Vec<u8>, Vec<u8>) {
    let (mut events, mut outlines, mut last) = (Vec::new(), Vec::new(), None);
    for event in [Event::Arrived(Box::new(run.clone()), Arc::default()), line()] {
        put(&event, 1_234, &mut last, &mut events);
        put_outline(&event, &mut outlines);
    }
    let announced = announcement(number, &events, &outlines).expect("both may come later");
    assert_eq!(announced.runs, 1);
    let follows = [before_announced(number, &events).expect("a head"), events].concat();
    (announced.outlined.to_vec(), follows)
}

#[test]
fn an_outline_comes_before_its_run_and_takes_less() {
    for run in samples_as_they_arrive() {
        let (outlined, follows) = outlined(7, &run);
        assert!(2 * outlined.len() < follows.len(), "{} of {} bytes", outlined.len(), follows.len());
        let mut reader = Reader::default();
        let mut told = reader.events(outlined).expect("a frame");
        let [Event::Sealed(sealed), Event::Sealed(line)] = told.as_mut_slice() else { panic!("{told:?}") };
        let outline = sealed.outline().expect("an outline");
        assert_eq!((outline.key, outline.record.run.identity), (run.key.clone(), run.record.run.identity.clone()));
        assert!(sealed.outline().is_none() && line.outline().is_none(), "once, and of runs");
        assert!(!sealed.is_here());
        assert_eq!(reader.events(follows).expect("a frame"), Vec::new());
        assert_eq!(sealed.open(), [Event::Arrived(Box::new(run), Arc::default())]);
    }
}

#[test]
fn an_outline_cut_short_is_refused() {
    let run = samples_as_they_arrive().into_iter().next().expect("a run");
    let (outlined, _) = outlined(7, &run);
    for end in 1..outlined.len() {
        let cut = outlined.get(..end).expect("shorter").to_vec();
        assert!(Reader::default().events(cut).is_err(), "{end}");
    }
}
