//! The columns of Live and History: one table each for heads, widths, contents and what goes first where there is no room.

use std::borrow::Cow;

use super::words;
use crate::analysis::{JudgedRun, JudgedTrack, Status, percent, short};
use crate::history::SortBy;
use crate::session::ArrivedRun;
use crate::trim::{LocalDate, TimeSource};
use crate::tui::app::App;
use crate::tui::theme::{Role, Theme};

/// A column's content for a run, and what it means.
type Cell = for<'a> fn(&'a App, &'a ArrivedRun) -> Said<'a>;

/// Most words stand in the run already.
type Said<'a> = (Cow<'a, str>, Role);

/// One column.
pub(super) struct Column {
    /// Its head.
    pub(super) title: &'static str,
    /// Its width.
    pub(super) width: u16,
    /// Columns with a small number go first.
    pub(super) keep: u8,
    /// Whether figures are aligned at the right.
    pub(super) right: bool,
    /// Its content for a run.
    pub(super) cell: Cell,
}

const fn column(title: &'static str, width: u16, keep: u8, right: bool, cell: Cell) -> Column {
    Column { title, width, keep, right, cell }
}

/// All columns, left to right. The last one takes what is left.
pub(super) const COLUMNS: &[Column] = &[
    column("TIME", 6, 20, false, time),
    column("MODEL", 9, 21, false, |_, run| (run.record.run.identity.model.as_str().into(), Role::Text)),
    column("SERIAL", 7, 22, false, |_, run| (run.record.run.identity.serial.as_str().into(), Role::Text)),
    column("SEC", 3, 5, false, |_, run| (or_dash(run.record.run.identity.section.as_deref()), Role::Text)),
    column("STATUS", 11, 23, false, status),
    column("OUT", 7, 10, true, outside),
    column("MARGIN", 7, 9, true, margin),
    column("r / LIMIT", 10, 7, true, roughness),
    column("R CHANGE", 8, 4, true, resistance),
    column("RISK", 13, 8, false, risk),
    column("PASSES", 6, 3, true, passes),
    column("LATENCY", 7, 1, true, latency),
    column("OPERATOR SAYS", 10, 2, false, operator),
];

/// The columns of History: whole dates, the laser, nothing about the arrival.
pub(super) const HISTORY: &[Column] = &[
    column("WHEN", 16, 20, false, when),
    column("MODEL", 9, 21, false, |_, run| (run.record.run.identity.model.as_str().into(), Role::Text)),
    column("SERIAL", 7, 22, false, |_, run| (run.record.run.identity.serial.as_str().into(), Role::Text)),
    column("SEC", 3, 5, false, |_, run| (or_dash(run.record.run.identity.section.as_deref()), Role::Text)),
    column("STATUS", 11, 23, false, status),
    column("OUT", 7, 10, true, outside),
    column("MARGIN", 7, 9, true, margin),
    column("r / LIMIT", 10, 7, true, roughness),
    column("R CHANGE", 8, 4, true, resistance),
    column("RISK", 13, 8, false, risk),
    column("PASSES", 6, 3, true, passes),
    column("LASER", 5, 1, false, |_, run| (or_dash(run.record.run.identity.laser.as_deref()), Role::Text)),
    column("OPERATOR SAYS", 10, 2, false, operator),
];

/// The head of the column that runs are sorted by; arrival has none.
pub(super) fn sorted_by(sort: SortBy) -> Option<&'static str> {
    Some(match sort {
        SortBy::Time => "WHEN",
        SortBy::Model => "MODEL",
        SortBy::Serial => "SERIAL",
        SortBy::Section => "SEC",
        SortBy::Status => "STATUS",
        SortBy::Outside => "OUT",
        SortBy::Margin => "MARGIN",
        SortBy::Roughness => "r / LIMIT",
        SortBy::Change => "R CHANGE",
        SortBy::Risk => "RISK",
        SortBy::Passes => "PASSES",
        SortBy::Laser => "LASER",
        SortBy::Disposition => "OPERATOR SAYS",
        SortBy::Arrival => return None,
    })
}

