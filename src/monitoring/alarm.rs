//! Alarms: latched, dated, with all that was known when they were raised; acknowledged by people, kept for good.

use serde::{Deserialize, Serialize};

use super::metric::{Metric, Subject};
use super::observation::{RunId, StreamKey};
use super::silence::TooLong;
use crate::spc::Direction;
use crate::trim::LocalTime;

/// Most units of a lot that an alarm names.
pub(super) const MOST_UNITS: usize = 60;

/// What a rule is called that raised an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// A lot's share of failed units beyond its limit.
    LotShare,
    /// A single unit beyond its limit.
    Individual,
    /// The weighted average beyond its limit.
    Ewma,
    /// No file for too long.
    Silence,
}

impl Rule {
    /// The name on screen and in exports.
    pub fn title(self) -> &'static str {
        match self {
            Self::LotShare => "p-chart, upper limit",
            Self::Individual => "individuals limit",
            Self::Ewma => "EWMA limit",
            Self::Silence => "no file",
        }
    }
}

/// A lot as an alarm knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmLot {
    /// Time of its first run.
    pub first: LocalTime,
    /// Time of its last run so far.
    pub last: LocalTime,
    /// Units with a verdict, by their last run.
    pub units: u32,
    /// Failed ones among them.
    pub failed: u32,
}

/// The baseline as an alarm knows it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AlarmBaseline {
    /// Its centre, in the subject's unit: a mean reading, or a share 0 … 1.
    pub centre: f64,
    /// One sigma above and below the centre, in the subject's unit; none for a share.
    pub sigma: Option<(f64, f64)>,
    /// Time of its first run.
    pub from: LocalTime,
    /// Time of its last run.
    pub to: LocalTime,
    /// Its lots.
    pub lots: usize,
    /// Its units.
    pub units: usize,
}

/// What was known when an alarm was raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Which rule.
    pub rule: Rule,
    /// Which way.
    pub direction: Direction,
    /// The value that signalled, in the subject's unit; a share 0 … 1; minutes of silence.
    pub value: f64,
    /// The limit it is beyond, in the same unit.
    pub limit: f64,
    /// How far from the baseline, in its sigmas: of the weighted average where that signalled; none for a share.
    pub shift: Option<f64>,
    /// From when on it has moved, as the cumulative sum tells.
    pub since: Option<LocalTime>,
    /// The baseline; none for silence.
    pub baseline: Option<AlarmBaseline>,
    /// The lot it was in.
    pub lot: Option<AlarmLot>,
    /// The units in that lot so far, at most 60, the newest last.
    pub units: Vec<RunId>,
    /// What changed about the station shortly before.
    pub changed: Vec<String>,
}

/// What was found out about an alarm after it was raised. It stays an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// Runs that came or changed later: the charts as they are now give no such signal.
    NoLongerSupported,
    /// A run that came or changed later lies in its lot.
    LateFileInside,
}

impl Doubt {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoLongerSupported => "no longer supported",
            Self::LateFileInside => "late file inside",
        }
    }
}

/// That somebody has seen to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The cause, by its code in the configuration.
    pub cause: String,
    /// Initials.
    pub by: String,
    /// A note; may be empty.
    pub note: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The newest run of the history at that moment, on the plant's clock.
    pub newest: Option<LocalTime>,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its number, ascending from 1.
    pub id: u64,
    /// Whose; for silence the laser alone, or neither.
    pub stream: StreamKey,
    /// Of what.
    pub subject: Subject,
    /// The run that signalled, or the last run of the lot that did.
    pub time: LocalTime,
    /// When it was raised, milliseconds since 1970 UTC.
    pub raised_ms: i64,
    /// In one sentence.
    pub sentence: String,
    /// All that was known.
    pub context: Context,
    /// Bad units a week beyond what is usual.
    pub excess_a_week: f64,
    /// Further figures that signalled with it.
    pub joined: Vec<Subject>,
    /// Signals so far.
    pub signals: u32,
    /// The last of them.
    pub last: LocalTime,
    /// Doubts.
    pub doubts: Vec<Doubt>,
    /// Who has seen to it.
    pub acknowledged: Option<Acknowledgement>,
}

impl Alarm {
    /// The alarm of a silence.
    pub(super) fn of_silence(id: u64, now: LocalTime, raised_ms: i64, found: &TooLong) -> Self {
        let minutes = |minutes: f64| match minutes {
            minutes if minutes < 120.0 => format!("{minutes:.0} min"),
            minutes => format!("{:.1} h", minutes / 60.0),
        };
        let sentence = format!(
            "no file for {} in the {} shift, which usually brings one every {}",
            minutes(found.minutes),
            found.shift,
            minutes(found.usual)
        );
        let context = Context {
            rule: Rule::Silence,
            direction: Direction::High,
            value: found.minutes,
            limit: found.limit,
            shift: None,
            since: Some(found.since),
            baseline: None,
            lot: None,
            units: Vec::new(),
            changed: Vec::new(),
        };
        Self {
            id,
            stream: StreamKey { model: String::new(), laser: String::new() },
            subject: Subject::Silence,
            time: now,
            raised_ms,
            sentence,
            context,
            excess_a_week: 0.0,
            joined: Vec::new(),
            signals: 1,
            last: now,
            doubts: Vec::new(),
            acknowledged: None,
        }
    }

    /// Whether nobody has seen to it.
    pub fn is_open(&self) -> bool {
        self.acknowledged.is_none()
    }

    /// Whether it was seen to before a moment on the plant's clock.
    pub(super) fn is_acknowledged_before(&self, time: LocalTime) -> bool {
        self.acknowledged.as_ref().is_some_and(|seen| seen.newest.is_none_or(|newest| newest < time))
    }

    /// Whether it is about a subject, at first or later.
    pub fn is_about(&self, subject: Subject) -> bool {
        self.subject == subject || self.joined.contains(&subject)
    }

    /// Notes a doubt, once.
    pub(super) fn doubt(&mut self, doubt: Doubt, there: bool) -> bool {
        let known = self.doubts.contains(&doubt);
        if there && !known {
            self.doubts.push(doubt);
        } else if !there && known {
            self.doubts.retain(|other| *other != doubt);
        }
        there != known
    }
}

/// The figure that signalled, for a subject.
impl From<Metric> for Subject {
    fn from(metric: Metric) -> Self {
        Self::Metric(metric)
    }
}
