//! The card of a model: everything about one version, as lines that scroll.

use std::fmt::Write as _;

use super::pen::{Span, broken, left, right, span};
use super::{columns, models, reliability};
use crate::analysis::Learner;
use crate::config::Mode;
use crate::history::Registered;
use crate::learning::{AUC, Bar, Card, CardFeature, Check, Figure, Live};
use crate::trim::LocalTime;
use crate::tui::app::App;
use crate::tui::models::Subject;
use crate::tui::symbols::Symbols;
use crate::tui::theme::Role;

/// Columns of a label.
const LABEL: usize = 12;
/// Columns of a mark with its word: `✗ missed`.
const WORD: usize = 9;
/// Columns of what a check asks for: `at least 60`.
const NEEDED: usize = 12;
/// Columns of a bar of importance.
const BAR: usize = 14;
/// Columns of an importance.
const SHARE: usize = 7;
/// Columns of a median.
const MEDIAN: usize = 9;

/// A line of the card.
pub(super) type Line = Vec<Span>;

/// Lines that are being written for a width.
struct Page {
    symbols: Symbols,
    width: usize,
    lines: Vec<Line>,
}

impl Page {
    fn title(&mut self, text: impl Into<String>) {
        self.lines.push(vec![span(text, Role::Title)]);
    }

    /// Text under a title, over several lines where it is long.
    fn plain(&mut self, text: &str, role: Role) {
        let lines = broken(self.symbols, text, self.width.saturating_sub(3).max(8));
        self.lines.extend(lines.into_iter().map(|line| vec![span(format!("  {line}"), role)]));
    }

    /// A label with its text, over several lines where it is long.
    fn said(&mut self, label: &str, text: &str, role: Role) {
        let room = self.width.saturating_sub(LABEL + 1).max(8);
        let lines = broken(self.symbols, text, room);
        for (index, line) in lines.into_iter().enumerate() {
            let label = left(self.symbols, if index == 0 { label } else { "" }, LABEL);
            self.lines.push(vec![span(label, Role::Quiet), span(line, role)]);
        }
    }
}

/// The card of the selected line's version; `whole` = with what else stands beside it.
pub(super) fn lines(app: &App, width: u16, whole: bool) -> Vec<Line> {
    let Some(subject) = app.models.subject() else { return Vec::new() };
    let mut page = Page { symbols: app.look.symbols, width: usize::from(width), lines: Vec::new() };
    state(app, &mut page, subject);
    let Some(version) = app.models.shown() else {
        nothing_yet(&mut page, subject);
        return page.lines;
    };
    let card = &version.card;
    gate(&mut page, card);
    validation(&mut page, card);
    since(&mut page, subject, version);
    if whole {
        page.lines.extend(reliability::lines(page.symbols, card, page.width));
    }
    features(&mut page, card);
    made(app, &mut page, card);
    page.lines
}

fn state(app: &App, page: &mut Page, subject: Subject<'_>) {
    if let Some(trouble) = &subject.learner.trouble {
        page.said("trouble", &format!("▲ {trouble}"), Role::Outside);
    }
    let (words, role) = models::standing(subject, subject.standing(app.models.training(), app.clock.now_ms));
    page.said("state", &words, role);
    if subject.product.is_none() && !subject.learner.next.is_empty() {
        page.said("next", &subject.learner.next, Role::Text);
    }
}

/// What there is to say of a learner without a version.
fn nothing_yet(page: &mut Page, subject: Subject<'_>) {
    let learner = subject.learner;
    let instead = models::speaks_instead(learner.learner);
    if learner.mode == Mode::Off {
        let said = format!("off in the configuration: nothing is trained, {instead} speaks");
        return page.said("switch", &said, Role::Quiet);
    }
    if !learner.versions.is_empty() {
        return page.said("versions", "each product model has its own: its line stands below this one", Role::Text);
    }
    let history = match learner.offer {
        Some(offer) => counted(learner.learner, offer.rows, offer.units, offer.failures),
        None => "was not looked through yet".to_owned(),
    };
    page.said("history", &history, Role::Text);
    page.said("until then", &format!("{instead} speaks"), Role::Text);
}

/// `2,410 tracks of 712 units, 431 failed`.
fn counted(learner: Learner, rows: u64, units: u64, failures: u64) -> String {
    let count = super::words::thousands;
    let failed = match learner {
        Learner::DriftDetector => String::new(),
        _ => format!(", {} failed", count(failures)),
    };
    format!("{} tracks of {} units{failed}", count(rows), count(units))
}

