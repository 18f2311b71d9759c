//! How learning stands in a made shop: one learner untrained, one gated, one deployed, detectors for three models.

use trimwatch::analysis::{
    Assessment, LearnedBy, Learner, Risk, RiskMethod, RiskTerm, Shadow, SigmaSettings, ThresholdSource, Why,
};
use trimwatch::config::Mode;
use trimwatch::history::{Head, Registered};
use trimwatch::learning::{AUC, Bar, Card, CardBin, CardFeature, Check, Figure, Gate, Live, Offer};
use trimwatch::session::{ArrivedRun, LearnerView, ModelsView, TrainingView};

use super::NOON;

pub const DAY: i64 = 86_400_000;

fn check(what: &str, found: Option<f64>, bar: Bar, needed: f64, met: bool) -> Check {
    Check { what: what.to_owned(), bar, needed, found, met }
}

fn figure(name: &str, how: &str, value: f64, interval: Option<(f64, f64)>, rival: Option<(&str, f64)>) -> Figure {
    let rival = rival.map(|(who, value)| (who.to_owned(), value));
    Figure { name: name.to_owned(), how: how.to_owned(), value, interval, rival }
}

/// A card of a version, some days old.
pub fn card(learner: Learner, scope: &str, version: u32, days: i64) -> Card {
    Card {
        learner,
        scope: scope.to_owned(),
        version,
        trained_ms: NOON.now_ms - days * DAY,
        app: "0.4.0".to_owned(),
        rows: 2_410 - 180 * u64::from(7 - version.min(7)),
        units: 712,
        failures: 431,
        runs: (1_740_787_200, 1_773_700_000),
        filter: SigmaSettings::default().identity(),
        features: Vec::new(),
        settings: "200 trees, depth 15, min split 10, min leaf 5, 3 features a split, seed 1".to_owned(),
        figures: Vec::new(),
        reliability: Vec::new(),
        gate: Gate { deployed: true, checks: Vec::new() },
        content: [0x9f; 32],
        bytes: 421_888,
    }
}

fn registered(card: Card, deployed: Option<u32>, why: &str) -> Registered {
    let since_ms = NOON.now_ms - 3 * DAY;
    let head = Head { deployed, last: 7, since_ms, why: why.to_owned() };
    Registered { deployed: deployed == Some(card.version), card, head }
}

/// A predictor's card with everything on it.
pub fn full_card(version: u32, days: i64, auc: f64) -> Card {
    let (folds, forward) = ("5 folds by unit", "forward in time, last quarter");
    let bins = [(1_204, 0.06, 0.05), (402, 0.14, 0.17), (233, 0.25, 0.21), (160, 0.34, 0.38), (121, 0.45, 0.41)];
    let more = [(90, 0.55, 0.61), (74, 0.65, 0.62), (66, 0.74, 0.8), (60, 0.86, 0.85), (0, 0.0, 0.0)];
    let features = [
        ("untrimmed max error / spec", 4.12, 0.31),
        ("untrimmed r", 10.3, 0.22),
        ("share of untrimmed points outside", 0.47, 0.17),
        ("untrimmed resistance / model median", 1.002, 0.12),
        ("untrimmed resistance", 903.0, 0.09),
        ("travel", 0.61, 0.05),
        ("spec", 0.01, 0.03),
        ("graded points", 47.0, 0.01),
    ];
    let feature =
        |(name, median, importance): (&str, f64, f64)| CardFeature { name: name.to_owned(), median, importance };
    let bin = |(count, predicted, observed): (u64, f64, f64)| CardBin { count, predicted, observed };
    let brier = Some(("the base rate", 0.147));
    Card {
        features: features.map(feature).to_vec(),
        figures: vec![
            figure(AUC, folds, auc, Some((auc - 0.03, auc + 0.03)), Some(("untrimmed max error / spec", 0.79))),
            figure("average precision", folds, 0.612, Some((0.55, 0.66)), Some(("the base rate", 0.179))),
            figure("Brier score", folds, 0.108, None, brier),
            figure("recall at 5 % false alarms", folds, 0.437, None, None),
            figure(
                AUC,
                forward,
                auc - 0.02,
                Some((auc - 0.07, auc + 0.03)),
                Some(("untrimmed max error / spec", 0.77)),
            ),
            figure("Brier score", forward, 0.115, None, brier),
        ],
        reliability: bins.into_iter().chain(more).map(bin).collect(),
        gate: Gate {
            deployed: true,
            checks: vec![
                check("units", Some(712.0), Bar::AtLeast, 60.0, true),
                check("failed tracks", Some(431.0), Bar::AtLeast, 15.0, true),
                check("good tracks", Some(1_979.0), Bar::AtLeast, 15.0, true),
                check("Brier score", Some(0.108), Bar::Below, 0.147, true),
                check("AUC above the best rival, lower bound", Some(0.021), Bar::Above, 0.0, true),
            ],
        },
        ..card(Learner::TrimVerdict, "", version, days)
    }
}

