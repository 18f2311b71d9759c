//! `models list|show|rollback|compare|drift`: what was learned, how good it is, and who speaks.

use std::io::{self, Write};

use color_eyre::eyre::{Result, bail};

use super::args::{LearnerArg, ModelsCommand};
use super::{Exit, ingest};
use crate::analysis::Learner;
use crate::config::{Loaded, Mode};
use crate::engine::{DetectorTold, clock, drift_report, holder, speaks_from_now_on};
use crate::export::printable;
use crate::history::{Registered, Store};
use crate::learning::drift_detector::Report;
use crate::learning::{AUC, Card};

/// Runs one of them.
pub(super) fn run(what: &ModelsCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        ModelsCommand::List { store } => list(&ingest::open(store, loaded)?, loaded),
        ModelsCommand::Show { learner, version, model, store } => {
            let store = ingest::open(store, loaded)?;
            let of = chosen(&store, *learner, model.as_deref(), *version)?;
            card(&mut io::stdout().lock(), &of)?;
            Ok(Exit::Fine)
        }
        ModelsCommand::Rollback { learner, version, formula, model, by, store } => {
            let store = ingest::open(store, loaded)?;
            let by = by.clone().unwrap_or_else(|| holder().user);
            rollback(&store, learner.learner(), model.as_deref().unwrap_or_default(), (*version, *formula), &by)
        }
        ModelsCommand::Compare { learner, first, second, model, store } => {
            let store = ingest::open(store, loaded)?;
            let one = chosen(&store, *learner, model.as_deref(), Some(*first))?;
            let other = chosen(&store, *learner, model.as_deref(), Some(*second))?;
            compare(&mut io::stdout().lock(), &one.card, &other.card)?;
            Ok(Exit::Fine)
        }
        ModelsCommand::Drift { model, store } => drift(&ingest::open(store, loaded)?, model, loaded),
    }
}

fn versions(store: &Store, learner: Learner, scope: &str) -> Result<Vec<Registered>> {
    let found = store.registered_models()?.into_iter();
    Ok(found.filter(|version| version.card.learner == learner && version.card.scope == scope).collect())
}

/// The version that is meant: the named one, else the deployed one, else the newest.
fn chosen(store: &Store, learner: LearnerArg, model: Option<&str>, version: Option<u32>) -> Result<Registered> {
    let (learner, scope) = (learner.learner(), model.unwrap_or_default());
    let found = versions(store, learner, scope)?;
    let of = match version {
        Some(version) => found.into_iter().find(|registered| registered.card.version == version),
        None => found.iter().find(|registered| registered.deployed).cloned().or_else(|| found.last().cloned()),
    };
    let Some(of) = of else {
        let version = version.map(|version| format!(" v{version}")).unwrap_or_default();
        bail!("no {}{version} has been trained; `trimwatch models list` shows what there is", learner.title());
    };
    Ok(of)
}

fn list(store: &Store, loaded: &Loaded) -> Result<Exit> {
    let found = store.registered_models()?;
    let mut out = io::stdout().lock();
    for learner in Learner::ALL {
        let mode = loaded.config.learning.mode(learner);
        writeln!(out, "{} ({})", learner.title(), mode.word())?;
        let mine: Vec<&Registered> = found.iter().filter(|version| version.card.learner == learner).collect();
        if mine.is_empty() {
            writeln!(out, "  untrained; `trimwatch train {}` tries", learner.word())?;
        }
        for version in mine {
            line(&mut out, version, mode)?;
        }
    }
    Ok(Exit::Fine)
}

fn line(out: &mut impl Write, version: &Registered, mode: Mode) -> Result<()> {
    let card = &version.card;
    let state = match (version.deployed, card.missed()) {
        (true, _) if mode == Mode::On => format!("deployed: {}", version.head.why),
        (true, _) => format!("deployed, and {}", mode.word()),
        (false, Some(missed)) => format!("not deployed: {missed}"),
        (false, None) => "passed, another speaks".to_owned(),
    };
    let auc = card.figure(AUC).map(|figure| format!("AUC {:.3}  ", figure.value)).unwrap_or_default();
    let scope = if card.scope.is_empty() { String::new() } else { format!("{}  ", printable(&card.scope)) };
    writeln!(
        out,
        "  {scope}v{}  {}  {auc}n {} tracks, {} units  {}",
        card.version,
        day(card.trained_ms),
        card.rows,
        card.units,
        printable(&state)
    )?;
    Ok(())
}

fn day(ms: i64) -> String {
    clock::local_of_ns(ms.saturating_mul(1_000_000)).map_or_else(|| "?".to_owned(), |time| time.to_string())
}

