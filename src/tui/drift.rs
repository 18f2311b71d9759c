//! Drift: which line of the list is looked at, which chart of it, over which time, and which point under the cursor.

use super::list::Position;
use super::window::{Shown, Window};
use crate::history::RunKey;
use crate::monitoring::{Alarm, DriftCharts, DriftLine, DriftList, Metric, RunId, StreamKey};
use crate::trim::LocalTime;

/// The panes of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DriftPane {
    /// One line a product model at a laser.
    #[default]
    List,
    /// The fail share, lot by lot.
    Lots,
    /// A figure, unit by unit.
    Units,
    /// The evidence, what the detector says, what changed.
    Evidence,
    /// All alarms.
    Alarms,
}

impl DriftPane {
    const ALL: [Self; 5] = [Self::List, Self::Lots, Self::Units, Self::Evidence, Self::Alarms];

    /// The pane after this one, or the one before; round the end.
    #[must_use]
    pub fn step(self, back: bool) -> Self {
        let at = Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0);
        let by = if back { Self::ALL.len() - 1 } else { 1 };
        Self::ALL.get((at + by) % Self::ALL.len()).copied().unwrap_or_default()
    }

    /// Whether it is a chart.
    pub fn is_chart(self) -> bool {
        matches!(self, Self::Lots | Self::Units)
    }
}

/// The screen's state.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about the screen, not one state in disguise")]
pub struct Drift {
    /// The list, once it is known.
    pub list: Option<Box<DriftList>>,
    /// Where the list stands.
    pub at: Position,
    /// The pane that has the focus.
    pub focus: DriftPane,
    /// Whether the units of a figure are charted and not the lots, while neither chart has the focus.
    pub by_unit: bool,
    /// The figure that is charted.
    pub metric: Metric,
    /// The charts that came last.
    pub charts: Option<Box<DriftCharts>>,
    /// The time that is shown.
    pub window: Window,
    /// The lot under the cursor, of all lots.
    pub lot: Option<usize>,
    /// The unit under the cursor, of all units.
    pub unit: Option<usize>,
    /// The first line of the evidence that is shown.
    pub evidence_top: usize,
    /// The selected alarm, and the first line of the alarms that is shown.
    pub alarms_at: Position,
    /// Whether the list was asked for since the screen was opened.
    pub asked: bool,
    /// The charts that were asked for and have not come.
    pub asked_charts: Option<(StreamKey, Metric)>,
    /// Whether the charts are no longer what they were.
    pub outdated: bool,
    /// Whether a person waits for the list: while the view stands still it is taken all the same.
    pub awaited: bool,
    /// The moment that the cursor goes to once the units of another figure are here.
    pub seek: Option<LocalTime>,
    /// The run that is being opened: its question's number and its key.
    pub opening: Option<(u64, RunKey)>,
}

impl Default for Drift {
    fn default() -> Self {
        Self {
            list: None,
            at: Position::default(),
            focus: DriftPane::List,
            by_unit: false,
            metric: Metric::UntrimmedError,
            charts: None,
            window: Window::default(),
            lot: None,
            unit: None,
            evidence_top: 0,
            alarms_at: Position::default(),
            asked: false,
            asked_charts: None,
            outdated: false,
            awaited: false,
            seek: None,
            opening: None,
        }
    }
}

impl Drift {
    /// What was asked will not be answered any more.
    pub fn ask_again(&mut self) {
        (self.asked, self.asked_charts, self.opening, self.outdated) = (false, None, None, true);
    }

    /// The lines of the list.
    pub fn lines(&self) -> &[DriftLine] {
        self.list.as_ref().map_or(&[], |list| &list.lines)
    }

    /// The selected line.
    pub fn line(&self) -> Option<&DriftLine> {
        self.lines().get(self.at.selected)
    }

    /// The charts of the selected line; nothing while they are on their way. Those of another figure stand until its
    /// own come, for what does not depend on the figure.
    pub fn charts(&self) -> Option<&DriftCharts> {
        let line = self.line()?;
        self.charts.as_deref().filter(|charts| charts.stream == line.stream)
    }

