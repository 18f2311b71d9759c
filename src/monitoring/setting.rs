//! How the station was set and by what it was judged: what may have changed when the process did.
//!
//! A change is believed once three runs in a row have it: one odd unit, or two recipes in turn, are no change of the
//! process.

use serde::{Deserialize, Serialize};

use crate::analysis::{JudgedRun, JudgedTrack, RiskMethod};
use crate::trim::LocalTime;

/// Settings that are followed.
pub const SETTINGS: usize = 10;
/// Runs in a row that make a change believed.
const BELIEVED: u8 = 3;

/// A setting of the station, or of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Setting {
    /// Laser power.
    LaserPower,
    /// Pulse duration.
    PulseDuration,
    /// Repetition rate.
    RepetitionRate,
    /// Cut length.
    CutLength,
    /// Points ignored at both ends.
    PointsIgnored,
    /// The recipe.
    Recipe,
    /// The limit table, by the spec of each track.
    LimitTable,
    /// The resistance window.
    Window,
    /// What sigma is made with.
    Filter,
    /// Who gives the failure risk.
    RiskBy,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; SETTINGS] = [
        Self::LaserPower,
        Self::PulseDuration,
        Self::RepetitionRate,
        Self::CutLength,
        Self::PointsIgnored,
        Self::Recipe,
        Self::LimitTable,
        Self::Window,
        Self::Filter,
        Self::RiskBy,
    ];

    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::LaserPower => "laser power",
            Self::PulseDuration => "pulse duration",
            Self::RepetitionRate => "repetition rate",
            Self::CutLength => "cut length",
            Self::PointsIgnored => "points ignored",
            Self::Recipe => "recipe",
            Self::LimitTable => "limit table",
            Self::Window => "resistance window",
            Self::Filter => "sigma filter",
            Self::RiskBy => "risk by",
        }
    }

    /// Whether a new baseline is asked for when it changes.
    pub fn asks_for_baseline(self) -> bool {
        self == Self::LimitTable
    }

    /// What it is in a run, for people; `None` = not stated.
    pub(super) fn of(self, run: &JudgedRun) -> Option<String> {
        match self {
            Self::Filter => Some(run.filter.to_string()),
            Self::RiskBy => run.risk().map(|risk| risk_by(risk.method)),
            _ => joined(run.tracks.iter().filter(|track| track.trimmed).map(|track| self.of_track(track))),
        }
    }

    fn of_track(self, track: &JudgedTrack) -> Option<String> {
        let settings = &track.settings;
        let number = |value: Option<f64>| value.map(short);
        match self {
            Self::LaserPower => number(settings.laser_power),
            Self::PulseDuration => number(settings.pulse_duration),
            Self::RepetitionRate => number(settings.repetition_rate),
            Self::CutLength => number(settings.cut_length),
            Self::PointsIgnored => {
                let (first, last) = (settings.initial_points_ignored?, settings.final_points_ignored?);
                Some(format!("{}+{}", short(first), short(last)))
            }
            Self::Recipe => settings.recipe.map(|recipe| recipe.to_string()),
            Self::LimitTable => Some(format!("±{}", short(track.figures.as_ref()?.spec?))),
            Self::Window => {
                let window = settings.final_window.or(settings.initial_window)?;
                Some(format!("{}…{}", short(window.lower), short(window.upper)))
            }
            Self::Filter | Self::RiskBy => None,
        }
    }
}

fn risk_by(method: RiskMethod) -> String {
    method.label()
}

/// One word for all tracks where they agree; nothing where one says nothing.
fn joined(each: impl Iterator<Item = Option<String>>) -> Option<String> {
    let mut all: Vec<String> = each.collect::<Option<_>>()?;
    all.dedup();
    (!all.is_empty()).then(|| all.join(" | "))
}

/// A number in five digits, without a tail of zeros: what two files must agree in.
fn short(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 16")]
    let digits = (4.0 - value.abs().log10().floor()).clamp(0.0, 16.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A believed change: drawn on every chart of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The first run that was so.
    pub time: LocalTime,
    /// What changed.
    pub setting: Setting,
    /// As it was.
    pub before: String,
    /// As it is from then on.
    pub after: String,
}

impl std::fmt::Display for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} → {}", self.setting.title(), self.before, self.after)
    }
}

/// One setting as it is followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Followed {
    now: Option<String>,
    next: Option<(String, LocalTime, u8)>,
}

impl Followed {
    /// Takes what a run states; what changed, once it is believed.
    pub(super) fn take(&mut self, setting: Setting, stated: Option<&String>, time: LocalTime) -> Option<Marker> {
        let stated = stated?;
        let Some(now) = &self.now else {
            self.now = Some(stated.clone());
            return None;
        };
        if stated == now {
            self.next = None;
            return None;
        }
        let (since, runs) = match self.next.take() {
            Some((next, since, runs)) if next == *stated => (since, runs + 1),
            _ => (time, 1),
        };
        if runs < BELIEVED {
            self.next = Some((stated.clone(), since, runs));
            return None;
        }
        let before = self.now.replace(stated.clone()).unwrap_or_default();
        Some(Marker { time: since, setting, before, after: stated.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> LocalTime {
        LocalTime::from_timestamp(day * 86_400).expect("a day")
    }

    fn changes(stated: &[&str]) -> Vec<Marker> {
        let mut followed = Followed::default();
        let stated = stated.iter().zip(0..).map(|(text, day)| ((*text).to_owned(), at(day)));
        stated.filter_map(|(text, time)| followed.take(Setting::LaserPower, Some(&text), time)).collect()
    }

    #[test]
    fn a_change_is_believed_after_three_runs_and_dated_by_the_first() {
        let found = changes(&["60", "60", "62", "62", "62", "62"]);
        let marker = Marker { time: at(2), setting: Setting::LaserPower, before: "60".into(), after: "62".into() };
        assert_eq!(found, [marker]);
        assert_eq!(found[0].to_string(), "laser power 60 → 62");
    }

    #[test]
    fn one_odd_run_and_two_recipes_in_turn_are_no_change() {
        assert_eq!(changes(&["60", "62", "60", "62", "60", "62", "62", "60"]), []);
    }

    #[test]
    fn numbers_are_compared_in_five_digits() {
        assert_eq!(short(0.010_000_04), "0.01");
        assert_eq!(short(62.0), "62");
        assert_eq!(short(1_234_567.0), "1234567");
        assert_eq!(short(0.0), "0");
    }
}
