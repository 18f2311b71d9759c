//! How a made shop drifts: one model in alarm, one near it, one in control, two learning, one idle.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made figures of known size"
)]

use trimwatch::monitoring::{
    Acknowledgement, Alarm, AlarmBaseline, AlarmLot, Context, DetectorReport, Doubt, DriftCharts, DriftLine, DriftList,
    Epoch, Evidence, GoodOf, LotPoint, Marker, Metric, MetricBaseline, MetricChart, MetricLimits, MetricPoint, Rule,
    RunId, Setting, ShareBaseline, Standing, StreamKey, Subject,
};
use trimwatch::spc::capability::Index;
use trimwatch::spc::p_chart::PLimitBy;
use trimwatch::spc::{Capability, Direction, Family, LotState, SignalBy};
use trimwatch::trim::LocalTime;

use super::NOON;

/// Days before the day the screens are drawn, at an hour.
pub fn ago(days: i64, hour: i64) -> LocalTime {
    let midnight = NOON.now_ms / 86_400_000 * 86_400;
    LocalTime::from_timestamp(midnight - days * 86_400 + hour * 3_600).expect("a moment")
}

pub fn stream(model: &str, laser: &str) -> StreamKey {
    StreamKey { model: model.to_owned(), laser: laser.to_owned() }
}

/// The model in alarm.
pub fn loud() -> StreamKey {
    stream("8340-1", "LTS")
}

pub const SENTENCE: &str = "8340-1 on LTS: 54 % of 69 units failed linearity in the last lot; expected at most 48 % \
     (baseline 31 %, 12 lots)";

/// A made number from 0 to 1, the same every time.
fn noise(seed: u64) -> f64 {
    let mixed = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed >> 40) as f64) / f64::from(1u32 << 24)
}

fn months(yields: [i32; 12], units: u32) -> [GoodOf; 12] {
    yields.map(|percent| match u32::try_from(percent) {
        Ok(percent) => GoodOf { good: percent * units / 100, units },
        Err(_) => GoodOf::default(),
    })
}

fn line(stream: StreamKey, standing: Standing, yields: [i32; 12], ninety: (u32, u32), why: &str) -> DriftLine {
    let ninety = GoodOf { good: ninety.0, units: ninety.1 };
    let open = if matches!(standing, Standing::Alarm { .. }) { vec![7, 9] } else { Vec::new() };
    DriftLine {
        stream,
        standing,
        months: months(yields, 50),
        ninety,
        why: why.to_owned(),
        last: ago(1, 9),
        open,
        excess_a_week: 0.0,
    }
}

/// The list.
pub fn list() -> DriftList {
    let learning = |lots, units| Standing::Learning { lots, of_lots: 8, units, of_units: 30 };
    let lines = vec![
        line(
            loud(),
            Standing::Alarm { since: ago(2, 15) },
            [72, 70, 69, 71, 66, 70, 68, 63, 55, 48, 44, 46],
            (245, 402),
            "54 % of 69 units failed linearity in the last lot; expected at most 48 % (baseline 31 %, 12 lots). \
             Untrimmed error +1.8 σ since 9 Mar",
        ),
        line(
            stream("6607", "LTS"),
            Standing::Watch,
            [88, 87, 90, 86, 88, 84, 85, 88, 86, 84, 80, 79],
            (253, 288),
            "untrimmed resistance rises: EWMA at 2.7 of 2.9",
        ),
        line(stream("8506A", "DLTS"), Standing::InControl, [97; 12], (116, 120), ""),
        line(stream("9306", "LTS"), learning(5, 61), [-1, -1, -1, -1, -1, 90, 92, 95, 91, 92, 93, 90], (56, 61), ""),
        line(stream("9407-12", ""), learning(9, 12), [-1, -1, -1, -1, -1, -1, -1, -1, -1, 100, 0, 50], (6, 12), ""),
        line(
            stream("9204", "LTS"),
            Standing::Idle { days: 41 },
            [95, 96, -1, 94, 97, 95, -1, 96, 95, 94, -1, -1],
            (9, 9),
            "last run 6 Feb",
        ),
    ];
    DriftList {
        lines,
        open: vec![alarm(7), alarm(9)],
        newest: Some(ago(0, 11)),
        asked_days: 90.0,
        expected_days: Some(74.0),
        clamped: true,
        causes: ["incoming element", "laser", "probe", "limit table", "operator", "false alarm"]
            .map(str::to_owned)
            .to_vec(),
        building: None,
    }
}