/// A figure of any size with three digits behind it, less where they say nothing.
pub(super) fn figure(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        _ if size.fract() == 0.0 && (1.0..1e9).contains(&size) || size == 0.0 => format!("{value:.0}"),
        _ if size >= 1_000.0 => format!("{value:.0}"),
        _ if size >= 10.0 => format!("{value:.1}"),
        _ if size >= 0.01 => format!("{value:.3}"),
        _ => format!("{value:.5}"),
    };
    text.replace('-', "−")
}

fn gate(page: &mut Page, card: &Card) {
    let (all, missed) = (card.gate.checks.len(), card.gate.missed().count());
    page.title(match (all, missed) {
        (0, _) => "Gate: nothing was to be reached".to_owned(),
        (_, 0) => format!("Gate: all {all} checks met"),
        _ => format!("Gate: {missed} of {all} checks missed"),
    });
    for check in &card.gate.checks {
        let line = check_line(page.symbols, page.width, check, missed > 0);
        page.lines.push(line);
    }
}

/// `✗ missed  AUC above the best rival, lower bound   −0.012  above 0        by 0.012`; `by` = with room for the end.
fn check_line(symbols: Symbols, width: usize, check: &Check, by: bool) -> Line {
    let (mark, word, role) = if check.met { ("✓", "met", Role::Pass) } else { ("✗", "missed", Role::Warning) };
    let sign = match check.bar {
        Bar::AtLeast => "at least",
        Bar::Above => "above",
        Bar::Below => "below",
    };
    let found = check.found.map_or_else(|| "unknown".to_owned(), figure);
    let needed = format!("{sign} {}", figure(check.needed));
    let missed = check.missed_by().map(|by| format!(" by {}", figure(by))).unwrap_or_default();
    let what = width.saturating_sub(WORD + 2 + 8 + 2 + NEEDED + if by { 9 } else { 0 }).clamp(12, 44);
    vec![
        span("  ", Role::Text),
        span(left(symbols, &format!("{mark} {word}"), WORD), role),
        span(left(symbols, &check.what, what), Role::Text),
        span(right(symbols, &found, 8), if check.met { Role::Text } else { role }),
        span(format!("  {}", left(symbols, &needed, NEEDED)), Role::Text),
        span(missed, role),
    ]
}

fn validation(page: &mut Page, card: &Card) {
    let count = super::words::thousands;
    page.title(format!("Validation on {} tracks of {} units", count(card.rows), count(card.units)));
    if card.figures.is_empty() {
        page.plain("no figure was kept", Role::Quiet);
    }
    let name = page.width.saturating_sub(4 + 8 + 15 + 24).clamp(14, 30);
    let mut how = None;
    for figure in &card.figures {
        if how != Some(&figure.how) {
            let heads = if how.is_none() { "   VALUE  INTERVAL       BEST RIVAL" } else { "" };
            let head = format!("  {}{heads}", left(page.symbols, &figure.how, name + 2));
            page.lines.push(vec![span(head, Role::Quiet)]);
            how = Some(&figure.how);
        }
        let line = figure_line(page.symbols, name, figure);
        page.lines.push(line);
    }
}

/// `ROC AUC   0.840  0.790…0.880  0.790 untrimmed error`.
fn figure_line(symbols: Symbols, name: usize, of: &Figure) -> Line {
    let interval = of.interval.map(|(low, high)| format!("{}…{}", figure(low), figure(high))).unwrap_or_default();
    let rival = of.rival.as_ref().map(|(who, value)| format!("{} {who}", figure(*value)));
    vec![
        span(format!("    {}{}", left(symbols, &of.name, name), right(symbols, &figure(of.value), 8)), Role::Text),
        span(format!("  {}", left(symbols, &interval, 13)), Role::Text),
        span(format!("  {}", rival.unwrap_or_default()), Role::Quiet),
    ]
}

/// Predicted against actual, or why there is nothing to hold against each other.
fn since(page: &mut Page, subject: Subject<'_>, version: &Registered) {
    page.title("Predicted against actual, since deployment");
    let predicts = matches!(subject.learner.learner, Learner::FinalTest | Learner::TrimVerdict);
    let said = match (&subject.learner.live, subject.deployed()) {
        _ if !predicts => "it foretells no failure: there is nothing to hold against what came".to_owned(),
        (_, None) => "no version speaks: nothing was said".to_owned(),
        (None, Some(speaks)) => format!("nothing is known yet of what came of v{}'s predictions", speaks.card.version),
        (Some(live), _) if live.rows == 0 => format!("none of v{}'s predictions has been answered (n 0)", live.version),
        (Some(live), _) => return told(page, live, &version.card),
    };
    page.plain(&said, Role::Quiet);
}

