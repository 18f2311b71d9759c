//! What a newcomer sees of the made year: each kind of drift once, and nothing else.

use std::collections::BTreeMap;

use super::*;
use crate::config::DriftSettings;
use crate::engine::Desk;
use crate::monitoring::{Alarm, DriftLine, Marker, Metric, Setting, Standing, StreamKey, Subject};
use crate::trim::LocalDate;

const LEFT: Subject = Subject::Metric(Metric::LinearityError);
const UNTRIMMED: Subject = Subject::Metric(Metric::UntrimmedError);
const OHM: Subject = Subject::Metric(Metric::UntrimmedResistance);

fn at(year: i32, month: u8, day: u8, hour: u32) -> LocalTime {
    LocalTime::new(LocalDate::new(year, month, day).expect("a day"), hour, 20, 0).expect("a time")
}

/// The year as a screen is given it.
struct Shown {
    lines: BTreeMap<String, DriftLine>,
    open: Vec<Alarm>,
    markers: BTreeMap<String, Vec<Marker>>,
}

fn shown(end: LocalTime) -> Shown {
    let store = Store::in_memory();
    fill(&store, end, 0, &AnalysisSettings::default()).expect("kept");
    let mut desk = Desk::open(&store, &DriftSettings::default()).expect("a desk");
    desk.settle(&store, 0).expect("settled");
    let list = desk.monitor().list();
    let markers = |stream: &StreamKey| {
        let charts = desk.charts(&store, stream, Metric::LinearityError).expect("charts").expect("the stream");
        (stream.model.clone(), charts.markers)
    };
    Shown {
        markers: list.lines.iter().map(|line| markers(&line.stream)).collect(),
        lines: list.lines.into_iter().map(|line| (line.stream.model.clone(), line)).collect(),
        open: list.open,
    }
}

impl Shown {
    /// The one alarm of a product model.
    fn alarm(&self, model: &str) -> &Alarm {
        let alarms: Vec<&Alarm> = self.open.iter().filter(|alarm| alarm.stream.model == model).collect();
        let [alarm] = alarms.as_slice() else { panic!("{model}: {alarms:#?}") };
        alarm
    }
}

#[test]
fn each_kind_of_drift_is_seen_once_and_nothing_else() {
    let shown = shown(at(2026, 3, 4, 15));
    let standings: Vec<(&str, &str)> =
        shown.lines.iter().map(|(model, line)| (model.as_str(), line.standing.word())).collect();
    assert_eq!(
        standings,
        [
            ("9101-1", "in control"),
            ("9102A", "in control"),
            ("9203", "in control"),
            ("9412", "alarm"),
            ("9418-2", "alarm"),
            ("9521", "alarm"),
            ("9530-4", "alarm"),
            ("9604", "idle"),
            ("9611-1", "learning"),
        ]
    );
    assert_eq!(shown.open.len(), 4, "{:#?}", shown.open);
    let step = shown.alarm("9412");
    assert!(step.is_about(LEFT) && step.is_about(Subject::FailShare), "{step:#?}");
    assert!(step.context.changed.iter().any(|changed| changed.starts_with("laser power 54 → 60")), "{step:#?}");
    assert_eq!(shown.alarm("9418-2").subject, OHM);
    assert!(shown.alarm("9521").is_about(UNTRIMMED));
    let limits = shown.alarm("9530-4");
    assert!(limits.is_about(UNTRIMMED), "{limits:#?}");
    assert!(
        limits.context.changed.iter().any(|changed| changed.starts_with("limit table ±0.04 → ±0.03")),
        "{limits:#?}"
    );
    assert!(shown.lines["9530-4"].why.ends_with("a new baseline is asked for"), "{}", shown.lines["9530-4"].why);
    assert!(matches!(shown.lines["9604"].standing, Standing::Idle { days } if days >= 41));
    let learning = shown.lines["9611-1"].standing;
    assert!(matches!(learning, Standing::Learning { lots: 5, of_lots: 8, .. }), "{learning:?}");
    let changed: Vec<(&str, Setting)> = shown
        .markers
        .iter()
        .flat_map(|(model, markers)| markers.iter().map(|marker| (model.as_str(), marker.setting)))
        .collect();
    assert_eq!(changed, [("9412", Setting::LaserPower), ("9530-4", Setting::LimitTable)]);
}

#[test]
fn the_same_units_come_whatever_day_the_year_ends_on() {
    let shape = |end| {
        let runs = runs(end);
        let newest = runs.last().and_then(|run| run.identity.time).expect("runs");
        assert!(newest <= end && runs.is_sorted_by_key(|run| run.identity.time));
        assert!((2_000..3_000).contains(&runs.len()), "{}", runs.len());
        let weekend = runs.iter().filter_map(|run| run.identity.time).filter(|time| (time.date.days() + 3) % 7 > 4);
        assert_eq!(weekend.count(), 0, "nobody works on a weekend");
        let of_one = runs.into_iter().filter(|run| run.identity.model == "9203" && run.identity.time < Some(end));
        of_one.map(|run| (run.identity.serial, run.tracks)).collect::<Vec<_>>()
    };
    let wednesday = shape(at(2026, 3, 4, 23));
    assert!(wednesday == shape(at(2026, 3, 4, 23)), "made twice");
    assert!(wednesday == shape(at(2027, 8, 1, 12)), "a Sunday");
    assert!(wednesday == shape(at(2028, 2, 28, 5)), "early on a Monday");
}

#[test]
fn files_are_named_as_the_station_names_them() {
    let runs = runs(at(2026, 3, 4, 15));
    for run in runs.iter().step_by(50) {
        let (path, identity) = (path(run), &run.identity);
        let source =
            crate::trim::Source { path: std::path::Path::new(&path), laser: None, modified: None, today: None };
        assert_eq!(&crate::trim::identity_by_name(source), identity);
    }
}
