//! One run in the index.

use std::cmp::Ordering;

use super::serial::{Serial, WIDTH};
use super::words::Words;
use crate::analysis::{RiskCategory, Status};
use crate::history::facts::{Facts, passes};
use crate::history::filter::FigureKey;
use crate::history::key;
use crate::history::record::RunKey;

/// Bytes of an entry, in memory and in the scratch file.
pub(super) const PACKED: usize = 80;
/// Not graded: a track never has so many points.
const NO_FAIL: u16 = u16::MAX;
/// What an entry's check begins with, so that nothing but zeros is no entry.
const SEED: u64 = 0x7472_696d_7761_7463;

pub(super) const STATUSES: [Status; 6] =
    [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];
const CATEGORIES: [Option<RiskCategory>; 4] =
    [None, Some(RiskCategory::Low), Some(RiskCategory::Medium), Some(RiskCategory::High)];

/// The facts of a run, its names but the serial as numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) seconds: i64,
    pub(super) identity: [u8; 16],
    /// When it arrived, seconds since 1970 UTC.
    pub(super) arrived: u32,
    /// All its names but the serial, as one number.
    pub(super) kind: u32,
    pub(super) serial: Serial,
    pub(super) passes: u16,
    fail: u16,
    pub(super) margin: f32,
    pub(super) r: f32,
    pub(super) change: f32,
    pub(super) risk: f32,
    pub(super) category: Option<RiskCategory>,
    pub(super) status: Status,
    pub(super) excluded: bool,
    /// Whether the serial names a unit.
    pub(super) is_unit: bool,
}

/// What tells a run from all others: time, identity, number of the model.
pub(super) type At = (i64, [u8; 16], u32);

impl Entry {
    pub(super) fn new(identity: [u8; 16], facts: &Facts<'_>, words: &mut Words) -> Self {
        Self {
            seconds: facts.seconds,
            identity,
            arrived: u32::try_from(facts.arrived_ms / 1_000).unwrap_or(1),
            kind: words.kind_of(facts),
            serial: Serial::new(facts.serial, &mut words.long),
            passes: u16::try_from(facts.passes).unwrap_or(u16::MAX),
            fail: counted(facts.fail),
            margin: facts.margin,
            r: facts.r,
            change: facts.change,
            risk: facts.risk,
            category: facts.category,
            status: facts.status,
            excluded: facts.excluded,
            is_unit: facts.is_unit,
        }
    }

    /// Clock order, in which no two runs are equal.
    pub(super) fn cmp_in(&self, other: &Self, words: &Words) -> Ordering {
        let model = |entry: &Self| words.models.get(words.kind(entry.kind).model);
        let models = || if self.kind == other.kind { Ordering::Equal } else { model(self).cmp(model(other)) };
        self.seconds.cmp(&other.seconds).then_with(|| self.identity.cmp(&other.identity)).then_with(models)
    }

    /// Whether it is the run that a key means.
    pub(super) fn is_at(&self, at: At, words: &Words) -> bool {
        (self.seconds, self.identity) == (at.0, at.1) && words.kind(self.kind).model == at.2
    }

    pub(super) fn key(&self, words: &Words) -> RunKey {
        key::from_parts(words.models.get(words.kind(self.kind).model), self.seconds, self.identity)
    }

    /// The day, counted from 1970-01-01.
    pub(super) fn day(&self) -> i64 {
        self.seconds.div_euclid(86_400)
    }

    pub(super) fn figure(&self, key: FigureKey) -> f32 {
        match key {
            FigureKey::Risk => self.risk,
            FigureKey::Margin => self.margin,
            FigureKey::Roughness => self.r,
            FigureKey::Outside if self.fail == NO_FAIL => f32::NAN,
            FigureKey::Outside => self.fail.into(),
            FigureKey::Change => self.change,
            FigureKey::Passes => passes(self.passes.into()),
        }
    }