/// Columns before the first judged figure: what a file without figures still shows.
pub(super) const IDENTITY_COLUMNS: usize = 5;

/// A column with its place in the table and the width it has on screen.
pub(super) type Shown = (usize, &'static Column, u16);

/// The columns that fit, in order; the last one widened to the edge.
pub(super) fn fitting(columns: &'static [Column], width: u16) -> Vec<Shown> {
    let mut shown: Vec<(usize, &'static Column)> = columns.iter().enumerate().collect();
    let total = |shown: &[(usize, &Column)]| shown.iter().map(|(_, column)| column.width + 1).sum::<u16>();
    while total(&shown) > width
        && let Some(least) = shown.iter().map(|(_, column)| column.keep).min()
    {
        shown.retain(|(_, column)| column.keep != least);
    }
    let spare = width.saturating_sub(total(&shown));
    let last = shown.len();
    let widened = |(at, (index, column)): (usize, (usize, &'static Column))| {
        let is_words = !column.right && at + 1 == last;
        (index, column, if is_words { column.width + spare } else { column.width })
    };
    shown.into_iter().enumerate().map(widened).collect()
}

fn or_dash(text: Option<&str>) -> Cow<'_, str> {
    text.filter(|text| !text.is_empty()).unwrap_or("–").into()
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `16 Nov`.
pub(super) fn day_month(date: LocalDate) -> String {
    let month = MONTHS.get(usize::from(date.month).saturating_sub(1)).copied().unwrap_or("?");
    format!("{} {month}", date.day)
}

/// `16 Mar` of a moment on the local clock, `16 Mar 2025` of another year than now.
pub(super) fn date_of(app: &App, at_ms: i64) -> String {
    let date = |at_ms| LocalDate::from_days(app.clock.day(at_ms));
    let Some(then) = date(at_ms) else { return "–".to_owned() };
    let this_year = date(app.clock.now_ms).is_some_and(|now| now.year == then.year);
    if this_year { day_month(then) } else { format!("{} {}", day_month(then), then.year) }
}

/// `10:42` today, `16 Nov` this year, `Nov 23` before: by the run's own clock.
fn time<'a>(app: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let identity = &run.record.run.identity;
    let Some(time) = identity.time else { return ("–".into(), Role::Quiet) };
    let today = LocalDate::from_days(app.clock.day(app.clock.now_ms));
    let text = match today {
        Some(today) if today == time.date && identity.time_source != Some(TimeSource::Cell) => time.clock(),
        Some(today) if today == time.date => "today".to_owned(),
        Some(today) if today.year == time.date.year => format!("{:>6}", day_month(time.date)),
        _ => {
            let month = MONTHS.get(usize::from(time.date.month).saturating_sub(1)).copied().unwrap_or("?");
            format!("{month}’{:02}", time.date.year.rem_euclid(100))
        }
    };
    (text.into(), Role::Text)
}

/// `2026-03-10 09:58`, by the run's own clock.
fn when<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let identity = &run.record.run.identity;
    let Some(time) = identity.time else { return ("–".into(), Role::Quiet) };
    let clock = if identity.time_source == Some(TimeSource::Cell) { "–".to_owned() } else { time.clock() };
    (format!("{} {clock}", time.date).into(), Role::Text)
}

/// One track: the whole word. More: the mark of the run and a word for each.
fn status<'a>(app: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let judged = &run.record.run;
    let role = Theme::status(judged.status);
    if run.record.excluded.is_some() {
        return (format!("{} excluded", app.look.symbols.status(judged.status)).into(), role);
    }
    if judged.tracks.len() < 2 {
        return (words::status(app.look.symbols, judged.status).0.into(), role);
    }
    let words: Vec<&str> = judged.tracks.iter().map(|track| short_word(track.status)).collect();
    (format!("{} {}", app.look.symbols.status(judged.status), words.join(" ")).into(), role)
}

fn short_word(status: Status) -> &'static str {
    match status {
        Status::Warning => "WARN",
        Status::NotGraded => "N/G",
        Status::Untrimmed => "UNTR",
        Status::Error => "ERR",
        other => other.word(),
    }
}