/// An alarm of the model in alarm: 7 = open, of the fail share; 9 = open, of a figure; 3 = seen to.
pub fn alarm(id: u64) -> Alarm {
    let subject = if id == 9 { Subject::Metric(Metric::UntrimmedError) } else { Subject::FailShare };
    let time = match id {
        7 => ago(2, 15),
        9 => ago(1, 10),
        _ => ago(160, 14),
    };
    let sentence = match id {
        7 => SENTENCE,
        9 => "8340-1 on LTS: untrimmed error is 6.0 × spec on average, +1.8 σ since 9 Mar; usual 4.1",
        _ => "8340-1 on LTS: 61 % of 23 units failed linearity in the last lot; expected at most 60 %",
    };
    let baseline =
        AlarmBaseline { centre: 0.31, sigma: None, from: ago(364, 8), to: ago(285, 16), lots: 12, units: 402 };
    let context = Context {
        rule: if id == 9 { Rule::Ewma } else { Rule::LotShare },
        direction: Direction::High,
        value: 0.54,
        limit: 0.48,
        shift: None,
        since: Some(ago(10, 8)),
        baseline: Some(baseline),
        lot: Some(AlarmLot { first: ago(3, 8), last: time, units: 69, failed: 37 }),
        units: Vec::new(),
        changed: if id == 7 { vec!["laser power 60 → 62".to_owned()] } else { Vec::new() },
    };
    let seen = Acknowledgement {
        cause: "probe".to_owned(),
        by: "AB".to_owned(),
        note: "worn tip, replaced".to_owned(),
        at_ms: NOON.now_ms - 159 * 86_400_000,
        newest: None,
    };
    Alarm {
        id,
        stream: loud(),
        subject,
        time,
        raised_ms: NOON.now_ms,
        sentence: sentence.to_owned(),
        context,
        excess_a_week: 9.1,
        joined: if id == 9 { vec![Subject::Metric(Metric::LinearityError)] } else { Vec::new() },
        signals: if id == 9 { 3 } else { 1 },
        last: time,
        doubts: if id == 3 { vec![Doubt::LateFileInside] } else { Vec::new() },
        acknowledged: (id == 3).then_some(seen),
    }
}

fn run_id(time: LocalTime, which: u8) -> RunId {
    RunId { time, identity: [which; 16] }
}

/// A lot a week for a year; the last but one signals, the last is open.
pub fn lots() -> Vec<LotPoint> {
    let lot = |week: u64| {
        let days = 364 - i64::try_from(week).expect("a week") * 7;
        let units = 6 + (40.0 * noise(week)) as u32;
        let high = if week >= 44 { 0.12 } else { 0.0 };
        let failed = (f64::from(units) * (0.31 + high + 0.24 * (noise(week + 100) - 0.5))) as u32;
        let limit = 0.31 + 3.0 * (0.31 * 0.69 / f64::from(units)).sqrt();
        let (first, last) = (ago(days, 8), ago(days - 1, 16));
        LotPoint {
            first,
            last,
            units,
            failed,
            state: if week == 20 { LotState::Unjudged } else { LotState::Closed },
            in_baseline: week < 12,
            limit: (week != 20).then_some(limit),
            by: Some(PLimitBy::BetaBinomial),
            signal: false,
            run: run_id(last, 1),
        }
    };
    let mut lots: Vec<LotPoint> = (0..51).map(lot).collect();
    lots[20].units = 2;
    lots[20].failed = 2;
    lots[29] = LotPoint { units: 23, failed: 14, limit: Some(0.6), signal: true, ..lots[29] };
    let (first, last) = (ago(5, 8), ago(2, 15));
    lots.push(LotPoint {
        first,
        last,
        units: 69,
        failed: 37,
        limit: Some(0.48),
        signal: true,
        run: run_id(last, 2),
        ..lot(51)
    });
    let (first, last) = (ago(1, 8), ago(0, 11));
    let state = LotState::Open;
    lots.push(LotPoint {
        first,
        last,
        units: 14,
        failed: 6,
        state,
        limit: None,
        by: None,
        run: run_id(last, 3),
        ..lot(52)
    });
    lots
}

fn figure_baseline(metric: Metric) -> MetricBaseline {
    let (centre, sigma) = match metric {
        Metric::UntrimmedError => (4.1, (0.8, 1.0)),
        Metric::UntrimmedResistance => (881.0, (21.0, 21.0)),
        Metric::ResistanceChange => (10.4, (0.9, 0.9)),
        Metric::LinearityError => (0.92, (0.14, 0.16)),
        Metric::Sigma => (2.8, (0.5, 0.6)),
        Metric::UntrimmedSigma => (18.2, (3.1, 3.9)),
        Metric::Passes => (1.2, (0.3, 0.3)),
        Metric::Risk => (0.31, (0.1, 0.1)),
    };
    MetricBaseline {
        centre,
        sigma,
        lots: 12,
        units: 402,
        from: ago(364, 8),
        to: ago(281, 16),
        phi_percent: if metric == Metric::UntrimmedError { 18 } else { 0 },
        floored: false,
        left_out: 1,
        late_inside: false,
    }
}

