//! Drift as tables: the pane that has the focus, in the time that is shown.

use super::{filled, owned};
use crate::export::drift::{
    ALARM_COLUMNS, EVIDENCE_COLUMNS, LINE_COLUMNS, LOT_COLUMNS, POINT_COLUMNS, alarm_row, evidence_row, line_row,
    lot_row, point_row,
};
use crate::export::{Cell, Sheet};
use crate::tui::app::App;
use crate::tui::drift::DriftPane;

pub(super) fn sheet(app: &App) -> Option<Sheet> {
    let drift = &app.drift;
    if drift.focus == DriftPane::List {
        drift.list.as_ref()?;
        return Some(filled(Sheet::new("drift", LINE_COLUMNS), drift.lines().iter().map(|line| owned(line_row(line)))));
    }
    let charts = drift.charts()?;
    let of = |what: &str| format!("{what} {}", charts.stream);
    Some(match drift.focus {
        DriftPane::Lots => {
            let shown = drift.shown_lots();
            let lots = charts.lots.get(shown.first..shown.end).unwrap_or_default();
            filled(Sheet::new(of("lots"), LOT_COLUMNS), lots.iter().map(lot_row))
        }
        DriftPane::Units => {
            let (charted, shown) = (drift.charted()?, drift.shown_units());
            let points = charted.chart.points.get(shown.first..shown.end).unwrap_or_default();
            let sheet = Sheet::new(of(drift.metric.word()), POINT_COLUMNS);
            filled(sheet, points.iter().map(point_row))
        }
        DriftPane::Evidence => {
            filled(Sheet::new(of("evidence"), EVIDENCE_COLUMNS), charts.evidence.iter().map(evidence_row))
        }
        DriftPane::List | DriftPane::Alarms => {
            let alarms = charts.alarms.iter().map(|alarm| owned(alarm_row(alarm)));
            filled(Sheet::new(of("alarms"), ALARM_COLUMNS), alarms)
        }
    })
}

pub(super) fn selected(app: &App) -> Option<Vec<Cell<'static>>> {
    let drift = &app.drift;
    match drift.focus {
        DriftPane::Lots => drift.charts()?.lots.get(drift.lot_shown()?).map(lot_row),
        DriftPane::Units => drift.charted()?.chart.points.get(drift.unit_shown()?).map(point_row),
        DriftPane::Alarms => drift.alarm().map(|alarm| owned(alarm_row(alarm))),
        DriftPane::Evidence => {
            drift.charts()?.evidence.iter().find(|evidence| evidence.metric == drift.metric).map(evidence_row)
        }
        DriftPane::List => drift.line().map(|line| owned(line_row(line))),
    }
}

pub(super) fn telling(app: &App) -> Option<String> {
    let drift = &app.drift;
    match drift.focus {
        DriftPane::Lots => {
            let lot = drift.charts()?.lots.get(drift.lot_shown()?)?;
            Some(format!("{} of {} failed, {}", lot.failed, lot.units, lot.first.date))
        }
        DriftPane::Units => Some(drift.charted()?.chart.points.get(drift.unit_shown()?)?.reading.to_string()),
        DriftPane::Alarms => drift.alarm().map(|alarm| alarm.sentence.clone()),
        DriftPane::Evidence => drift.line().map(|line| line.why.clone()),
        DriftPane::List => drift.line().map(|line| line.stream.to_string()),
    }
}