/// Everything a card says.
fn card(out: &mut impl Write, version: &Registered) -> Result<()> {
    let card = &version.card;
    let scope = if card.scope.is_empty() { String::new() } else { format!(" of {}", printable(&card.scope)) };
    writeln!(out, "{}{scope} v{}", card.learner.title(), card.version)?;
    let state = if version.deployed { format!("deployed: {}", version.head.why) } else { "not deployed".to_owned() };
    writeln!(out, "  state        {}", printable(&state))?;
    writeln!(out, "  trained      {} by trimwatch {}", day(card.trained_ms), card.app)?;
    let run = |seconds| crate::trim::LocalTime::from_timestamp(seconds).map_or("?".to_owned(), |time| time.to_string());
    let (first, last) = card.runs;
    writeln!(out, "  learned from {} tracks of {} units, {} failed", card.rows, card.units, card.failures)?;
    writeln!(out, "  runs         {} … {}", run(first), run(last))?;
    writeln!(out, "  sigma filter {}", card.filter)?;
    writeln!(out, "  grown        {}", printable(&card.settings))?;
    writeln!(out, "  size         {} bytes", card.bytes)?;
    for check in &card.gate.checks {
        writeln!(out, "  gate         {}", printable(&check.to_string()))?;
    }
    for figure in &card.figures {
        let interval = figure.interval.map(|(low, high)| format!("  {low:.3} … {high:.3}")).unwrap_or_default();
        let rival = figure.rival.as_ref().map(|(name, value)| format!("  {name} {value:.3}")).unwrap_or_default();
        let (name, how) = (printable(&figure.name), printable(&figure.how));
        writeln!(out, "  {name:28} {:9.4}{interval}{}  ({how})", figure.value, printable(&rival))?;
    }
    for feature in &card.features {
        let (name, importance) = (printable(&feature.name), 100.0 * feature.importance);
        writeln!(out, "  feature      {name:32} importance {importance:3.0} %  median {:.4}", feature.median)?;
    }
    for bin in card.reliability.iter().filter(|bin| bin.count > 0) {
        let (said, came) = (100.0 * bin.predicted, 100.0 * bin.observed);
        writeln!(out, "  reliability  said {said:3.0} %  came {came:3.0} %  n {}", bin.count)?;
    }
    Ok(())
}

fn rollback(
    store: &Store,
    learner: Learner,
    scope: &str,
    (version, formula): (Option<u32>, bool),
    by: &str,
) -> Result<Exit> {
    let found = versions(store, learner, scope)?;
    let now = found.iter().find(|registered| registered.deployed).map(|registered| registered.card.version);
    let before = || {
        let passed = found.iter().filter(|registered| registered.card.gate.deployed).map(|r| r.card.version);
        passed.filter(|version| now.is_none_or(|now| *version < now)).max()
    };
    let to = if formula { None } else { version.or_else(before) };
    if to.is_none() && !formula {
        bail!("no earlier version of the {} may speak; --formula lets the formula speak", learner.title());
    }
    store.deploy_model(learner, scope, to, &format!("chosen by {by}"), clock::now_ms())?;
    let words = speaks_from_now_on(learner, to);
    store.note_learning(&words, false, by, clock::now_ms())?;
    println!("{}", printable(&words));
    Ok(Exit::Fine)
}

/// Two versions side by side, figure by figure.
fn compare(out: &mut impl Write, one: &Card, other: &Card) -> Result<()> {
    let (first, second) = (format!("v{}", one.version), format!("v{}", other.version));
    writeln!(out, "{:44} {first:>10} {second:>10} {:>10}", one.learner.title(), "change")?;
    let mut row = |name: &str, a: Option<f64>, b: Option<f64>| {
        let said = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
        let change = a.zip(b).map(|(a, b)| b - a).map_or("–".to_owned(), |change| format!("{change:+.4}"));
        writeln!(out, "{:44} {:>10} {:>10} {change:>10}", printable(name), said(a), said(b))
    };
    row("tracks", Some(one.rows as f64), Some(other.rows as f64))?;
    row("units", Some(one.units as f64), Some(other.units as f64))?;
    for figure in &one.figures {
        let same = other.figures.iter().find(|of| of.name == figure.name && of.how == figure.how);
        row(&format!("{}, {}", figure.name, figure.how), Some(figure.value), same.map(|of| of.value))?;
    }
    for feature in &one.features {
        let same = other.features.iter().find(|of| of.name == feature.name).map(|of| of.importance);
        row(&format!("importance of {}", feature.name), Some(feature.importance), same)?;
    }
    Ok(())
}

/// The drift report of a product model: by its detector, else by cumulative sums.
fn drift(store: &Store, model: &str, loaded: &Loaded) -> Result<Exit> {
    let filter = loaded.config.analysis().sigma.identity();
    match drift_report(store, model, &loaded.config.learning, filter)? {
        DetectorTold::Nothing => bail!("the history has no judged run of `{}`", printable(model)),
        DetectorTold::TooFew { found, needed } => {
            println!("{}  {found} of {needed} tracks: too few to tell drift", printable(model));
            Ok(Exit::Fine)
        }
        DetectorTold::Report { report, rows, speaker } => {
            told(&mut io::stdout().lock(), model, (&report, rows), &speaker)?;
            Ok(if report.action_required { Exit::Loss } else { Exit::Fine })
        }
    }
}

fn told(out: &mut impl Write, model: &str, (report, rows): (&Report, usize), who: &str) -> Result<()> {
    let (model, severity) = (printable(model), report.severity.word());
    writeln!(
        out,
        "{model}  {severity}  {:.0} % of {} tracks unlike the baseline  trend {}  ({who})",
        100.0 * report.rate,
        rows,
        report.trend.word()
    )?;
    for affected in &report.affected {
        let way = if affected.rising { "up" } else { "down" };
        writeln!(out, "  {} {way} by {:.1} baseline sigmas", printable(&affected.feature), affected.sigmas.abs())?;
    }
    for advice in &report.recommendations {
        writeln!(out, "  {}", printable(advice))?;
    }
    if report.action_required {
        writeln!(out, "  somebody has to look")?;
    }
    Ok(())
}