/// A unit or two a day for a year.
pub fn chart(metric: Metric) -> MetricChart {
    let baseline = figure_baseline(metric);
    let (low, high) = baseline.sigma;
    let sides = |sigmas: f64| {
        let below = metric.spec().is_none() && !matches!(metric, Metric::UntrimmedError);
        let lower = below.then_some(baseline.centre - sigmas * low);
        (lower, Some(baseline.centre + sigmas * high))
    };
    let limits = MetricLimits {
        single: Some(sides(3.9)),
        ewma: sides(1.1),
        family: Family::Pair,
        sigmas: (Some(3.9), 3.3),
        run_length: 2_400,
        alarms: metric.is_trigger(),
    };
    let mut average = 0.0;
    let mut points = Vec::new();
    for unit in 0..520u64 {
        let days = 364 - i64::try_from(unit * 364 / 519).expect("a day");
        let shift = if unit > 500 { 1.9 } else { 0.0 };
        let z = shift + 1.7 * (noise(unit) + noise(unit + 7_000) + noise(unit + 9_000) - 1.5);
        let cut = unit == 260;
        let z = if cut { 14.0 } else { z };
        let in_baseline = unit < 118;
        average = if in_baseline { 0.0 } else { 0.8 * average + 0.2 * z.min(3.0) };
        let value = |z: f64| baseline.centre + z * if z > 0.0 { high } else { low };
        let signal = if average > 1.1 && unit > 500 { Some(SignalBy::Ewma) } else { None };
        points.push(MetricPoint {
            run: RunId { time: ago(days, 9), identity: u128::from(unit).to_be_bytes() },
            reading: value(z),
            ewma: (!in_baseline).then(|| value(average)),
            in_baseline,
            open: unit > 512,
            cut,
            signal: if cut { Some(SignalBy::Individual) } else { signal },
        });
    }
    let index = |value: f64| Index { value, lower: value - 0.09, upper: value + 0.09 };
    let capability =
        (metric == Metric::LinearityError).then(|| Capability { cpk: index(0.62), ppk: index(0.51), n: 402 });
    MetricChart { metric, baseline: Some(baseline), limits: Some(limits), points, capability }
}

fn evidence(metric: Metric) -> Evidence {
    let baseline = figure_baseline(metric);
    let shift = match metric {
        Metric::UntrimmedError => 1.8,
        Metric::LinearityError => 1.1,
        Metric::Sigma => 0.9,
        Metric::Risk => 0.7,
        _ => -0.1,
    };
    let side = if shift > 0.0 { baseline.sigma.1 } else { baseline.sigma.0 };
    let learns = metric == Metric::Risk;
    Evidence {
        metric,
        baseline: (!learns).then_some(baseline),
        learning: learns.then_some((6, 190)),
        now: Some(baseline.centre + shift * side),
        shift: (!learns).then_some(shift),
        units: 69,
        near: metric == Metric::LinearityError,
        signal: metric == Metric::UntrimmedError,
        odd: if metric == Metric::UntrimmedError { (2, 1) } else { (0, 0) },
    }
}

/// Everything about the model in alarm.
pub fn charts(metric: Metric) -> DriftCharts {
    let marker = |days, setting, before: &str, after: &str| Marker {
        time: ago(days, 8),
        setting,
        before: before.to_owned(),
        after: after.to_owned(),
    };
    DriftCharts {
        stream: loud(),
        lots: lots(),
        share: Some(ShareBaseline {
            share: 0.31,
            lots: 12,
            units: 402,
            from: ago(364, 8),
            to: ago(285, 16),
            run_length: 370,
            overdispersed: true,
            late_inside: false,
        }),
        share_learning: None,
        evidence: Metric::ALL.map(evidence).to_vec(),
        chart: chart(metric),
        markers: vec![
            marker(182, Setting::RiskBy, "formula", "learned v3"),
            marker(49, Setting::LaserPower, "60", "62"),
        ],
        epochs: Vec::new(),
        alarms: vec![alarm(9), alarm(7), alarm(3)],
        asks_for_baseline: None,
        report: Some(DetectorReport {
            speaker: "drift detector v3".to_owned(),
            severity: "severe".to_owned(),
            moved: vec!["untrimmed error +1.8 σ".to_owned(), "r after trim +0.9 σ".to_owned()],
            recommendations: vec![
                "Incoming elements changed before the laser did: check the ink lot of the shop order since 9 Mar."
                    .to_owned(),
                "Laser power was raised 29 Jan without effect.".to_owned(),
            ],
        }),
        newest: ago(0, 11),
    }
}

/// A new beginning.
pub fn epoch(days: i64, reason: &str) -> Epoch {
    Epoch { stream: loud(), from: ago(days, 0), reason: reason.to_owned(), by: "CD".to_owned(), at_ms: NOON.now_ms }
}