    /// The same, when they chart the chosen figure.
    pub fn charted(&self) -> Option<&DriftCharts> {
        self.charts().filter(|charts| charts.chart.metric == self.metric)
    }

    /// Whether units are charted and not lots.
    pub fn shows_units(&self) -> bool {
        match self.focus {
            DriftPane::Lots => false,
            DriftPane::Units => true,
            _ => self.by_unit,
        }
    }

    /// Selects a line: its newest points, no cursor.
    pub fn select(&mut self, line: usize) {
        if self.at.selected != line {
            self.at.selected = line;
            self.look_anew();
        }
    }

    fn look_anew(&mut self) {
        (self.lot, self.unit, self.seek) = (None, None, None);
        (self.evidence_top, self.alarms_at) = (0, Position::default());
        self.window.to_newest();
    }

    /// Gives the focus to a pane; the chart that had it last stays on screen.
    pub fn focus_on(&mut self, pane: DriftPane) {
        self.by_unit = self.shows_units();
        self.focus = pane;
        if pane.is_chart() {
            self.by_unit = pane == DriftPane::Units;
        }
    }

    /// The next figure, or the one before; round the end.
    pub fn step_metric(&mut self, back: bool) {
        let by = if back { Metric::ALL.len() - 1 } else { 1 };
        let next = Metric::ALL.get((self.metric.place() + by) % Metric::ALL.len());
        self.metric = next.copied().unwrap_or(self.metric);
        (self.unit, self.seek) = (None, None);
    }

    /// Takes the list; the selection stays with its line. Whether something about it is no longer what it was.
    pub fn take_list(&mut self, list: Box<DriftList>) {
        let held = self.line().cloned();
        self.awaited = false;
        self.list = Some(list);
        let Some(held) = held else {
            self.at = Position::default();
            return;
        };
        match self.lines().iter().position(|line| line.stream == held.stream) {
            Some(at) => {
                self.at.selected = at;
                self.outdated |= self.line() != Some(&held);
            }
            None => self.look_anew(),
        }
    }

    /// Takes charts, unless they are of another line than the selected one or of a figure that nobody looks at any
    /// more. The cursors stay with their points.
    pub fn take_charts(&mut self, charts: Box<DriftCharts>) {
        let wanted = self.line().is_some_and(|line| line.stream == charts.stream);
        if !(wanted && charts.chart.metric == self.metric) {
            return;
        }
        let (lot, unit) = (self.lot_point(), self.unit_run());
        if let Some(first) = lot {
            self.lot = charts.lots.iter().position(|point| point.first == first);
        }
        if let Some(run) = unit {
            self.unit = charts.chart.points.iter().position(|point| point.run == run);
        }
        self.asked_charts = None;
        self.charts = Some(charts);
        if let Some(time) = self.seek.take() {
            self.unit = self.unit_before(time);
        }
    }

    fn lot_point(&self) -> Option<LocalTime> {
        Some(self.charts()?.lots.get(self.lot?)?.first)
    }

    fn unit_run(&self) -> Option<RunId> {
        Some(self.charted()?.chart.points.get(self.unit?)?.run)
    }

    /// The lots that the chosen time holds.
    pub fn shown_lots(&self) -> Shown {
        let Some(charts) = self.charts() else { return Shown::default() };
        let spans = charts.lots.iter().map(|lot| (lot.first, lot.last));
        self.window.shown(spans, charts.newest)
    }

    /// The units that the chosen time holds.
    pub fn shown_units(&self) -> Shown {
        let Some(charts) = self.charted() else { return Shown::default() };
        let spans = charts.chart.points.iter().map(|point| (point.run.time, point.run.time));
        self.window.shown(spans, charts.newest)
    }

    /// Moves the cursor of the chart that is shown over the points that are; the first step puts it on the newest.
    pub fn step_cursor(&mut self, by: isize) {
        let units = self.shows_units();
        let shown = if units { self.shown_units() } else { self.shown_lots() };
        let at = if units { self.unit_shown() } else { self.lot_shown() };
        let Some(last) = shown.end.checked_sub(1).filter(|last| *last >= shown.first) else { return };
        let next = match at {
            Some(at) => at.saturating_add_signed(by).clamp(shown.first, last),
            None if by == isize::MIN => shown.first,
            None => last,
        };
        if units {
            self.unit = Some(next);
        } else {
            self.lot = Some(next);
        }
    }

