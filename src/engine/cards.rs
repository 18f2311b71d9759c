//! What training found, put onto a card.

use crate::analysis::{Learner, SigmaSettings};
use crate::learning::drift_detector::DriftSettings;
use crate::learning::failure_predictor::PredictorSettings;
use crate::learning::failure_predictor::{Figures, Validation};
use crate::learning::threshold_optimizer::OptimizerSettings;
use crate::learning::threshold_optimizer::{OptimizerValidation, OwnFigures};
use crate::learning::validation::Bin;
use crate::learning::{
    AUC, CONFIDENCE, Card, CardBin, CardFeature, DriftDetector, FailurePredictor, Feature, Figure, Gate, Offer,
    ThresholdOptimizer, Trained,
};

/// A trained model, not registered yet.
pub(super) struct Draft {
    pub(super) blob: Vec<u8>,
    pub(super) card: Card,
}

fn blank(gate: Gate, offer: Offer, runs: (i64, i64), settings: String) -> Card {
    Card {
        learner: Learner::ThresholdOptimizer,
        scope: String::new(),
        version: 0,
        trained_ms: 0,
        app: String::new(),
        rows: offer.rows,
        units: offer.units,
        failures: offer.failures,
        runs,
        filter: SigmaSettings::default().identity(),
        features: Vec::new(),
        settings,
        figures: Vec::new(),
        reliability: Vec::new(),
        gate,
        content: [0; 32],
        bytes: 0,
    }
}

/// The card of a failure predictor.
pub(super) fn predictor(
    trained: &Trained<FailurePredictor, Validation>,
    settings: &PredictorSettings,
    offer: Offer,
    runs: (i64, i64),
) -> Draft {
    let (model, validation) = (&trained.model, &trained.validation);
    let grown = &settings.forest;
    let said = format!(
        "{} trees, depth {}, min split {}, min leaf {}, calibration {}, seed {}",
        grown.trees,
        grown.depth,
        grown.min_split,
        grown.min_leaf,
        model.calibration().word(),
        settings.seed
    );
    let mut card = blank(trained.gate.clone(), offer, runs, said);
    let features = model.columns().iter().zip(model.medians()).zip(model.importances());
    let feature = |((column, median), importance): ((&Feature, &f64), &f64)| CardFeature {
        name: column.name.clone(),
        median: *median,
        importance: *importance,
    };
    card.features = features.map(feature).collect();
    let how = format!("{} folds by unit, {} times", validation.folds, validation.repeats);
    card.figures = figures(&validation.grouped, &how);
    if let (Some(first), Some(rival)) = (card.figures.first_mut(), &validation.best_rival) {
        first.rival = Some((rival.name.clone(), rival.auc));
    }
    if let Some(forward) = &validation.forward {
        card.figures.extend(figures(forward, "forward in time"));
    }
    card.reliability = validation.grouped.reliability.iter().map(bin).collect();
    Draft { blob: model.to_bytes(), card }
}

fn figures(figures: &Figures, how: &str) -> Vec<Figure> {
    let figure = |name: &str, value: f64, rival: Option<(&str, f64)>| Figure {
        name: name.to_owned(),
        how: how.to_owned(),
        value,
        interval: None,
        rival: rival.map(|(name, value)| (name.to_owned(), value)),
    };
    let base = Some(("base rate", figures.base_rate));
    vec![
        figure(AUC, figures.auc, None),
        figure("average precision", figures.average_precision, base),
        figure("Brier score", figures.brier, Some(("base rate", figures.base_rate_brier))),
        figure("recall at 5 % false alarms", figures.recall_at_five_percent, None),
        figure("tracks tried", figures.rows as f64, None),
    ]
}

fn bin(bin: &Bin) -> CardBin {
    CardBin { count: bin.count as u64, predicted: bin.mean_predicted, observed: bin.observed }
}

/// The card of a threshold optimizer: a line for each product model with a threshold of its own.
pub(super) fn thresholds(
    trained: &Trained<ThresholdOptimizer, OptimizerValidation>,
    settings: &OptimizerSettings,
    offer: Offer,
    runs: (i64, i64),
) -> Draft {
    let grown = &settings.forest;
    let said = format!(
        "own: largest Youden index; others: {} trees, depth {}, min split {}, min leaf {}, seed {}",
        grown.trees, grown.depth, grown.min_split, grown.min_leaf, settings.seed
    );
    let mut card = blank(trained.gate.clone(), offer, runs, said);
    let validation = &trained.validation;
    for own in &validation.own {
        card.figures.extend(own_figures(own, &trained.model));
    }
    if let Some(others) = &validation.others {
        card.figures.push(Figure {
            name: "error on ln r".to_owned(),
            how: format!("forest, each of {} product models left out", others.models),
            value: others.error,
            interval: None,
            rival: Some(("formula".to_owned(), others.formula_error)),
        });
    }
    // The forest's gate says little where own thresholds speak: theirs stand beside it.
    if let Some(gate) = validation.own.iter().map(|own| &own.gate).find(|gate| gate.deployed == card.gate.deployed) {
        card.gate.checks.clone_from(&gate.checks);
    }
    Draft { blob: trained.model.to_bytes(), card }
}

fn own_figures(own: &OwnFigures, model: &ThresholdOptimizer) -> [Figure; 3] {
    let speaking = model.own().iter().find(|estimate| estimate.product_model == own.product_model);
    let how = format!("{}, {} units, {} failed", own.product_model, own.units, own.failing_units);
    let figure =
        |name: &str, value, interval, rival| Figure { name: name.to_owned(), how: how.clone(), value, interval, rival };
    let interval = speaking.map(|estimate| estimate.interval(CONFIDENCE));
    let bound = own.auc_bound.map(|bound| (bound, 1.0));
    let in_force = Some(("threshold in force".to_owned(), own.in_force_youden));
    [
        figure(
            if speaking.is_some() { "threshold on r" } else { "threshold on r, silent" },
            own.threshold,
            interval,
            None,
        ),
        figure("AUC of r", own.auc, bound, None),
        figure("Youden index out of fold", own.out_of_fold_youden, None, in_force),
    ]
}

/// The card of a drift detector. It foretells nothing: there is no gate but a baseline that is long enough.
pub(super) fn drift(detector: &DriftDetector, settings: &DriftSettings, offer: Offer, runs: (i64, i64)) -> Draft {
    let grown = &settings.forest;
    let said = format!(
        "{} isolation trees of {} rows, contamination {}, seed {}",
        grown.trees, grown.sample, grown.contamination, grown.seed
    );
    let gate = Gate { deployed: true, checks: Vec::new() };
    let mut card = blank(gate, offer, runs, said);
    let dropped = detector.dropped();
    let feature = |(name, median): (String, f64)| CardFeature { name, median, importance: 0.0 };
    card.features = detector.centres().into_iter().map(feature).collect();
    if !dropped.is_empty() {
        card.settings.push_str("; constant and not looked at: ");
        card.settings.push_str(&dropped.join(", "));
    }
    Draft { blob: detector.to_bytes(), card }
}
