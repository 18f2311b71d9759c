//! What learned models made of a track, in words: who speaks, how it was proved, what it rests on, and why none does.

use super::pen::{Span, span};
use super::words;
use crate::analysis::{LearnedBy, Learner, Risk, RiskMethod, ThresholdSource, Why};
use crate::session::ArrivedRun;
use crate::tui::app::App;
use crate::tui::theme::Role;

/// A line with how much it matters; the least important goes first where there is no room.
pub(super) type Weighed = (u8, Vec<Span>);

/// As many lines as fit, the least important gone.
pub(super) fn fitting(mut lines: Vec<Weighed>, height: u16) -> Vec<Vec<Span>> {
    while lines.len() > usize::from(height)
        && let Some(least) = lines.iter().map(|(keep, _)| *keep).min()
        && let Some(last) = lines.iter().rposition(|(keep, _)| *keep == least)
    {
        lines.remove(last);
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// `0.81 High   learned v7 · target final test`; `0.31 Medium   formula`.
fn headline(risk: &Risk, target: &str) -> Vec<Span> {
    let method = match risk.method {
        RiskMethod::Formula => "formula".to_owned(),
        RiskMethod::Learned { .. } => format!("{} · target {target}", risk.method.label()),
    };
    vec![
        span(format!("{:.2} {}", risk.probability, risk.category.word()), words::risk_role(risk.category)),
        span(format!("   {method}"), Role::Quiet),
    ]
}

/// `AUC 0.84 · n 712 units`; nothing of a formula.
fn proof(risk: &Risk) -> Option<String> {
    match risk.method {
        RiskMethod::Formula => None,
        RiskMethod::Learned { auc, units, .. } => Some(format!("AUC {auc:.2} · n {units} units")),
    }
}

/// The three largest contributions with their signs.
pub(super) fn terms(risk: &Risk) -> impl Iterator<Item = String> {
    risk.terms.iter().take(3).map(|term| format!("{:+.2} {}", term.share, term.what).replace('-', "−"))
}

/// `own 9.8…14.1 on r, 3 d old`: how sure a learned threshold is, on what ground.
pub(super) fn interval(app: &App, source: ThresholdSource) -> Option<String> {
    let ThresholdSource::Learned(LearnedBy { trained_ms, low, high, own, .. }) = source else { return None };
    let ground = if own { "own" } else { "of others like it" };
    Some(format!("{ground} {low:.1}…{high:.1} on r, {} old", app.clock.old(trained_ms)))
}

/// `shadow v4 would say 0.2101`: the threshold that only watches.
pub(super) fn shadow_threshold(run: &ArrivedRun, index: usize) -> Option<String> {
    let threshold = run.record.run.assessment(index)?.shadow.threshold?;
    let ThresholdSource::Learned(by) = threshold.source else { return None };
    Some(format!("shadow v{} would say {}", by.version, words::four(threshold.value)))
}

/// Risks that only watch, else why nothing learned speaks; one short line each.
pub(super) fn shadow_or_why(run: &ArrivedRun, index: usize) -> Vec<String> {
    let Some(assessment) = run.record.run.assessment(index) else { return Vec::new() };
    let shadow =
        |risk: &Risk, what: &str| format!("shadow {} would say {:.2}{what}", risk.method.sign(), risk.probability);
    let failure = assessment.shadow.risk.as_ref().map(|risk| shadow(risk, ""));
    let arrived = assessment.shadow.incoming_risk.as_ref().map(|risk| shadow(risk, " of it as it arrived"));
    // That nothing is deployed yet is as it should be, and stands on the Models screen.
    let odd = |why: &&Why| !matches!(why, Why::NotDeployed | Why::Off | Why::Opening);
    let why_failure = assessment.why_not(Learner::FinalTest).filter(odd).filter(|_| failure.is_none());
    let why_arrived = assessment.why_not(Learner::TrimVerdict).filter(odd).filter(|_| arrived.is_none());
    let mut lines: Vec<String> = failure.into_iter().chain(arrived).collect();
    match (why_failure, why_arrived) {
        (Some(why), Some(same)) if why == same => lines.push(format!("not learned: {why}")),
        (failure, arrived) => {
            lines.extend(failure.map(|why| format!("not learned: {why}")));
            lines.extend(arrived.map(|why| format!("as it arrived: {why}")));
        }
    }
    lines
}

/// The risk of the part as it arrived.
fn incoming(run: &ArrivedRun, index: usize) -> Option<&Risk> {
    run.record.run.assessment(index)?.incoming_risk.as_ref()
}

/// Whether a model said anything of a track.
pub(super) fn spoke(run: &ArrivedRun, index: usize) -> bool {
    let learned = |risk: &Risk| matches!(risk.method, RiskMethod::Learned { .. });
    let track = run.record.run.tracks.get(index);
    let threshold = track.and_then(|track| track.threshold).map(|threshold| threshold.source);
    incoming(run, index).is_some()
        || track.and_then(|track| track.risk.as_ref()).is_some_and(learned)
        || matches!(threshold, Some(ThresholdSource::Learned(_)))
}

/// Failure risk and incoming risk for a narrow pane.
pub(super) fn risk_lines(run: &ArrivedRun, index: usize) -> Vec<Weighed> {
    let quiet = |text: String| vec![span(text, Role::Quiet)];
    let mut lines: Vec<Weighed> = Vec::new();
    match run.record.run.tracks.get(index).and_then(|track| track.risk.as_ref()) {
        Some(risk) => {
            lines.push((9, headline(risk, "final test")));
            lines.extend(proof(risk).map(|proof| (8, quiet(proof))));
            lines.extend(terms(risk).zip([6, 5, 4]).map(|(term, keep)| (keep, quiet(term))));
        }
        None => lines.push((9, quiet("no risk without a graded trim".to_owned()))),
    }
    if let Some(risk) = incoming(run, index) {
        lines.push((8, arrived(risk)));
        let target = proof(risk).map(|proof| format!("target trim verdict · {proof}"));
        lines.extend(target.map(|target| (7, quiet(target))));
        lines.extend(terms(risk).zip([5, 3, 2]).map(|(term, keep)| (keep, quiet(term))));
    }
    lines.extend(shadow_or_why(run, index).into_iter().map(|line| (2, quiet(line))));
    lines
}

/// `arrived with 0.81 High   learned v3`.
fn arrived(risk: &Risk) -> Vec<Span> {
    vec![
        span("arrived with ", Role::Text),
        span(format!("{:.2} {}", risk.probability, risk.category.word()), words::risk_role(risk.category)),
        span(format!("   {}", risk.method.label()), Role::Quiet),
    ]
}

/// The same in long lines, the contributions behind or, where there is room, below.
pub(super) fn long_lines(run: &ArrivedRun, index: usize, roomy: bool) -> Vec<Vec<Span>> {
    let mut lines = Vec::new();
    let failure = run.record.run.tracks.get(index).and_then(|track| track.risk.as_ref());
    let failure = failure.map(|risk| (headline(risk, "final test"), risk, "Risk  ", ""));
    let arrived = incoming(run, index)
        .map(|risk| (arrived(risk), risk, if roomy { "      " } else { "" }, " · target trim verdict"));
    for (head, risk, label, target) in failure.into_iter().chain(arrived) {
        let mut line = vec![span(label, Role::Title)];
        line.extend(head.into_iter().map(|(text, role)| (text.replace("   ", " "), role)));
        line.push(span(target, Role::Quiet));
        let proof = proof(risk).map(|proof| proof.trim_end_matches(" units").to_owned());
        line.extend(proof.map(|proof| span(format!(" · {proof}"), Role::Quiet)));
        let terms = terms(risk).collect::<Vec<_>>().join("   ");
        if roomy {
            lines.push(line);
            lines.push(vec![span(format!("      {terms}"), Role::Quiet)]);
        } else {
            line.push(span(format!("   {terms}"), Role::Quiet));
            lines.push(line);
        }
    }
    lines
}