    /// As the scratch file has it, with two bytes at the end that tell a whole entry.
    pub(super) fn packed(&self) -> [u8; PACKED] {
        let [status, category] = [
            STATUSES.iter().position(|&status| status == self.status),
            CATEGORIES.iter().position(|&category| category == self.category),
        ]
        .map(|place| place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX));
        let mut all = [0; PACKED];
        let mut rest = Room(&mut all);
        rest.put(self.seconds.to_le_bytes());
        rest.put(self.identity);
        rest.put(self.arrived.to_le_bytes());
        rest.put(self.kind.to_le_bytes());
        rest.put(self.serial.packed());
        rest.put(self.passes.to_le_bytes());
        rest.put(self.fail.to_le_bytes());
        for figure in [self.margin, self.r, self.change, self.risk] {
            rest.put(figure.to_le_bytes());
        }
        rest.put([status << 4 | category, u8::from(self.is_unit) << 1 | u8::from(self.excluded)]);
        let check = check(&all).to_le_bytes();
        if let Some(last) = all.last_chunk_mut() {
            *last = check;
        }
        all
    }

    /// Nothing when these bytes are no entry: the disk has lost them.
    #[inline]
    pub(super) fn unpacked(packed: &[u8; PACKED]) -> Option<Self> {
        let mut rest = Rest(packed);
        let entry = Self {
            seconds: i64::from_le_bytes(rest.take()),
            identity: rest.take(),
            arrived: u32::from_le_bytes(rest.take()),
            kind: u32::from_le_bytes(rest.take()),
            serial: Serial::unpacked(rest.take::<WIDTH>()),
            passes: u16::from_le_bytes(rest.take()),
            fail: u16::from_le_bytes(rest.take()),
            margin: f32::from_le_bytes(rest.take()),
            r: f32::from_le_bytes(rest.take()),
            change: f32::from_le_bytes(rest.take()),
            risk: f32::from_le_bytes(rest.take()),
            category: None,
            status: Status::Error,
            excluded: false,
            is_unit: false,
        };
        let [verdict, flags] = rest.take();
        let status = *STATUSES.get(usize::from(verdict >> 4))?;
        let category = *CATEGORIES.get(usize::from(verdict & 15))?;
        let entry = Self { status, category, excluded: flags & 1 != 0, is_unit: flags & 2 != 0, ..entry };
        (u16::from_le_bytes(rest.take()) == check(packed)).then_some(entry)
    }
}

/// Where the rest of an entry's bytes goes.
struct Room<'a>(&'a mut [u8]);

impl Room<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some((to, rest)) = std::mem::take(&mut self.0).split_first_chunk_mut() {
            *to = bytes;
            self.0 = rest;
        }
    }
}

/// What is left to be taken of an entry's bytes.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    #[inline]
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((taken, rest)) = self.0.split_first_chunk() else { return [0; N] };
        self.0 = rest;
        *taken
    }
}

/// Tells a whole entry from lost bytes; its own two bytes, the last ones, aside.
#[inline]
fn check(packed: &[u8; PACKED]) -> u16 {
    let (words, _) = packed.as_chunks();
    let last = words.last().map_or(0, |word| u64::from_le_bytes(*word) >> 48 << 48);
    let all = words.iter().fold(SEED, |sum, word| sum.rotate_left(7) ^ u64::from_le_bytes(*word)) ^ last;
    let half = all ^ (all >> 32);
    u16::try_from((half ^ (half >> 16)) & 0xFFFF).unwrap_or(0)
}

/// Points outside, or that nobody counted any.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast stops at the ends of its range")]
fn counted(fail: f32) -> u16 {
    if fail.is_nan() { NO_FAIL } else { (fail as u16).min(NO_FAIL - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Entry>() <= PACKED, "{} bytes", size_of::<Entry>());
    }

    #[test]
    fn points_outside_are_counted_or_missing() {
        assert_eq!([f32::NAN, 0.0, 65_530.0, 1e9].map(counted), [NO_FAIL, 0, 65_530, 65_534]);
    }

    #[test]
    fn an_entry_comes_back_as_it_was_and_lost_bytes_are_none() {
        for (status, category) in STATUSES.into_iter().zip(CATEGORIES.into_iter().cycle()) {
            let entry = Entry {
                seconds: -5,
                identity: [7; 16],
                arrived: 9,
                kind: 3,
                serial: Serial::new("B7", &mut super::super::names::Names::default()),
                passes: 2,
                fail: NO_FAIL,
                margin: f32::NAN,
                r: 1.5,
                change: -0.0,
                risk: 0.25,
                category,
                status,
                excluded: category.is_none(),
                is_unit: category.is_some(),
            };
            let packed = entry.packed();
            let again = Entry::unpacked(&packed).map(|entry| (format!("{entry:?}"), entry.packed()));
            assert_eq!(again, Some((format!("{entry:?}"), packed)));
            for at in 0..PACKED {
                let mut damaged = packed;
                damaged.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 0x10);
                assert!(Entry::unpacked(&damaged).is_none(), "byte {at}");
            }
        }
        assert!(Entry::unpacked(&[0; PACKED]).is_none());
    }
}