fn gated_card() -> Card {
    let name = "AUC of r, lower 90 % bound";
    Card {
        settings: "100 trees, depth 10, min split 5, min leaf 2".to_owned(),
        figures: vec![figure(AUC, "5 folds by unit", 0.634, Some((0.581, 0.69)), Some(("the formula", 0.66)))],
        gate: Gate {
            deployed: false,
            checks: vec![
                check("product models with targets", Some(12.0), Bar::AtLeast, 10.0, true),
                check(name, Some(0.581), Bar::Above, 0.6, false),
                check("Youden index against the formula", Some(-0.0123), Bar::Above, 0.0, false),
                check("error on log r against the formula", Some(0.31), Bar::Below, 0.34, true),
            ],
        },
        features: vec![CardFeature { name: "spec".to_owned(), median: 0.01, importance: 0.6 }],
        ..card(Learner::ThresholdOptimizer, "", 2, 9)
    }
}

fn learner(learner: Learner, next: &str, versions: Vec<Registered>) -> LearnerView {
    let offer = Some(Offer { rows: 2_444, units: 720, failures: 436, product_models: 12 });
    LearnerView { learner, mode: Mode::On, offer, next: next.to_owned(), versions, live: None, trouble: None }
}

/// One of everything.
pub fn models() -> ModelsView {
    let missed = Card { gate: Gate { deployed: false, ..gated_card().gate }, ..full_card(5, 61, 0.78) };
    let why = "482 new tracks";
    let verdicts = vec![
        registered(full_card(7, 3, 0.84), Some(7), why),
        registered(full_card(6, 33, 0.82), Some(7), why),
        registered(missed, Some(7), why),
    ];
    let drift = |scope: &str, version, days, deployed: bool| {
        let features = ["sigma gradient", "resistance change", "untrimmed max error / spec"];
        let feature = |name: &str| CardFeature { name: name.to_owned(), median: 3.2, importance: 0.0 };
        let card = Card {
            features: features.into_iter().map(feature).collect(),
            figures: vec![figure("anomaly rate", "on its baseline", 0.05, None, None)],
            settings: "100 trees, 256 rows a tree, contamination 0.05".to_owned(),
            rows: 188,
            units: 171,
            ..card(Learner::DriftDetector, scope, version, days)
        };
        registered(card, deployed.then_some(version), if deployed { "first version" } else { "taken back (AB)" })
    };
    let detectors = vec![drift("8340-1", 2, 12, true), drift("6607", 1, 120, true), drift("8506A", 3, 20, false)];
    let live = Live {
        version: 7,
        rows: 214,
        failures: 38,
        predicted: 0.205,
        brier: Some(0.121),
        auc: Some(0.781),
        interval: Some((0.702, 0.851)),
    };
    let waits = "34 of 482 new tracks, or 30 days";
    ModelsView {
        learners: vec![
            learner(
                Learner::ThresholdOptimizer,
                "12 of 440 new tracks, or 30 days",
                vec![registered(gated_card(), None, "gated")],
            ),
            LearnerView {
                offer: Some(Offer { rows: 34, units: 31, failures: 6, product_models: 2 }),
                ..learner(Learner::FinalTest, "34 of 50 outcomes", Vec::new())
            },
            LearnerView { live: Some(live), ..learner(Learner::TrimVerdict, waits, verdicts) },
            learner(Learner::DriftDetector, "trains as lots come", detectors),
        ],
        training: Some(TrainingView {
            learner: Some(Learner::DriftDetector),
            percent: 62,
            by: "AB".to_owned(),
            more: true,
        }),
    }
}

/// Makes a model have spoken of the first track of a run: threshold, failure risk, incoming risk.
pub fn speak(run: &mut ArrivedRun) {
    let term = |what: &str, share| RiskTerm { what: what.to_owned(), share };
    let learned = |version, auc, units| RiskMethod::Learned { version, auc, units };
    let terms = vec![
        term("sigma gradient 0.0399", 0.31),
        term("worst zone 3", 0.12),
        term("resistance change as usual", -0.04),
    ];
    let arrived = vec![
        term("untrimmed error 9.3 × spec", 0.31),
        term("untrimmed r 22", 0.12),
        term("resistance as usual", -0.04),
    ];
    let judged = &mut run.record.run;
    let track = judged.tracks.first_mut().expect("a track");
    let by = LearnedBy { version: 7, trained_ms: NOON.now_ms - 3 * DAY, low: 9.8, high: 14.1, own: true };
    track.threshold = track
        .threshold
        .map(|threshold| trimwatch::analysis::Threshold { source: ThresholdSource::Learned(by), ..threshold });
    track.risk = Some(Risk::learned(0.44, learned(7, 0.84, 712), terms, false));
    let incoming_risk = Some(Risk::learned(0.81, learned(3, 0.8, 712), arrived, false));
    judged.assessments = vec![Assessment { incoming_risk, ..Assessment::default() }];
}

/// Makes models have watched the first track of a run without speaking, and one have been silent.
pub fn watch(run: &mut ArrivedRun) {
    let method = RiskMethod::Learned { version: 4, auc: 0.8, units: 500 };
    let shadow = Shadow { risk: Some(Risk::learned(0.62, method, Vec::new(), false)), ..Shadow::default() };
    let silent = vec![
        (Learner::FinalTest, Why::Shadow),
        (Learner::TrimVerdict, Why::Failed("its bytes are damaged".to_owned())),
    ];
    run.record.run.assessments = vec![Assessment { shadow, silent, ..Assessment::default() }];
}