fn of_deciding(run: &ArrivedRun, figure: impl FnOnce(&JudgedTrack) -> Option<String>) -> String {
    run.record.run.deciding_track().and_then(figure).unwrap_or_else(|| "–".to_owned())
}

fn outside<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let figure = |track: &JudgedTrack| track.linearity().map(|l| format!("{}/{}", l.fail, l.graded));
    (of_deciding(run, figure).into(), Role::Text)
}

fn margin<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let figure = |track: &JudgedTrack| track.linearity().map(|l| whole_percent(l.worst.percent));
    (of_deciding(run, figure).into(), Role::Text)
}

fn whole_percent(value: f64) -> String {
    format!("{value:+.0} %").replace('-', "−")
}

fn roughness<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let figure = |track: &JudgedTrack| {
        let r = track.figures?.r?;
        Some(match track.r_limit() {
            Some(limit) => format!("{r:.1} / {}", short(limit)),
            None => format!("{r:.1}"),
        })
    };
    (of_deciding(run, figure).into(), Role::Text)
}

fn resistance<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    (of_deciding(run, |track| track.resistance.change.map(percent)).into(), Role::Text)
}

fn risk<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    match run.record.run.risk() {
        Some(risk) => {
            // `Med`, so that a version of two digits stands whole beside it.
            let word = risk.category.word().replace("Medium", "Med");
            let text = format!("{word:4} {:.2} {}", risk.probability, risk.method.sign());
            (text.into(), words::risk_role(risk.category))
        }
        None => ("–".into(), Role::Quiet),
    }
}

fn passes<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    let counts: Vec<String> = run.record.run.tracks.iter().map(|track| track.pass_count.to_string()).collect();
    (counts.join(" ").into(), Role::Text)
}

fn latency<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    match (&run.not_kept, run.latency_ms) {
        (Some(why), _) if !why.starts_with("by choice") => ("no disk".into(), Role::State),
        (_, Some(ms)) if ms < 1_000.0 => (format!("{ms:.0} ms").into(), Role::Text),
        (_, Some(ms)) => (format!("{:.0} s", ms / 1_000.0).into(), Role::Warning),
        (_, None) => ("–".into(), Role::Text),
    }
}

fn operator<'a>(_: &'a App, run: &'a ArrivedRun) -> Said<'a> {
    if let Some(word) = &run.record.excluded {
        return (format!("{}: {}", word.by, word.reason).into(), Role::Text);
    }
    (run.record.run.identity.disposition.as_deref().unwrap_or_default().into(), Role::Text)
}

/// What stands in place of figures that were never judged: the reason of the first track.
pub(super) fn instead_of_figures(run: &JudgedRun) -> Option<String> {
    if matches!(run.status, Status::Pass | Status::Warning | Status::Fail) {
        return None;
    }
    let track = run.deciding_track()?;
    Some(crate::analysis::explain_track(track))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_in_the_fixed_order() {
        let of = |columns, width| {
            fitting(columns, width).iter().map(|(_, column, _)| column.title).collect::<Vec<_>>().join(",")
        };
        let titles = |width| of(COLUMNS, width);
        assert_eq!(COLUMNS.len(), fitting(COLUMNS, 118).len());
        assert_eq!(titles(79), "TIME,MODEL,SERIAL,STATUS,OUT,MARGIN,r / LIMIT,RISK");
        assert_eq!(titles(59), "TIME,MODEL,SERIAL,STATUS,OUT,MARGIN");
        assert_eq!(HISTORY.len(), fitting(HISTORY, 125).len());
        assert_eq!(HISTORY.len() - 1, fitting(HISTORY, 119).len(), "LASER goes first");
        assert_eq!(of(HISTORY, 79), "WHEN,MODEL,SERIAL,STATUS,OUT,MARGIN,RISK");
        assert_eq!(of(HISTORY, 59), "WHEN,MODEL,SERIAL,STATUS,OUT");
        let sorted = SortBy::ALL.into_iter().filter_map(sorted_by);
        assert!(sorted.into_iter().all(|title| HISTORY.iter().any(|column| column.title == title)));
    }
}