fn told(page: &mut Page, live: &Live, card: &Card) {
    let count = super::words::thousands;
    let came = 100.0 * live.failures as f64 / live.rows as f64;
    let said = format!(
        "v{} said {:.1} % would fail on average, {came:.1} % did: {} of n {}",
        live.version,
        100.0 * live.predicted,
        count(live.failures),
        count(live.rows)
    );
    page.plain(&said, Role::Text);
    let mut ranking = match (live.auc, live.interval) {
        (Some(auc), Some((low, high))) => format!("{AUC} {auc:.3}  {low:.3}…{high:.3}"),
        (Some(auc), None) => format!("{AUC} {auc:.3}"),
        (None, _) => format!("no {AUC}: fewer than 15 of a kind"),
    };
    if let (Some(_), Some(was)) = (live.auc, card.figure(AUC)) {
        let _ = write!(ranking, "  in validation {:.3}", was.value);
    }
    if let Some(brier) = live.brier {
        let _ = write!(ranking, "   Brier score {brier:.3}");
    }
    page.plain(&ranking, Role::Text);
    let Some((upper, was)) = live.fallen(card).filter(|_| live.version == card.version) else { return };
    let worse = match live.beaten(card) {
        Some((rival, value)) => format!("▲ beaten: at most {upper:.3}, {rival} has {value:.3}"),
        None => format!("▲ fallen: at most {upper:.3}, in validation {was:.3}"),
    };
    page.plain(&worse, Role::State);
}

fn features(page: &mut Page, card: &Card) {
    if card.features.is_empty() {
        return;
    }
    let mut by_weight: Vec<&CardFeature> = card.features.iter().collect();
    by_weight.sort_by(|a, b| b.importance.total_cmp(&a.importance));
    let most = by_weight.first().map_or(0.0, |feature| feature.importance);
    let name = page.width.saturating_sub(2 + BAR + 1 + SHARE + MEDIAN).clamp(14, 32);
    let head = left(page.symbols, "What it looks at", name + 2 + BAR + 1);
    page.title(format!("{head}{:>SHARE$}{:>MEDIAN$}", "SHARE", "MEDIAN"));
    for feature in by_weight {
        // Where no share is known of any, none is drawn: blank is not 0. The longest bar is the greatest share, not all of it.
        let bar = if most > 0.0 { reliability::ink(feature.importance / most, BAR) } else { String::new() };
        let share = if most > 0.0 { format!("{:.0} %", 100.0 * feature.importance) } else { String::new() };
        let (what, bar) = (left(page.symbols, &feature.name, name), left(page.symbols, &bar, BAR));
        let (share, median) =
            (right(page.symbols, &share, SHARE), right(page.symbols, &figure(feature.median), MEDIAN));
        page.lines.push(vec![span(format!("  {what} {bar}{share}{median}"), Role::Text)]);
    }
}

fn made(app: &App, page: &mut Page, card: &Card) {
    page.title("How it was made");
    let day = |seconds| LocalTime::from_timestamp(seconds).map_or_else(|| "?".to_owned(), |time| time.date.to_string());
    let when = format!("{} {}", columns::date_of(app, card.trained_ms), app.clock.hhmm(card.trained_ms));
    let age = app.clock.old(card.trained_ms);
    let size = super::words::thousands(card.bytes.div_ceil(1024));
    let content = card.content.iter().take(4).fold(0u32, |content, byte| content << 8 | u32::from(*byte));
    page.said("  trained", &format!("{when}, {age} ago, by trimwatch {}", card.app), Role::Text);
    page.said("  taught by", &counted(card.learner, card.rows, card.units, card.failures), Role::Text);
    page.said("  runs", &format!("{} … {}", day(card.runs.0), day(card.runs.1)), Role::Text);
    if !card.settings.is_empty() {
        page.said("  grown", &card.settings, Role::Text);
    }
    page.said("  sigma", &card.filter.to_string(), Role::Quiet);
    page.said("  model", &format!("{size} kB, content {content:08x}"), Role::Quiet);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_the_digits_that_say_something() {
        let values = [0.0, 712.0, 0.8401, -0.0123, 0.001_234, 881.26, 5_178.4];
        assert_eq!(values.map(figure).join(" "), "0 712 0.840 −0.012 0.00123 881.3 5178");
    }
}