    /// The run and the time of the point under the cursor of the chart that is shown.
    pub fn under_cursor(&self) -> Option<(RunId, LocalTime)> {
        if self.shows_units() {
            let run = self.charted()?.chart.points.get(self.unit_shown()?)?.run;
            return Some((run, run.time));
        }
        let lot = self.charts()?.lots.get(self.lot_shown()?)?;
        Some((lot.run, lot.first))
    }

    /// The lot under the cursor, when the chosen time holds it.
    pub fn lot_shown(&self) -> Option<usize> {
        let shown = self.shown_lots();
        self.lot.filter(|lot| (shown.first..shown.end).contains(lot))
    }

    /// The unit under the cursor, when the chosen time holds it.
    pub fn unit_shown(&self) -> Option<usize> {
        let shown = self.shown_units();
        self.unit.filter(|unit| (shown.first..shown.end).contains(unit))
    }

    /// Whether a cursor stands in the chart that is shown.
    pub fn has_cursor(&self) -> bool {
        if self.shows_units() { self.unit.is_some() } else { self.lot.is_some() }
    }

    /// One step back inside the screen: the cursor goes, then the focus back to the list; whether there was one.
    pub fn leave(&mut self) -> bool {
        if self.focus.is_chart() && self.has_cursor() {
            if self.shows_units() {
                self.unit = None;
            } else {
                self.lot = None;
            }
            return true;
        }
        let inside = self.focus != DriftPane::List;
        if inside {
            self.focus_on(DriftPane::List);
        }
        inside
    }

    /// Puts the cursor of the chart that is shown on the point at a time, or on the last one before.
    pub fn point_at(&mut self, time: LocalTime) {
        let Some(charts) = self.charts() else { return };
        let newest = charts.newest;
        if !self.shows_units() {
            self.lot = charts.lots.partition_point(|lot| lot.first <= time).checked_sub(1);
        } else if self.charted().is_some() {
            self.unit = self.unit_before(time);
        } else {
            self.seek = Some(time);
        }
        self.window.include(time, newest);
    }

    fn unit_before(&self, time: LocalTime) -> Option<usize> {
        self.charted()?.chart.points.partition_point(|point| point.run.time <= time).checked_sub(1)
    }

    /// The open alarm that somebody would see to here: the selected one among the alarms, else the line's oldest.
    pub fn open_alarm(&self) -> Option<(u64, String)> {
        let of = |alarm: &Alarm| (alarm.id, alarm.sentence.clone());
        if self.focus == DriftPane::Alarms
            && let Some(alarm) = self.alarm().filter(|alarm| alarm.is_open())
        {
            return Some(of(alarm));
        }
        let line = self.line()?;
        let list = self.list.as_ref()?;
        list.open.iter().find(|alarm| line.open.contains(&alarm.id)).map(of)
    }

    /// The selected one of the line's alarms.
    pub fn alarm(&self) -> Option<&Alarm> {
        self.charts()?.alarms.get(self.alarms_at.selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_goes_round_the_panes_and_the_chart_that_had_the_focus_stays_on_screen() {
        let mut drift = Drift::default();
        let mut met = Vec::new();
        for _ in 0..5 {
            drift.focus_on(drift.focus.step(false));
            met.push((drift.focus, drift.shows_units()));
        }
        let shown = [false, true, true, true, true];
        assert!(met.iter().map(|(_, units)| *units).eq(shown), "{met:?}");
        assert_eq!(drift.focus, DriftPane::List);
        drift.focus_on(DriftPane::Lots);
        assert_eq!(drift.focus.step(true), DriftPane::List);
        assert!(!drift.shows_units());
    }

    #[test]
    fn the_figures_are_walked_in_a_circle() {
        let mut drift = Drift::default();
        drift.step_metric(true);
        assert_eq!(drift.metric, Metric::Risk);
        drift.step_metric(false);
        assert_eq!(drift.metric, Metric::UntrimmedError);
    }
}
