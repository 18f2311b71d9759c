//! No file for too long, in a shift that usually brings them.
//!
//! What is usual is learned from the last shifts of the same name: how many files, and the longest wait between two. The
//! time is the PC's local one, and the shifts are the calendar's; run clocks do not matter here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::trim::LocalTime;

/// Shifts of a name that are remembered.
const REMEMBERED: usize = 20;
/// Shifts it takes to know what is usual.
const ENOUGH: usize = 5;
/// Files a shift must bring at least to count as one that brings files.
const FILES: u32 = 3;
/// Usual waits that are too long a wait: 20 min → 2 h.
const TIMES: f64 = 6.0;
/// How much longer than the longest wait so far it must be.
const LONGER: f64 = 1.2;
/// No wait shorter than this is ever too long, seconds.
const LEAST: f64 = 1_800.0;

/// A shift as it lies in the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftSpan {
    /// Its name.
    pub name: String,
    /// Its begin.
    pub from: LocalTime,
    /// Its end.
    pub to: LocalTime,
}

/// One shift as it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Went {
    from: LocalTime,
    last: LocalTime,
    files: u32,
    /// Longest wait for a file, from the begin or the file before, seconds.
    longest: i64,
}

/// What is usual, and when the last file came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    shifts: BTreeMap<String, Vec<Went>>,
    /// The last file, or the start of the program.
    since: Option<LocalTime>,
    /// Whether this silence has been told.
    told: bool,
}

/// A silence that is too long.
#[derive(Debug, Clone, PartialEq)]
pub struct TooLong {
    /// Since when: the last file, the shift's begin or the program's start, whichever was last.
    pub since: LocalTime,
    /// Minutes of it.
    pub minutes: f64,
    /// Minutes between two files that are usual in the shift.
    pub usual: f64,
    /// Minutes from which on it is too long.
    pub limit: f64,
    /// The shift.
    pub shift: String,
}

impl Silence {
    /// The program starts: what came before is not known.
    pub fn start(&mut self, now: LocalTime) {
        (self.since, self.told) = (Some(now), false);
    }

    /// A file came.
    pub fn file(&mut self, now: LocalTime, shift: Option<&ShiftSpan>) {
        let before = self.since.replace(now);
        self.told = false;
        let Some(shift) = shift else { return };
        let known = self.shifts.entry(shift.name.clone()).or_default();
        if known.last().is_none_or(|went| went.from != shift.from) {
            known.push(Went { from: shift.from, last: shift.from, files: 0, longest: 0 });
            let old = known.len().saturating_sub(REMEMBERED);
            known.drain(..old);
        }
        if let Some(went) = known.last_mut() {
            let from = before.map_or(went.last, |before| before.max(shift.from)).max(went.last);
            went.longest = went.longest.max(now.timestamp() - from.timestamp());
            (went.files, went.last) = (went.files + 1, now);
        }
    }

    /// Whether the silence is too long now; told once.
    pub fn check(&mut self, now: LocalTime, shift: Option<&ShiftSpan>) -> Option<TooLong> {
        let shift = shift?;
        let since = self.since?.max(shift.from);
        let (usual, limit) = self.usual(shift)?;
        let seconds = (now.timestamp() - since.timestamp()) as f64;
        if self.told || seconds <= limit {
            return None;
        }
        self.told = true;
        let shift = shift.name.clone();
        Some(TooLong { since, minutes: seconds / 60.0, usual: usual / 60.0, limit: limit / 60.0, shift })
    }

    /// Seconds between two files that are usual, and those that are too many, from the shifts before this one.
    fn usual(&self, shift: &ShiftSpan) -> Option<(f64, f64)> {
        let before: Vec<&Went> = self.shifts.get(&shift.name)?.iter().filter(|went| went.from < shift.from).collect();
        let mut files: Vec<u32> = before.iter().map(|went| went.files).filter(|files| *files >= FILES).collect();
        files.sort_unstable();
        let median = *files.get(files.len() / 2)?;
        if files.len() < ENOUGH || files.len() * 5 < before.len() * 4 {
            return None;
        }
        let length = (shift.to.timestamp() - shift.from.timestamp()) as f64;
        let usual = length / f64::from(median);
        let longest = before.iter().map(|went| went.longest).max()? as f64;
        Some((usual, (TIMES * usual).max(LONGER * longest).max(LEAST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, minute: i64) -> LocalTime {
        LocalTime::from_timestamp((20_000 + day) * 86_400 + minute * 60).expect("a time")
    }

    fn early(day: i64) -> ShiftSpan {
        ShiftSpan { name: "early".to_owned(), from: at(day, 360), to: at(day, 840) }
    }

    /// So many days with a file every 20 minutes.
    fn usual(days: i64) -> Silence {
        let mut silence = Silence::default();
        for day in 0..days {
            (0..24).for_each(|file| silence.file(at(day, 370 + 20 * file), Some(&early(day))));
        }
        silence
    }

    #[test]
    fn two_hours_without_a_file_where_one_comes_every_twenty_minutes_are_too_long_and_told_once() {
        let mut silence = usual(6);
        silence.file(at(6, 400), Some(&early(6)));
        assert_eq!(silence.check(at(6, 519), Some(&early(6))), None);
        let found = silence.check(at(6, 521), Some(&early(6))).expect("too long");
        assert_eq!((found.minutes, found.usual, found.limit), (121.0, 20.0, 120.0));
        assert_eq!(silence.check(at(6, 600), Some(&early(6))), None);
        silence.file(at(6, 610), Some(&early(6)));
        assert!(silence.check(at(6, 731), Some(&early(6))).is_some(), "a second silence");
    }

    #[test]
    fn a_shift_that_has_just_begun_or_a_program_that_has_just_started_has_time() {
        let mut silence = usual(6);
        assert_eq!(silence.check(at(6, 470), Some(&early(6))), None);
        silence.start(at(6, 700));
        assert_eq!(silence.check(at(6, 810), Some(&early(6))), None);
        assert!(silence.check(at(6, 821), Some(&early(6))).is_some());
    }

    #[test]
    fn outside_a_shift_and_before_five_of_them_nothing_is_missed() {
        let mut silence = usual(4);
        assert_eq!(silence.check(at(4, 800), Some(&early(4))), None);
        let mut silence = usual(6);
        assert_eq!(silence.check(at(6, 1_300), None), None);
    }

    #[test]
    fn a_night_of_backlog_does_not_make_the_line_seem_fast() {
        let mut silence = usual(6);
        (0..500).for_each(|_| silence.file(at(6, 370), Some(&early(6))));
        assert_eq!(silence.check(at(7, 479), Some(&early(7))), None);
    }
}
