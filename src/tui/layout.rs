//! What stands where at which size. Shared by `update`, which must know how many rows a list shows, and `view`.

use ratatui::layout::Rect;

use super::action::Screen;
use super::app::{App, Overlay};
use super::drift::DriftPane;
use super::history::Shows;
use super::models::Pane;
use crate::history::SortBy;

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 100×30 and more: everything.
    Full,
    /// 80×20 and more: a list over one pane.
    Medium,
    /// 60×12 and more: a list and a line.
    Small,
    /// Less: one line.
    Tiny,
}

/// The size class of a terminal.
pub fn size(columns: u16, rows: u16) -> Size {
    match (columns, rows) {
        (100.., 30..) => Size::Full,
        (80.., 20..) => Size::Medium,
        (60.., 12..) => Size::Small,
        _ => Size::Tiny,
    }
}

/// The last line of a terminal too small for a list, where there is room for keys. What asks for something stands above.
pub fn tiny_footer(app: &App) -> Option<Rect> {
    let (columns, rows) = app.size;
    let asks = matches!(app.overlay, Some(Overlay::Confirm { .. } | Overlay::ConfirmQuit | Overlay::Prompt(_)));
    (columns >= 24 && rows >= 4 && !asks).then(|| Rect::new(0, rows - 1, columns, 1))
}

/// Lines of the medium pane: title, figures, curve, explanation.
const MEDIUM_PANE: u16 = 9;

/// A filter of so many characters stands beside the counts.
const SHORT_FILTER: usize = 34;

/// The parts of a screen.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// First line.
    pub header: Rect,
    /// A line for trouble that stays, else for the oldest open alarm, when there is one.
    pub trouble: Option<Rect>,
    /// The list, or the whole of the Unit screen.
    pub list: Rect,
    /// What is said about the selected row.
    pub detail: Option<Rect>,
    /// Last line.
    pub footer: Rect,
}

/// Cuts the terminal into the parts of the current screen.
pub fn parts(app: &App) -> Parts {
    let (columns, rows) = app.size;
    let line = |y: u16| Rect::new(0, y, columns, 1);
    let said = app.troubled() || app.pinned().is_some();
    let trouble = said.then(|| line(1));
    let top = if trouble.is_some() { 2 } else { 1 };
    let body = Rect::new(0, top, columns, rows.saturating_sub(top + 1));
    let detail = if app.zoom { zoomed_detail(app, body) } else { detail_rows(app, body) };
    let detail = detail.min(body.height);
    let (list, under) = (body.height - detail, Rect::new(0, top + body.height - detail, columns, detail));
    Parts {
        header: line(0),
        trouble,
        list: Rect::new(0, top, columns, list),
        detail: (detail > 0).then_some(under),
        footer: line(rows.saturating_sub(1)),
    }
}

fn detail_rows(app: &App, body: Rect) -> u16 {
    match (app.screen, size(app.size.0, app.size.1)) {
        (Screen::Live, Size::Full) => (body.height * 48 / 100).clamp(14, 22),
        (Screen::Unit, _) => 0,
        (Screen::Drift, size) => drift_detail(app, body, size),
        (Screen::Models, size) => body.height.saturating_sub(models_list(app, size)),
        (Screen::History, _) if app.history.shows != Shows::Runs => 0,
        (Screen::History, Size::Full) | (Screen::Live, Size::Medium) => MEDIUM_PANE,
        (Screen::History, Size::Medium) => 2,
        (Screen::Live | Screen::History, _) => 1,
        (Screen::Log, Size::Full | Size::Medium) => 6,
        (Screen::Log, _) => 3,
    }
}

/// A zoomed list has no detail, a zoomed pane no list.
fn zoomed_detail(app: &App, body: Rect) -> u16 {
    match app.screen {
        Screen::Live if app.focus > 0 => body.height,
        Screen::Models if app.models.focus != Pane::List => body.height,
        Screen::Drift if app.drift.focus != DriftPane::List => body.height,
        _ => 0,
    }
}

/// Rows that the list of the current screen shows, its heads aside.
pub fn list_rows(app: &App) -> usize {
    let heads = match app.screen {
        Screen::History => history_heads(app),
        Screen::Models => u16::from(app.models.training().is_some()),
        _ => u16::from(narrowed(app)),
    };
    usize::from(parts(app).list.height.saturating_sub(1 + heads))
}

/// Whether Live or Log shows less than everything, or in another order: a line over the list says so.
pub fn narrowed(app: &App) -> bool {
    match app.screen {
        Screen::Live => !app.rows.narrowed().is_plain(),
        Screen::Log => !app.log.filter().is_empty(),
        _ => false,
    }
}

/// Lines of the Models list: its heads, the training that runs, and as many of its lines as leave room for a card.
fn models_list(app: &App, size: Size) -> u16 {
    let most = match size {
        Size::Full => 12,
        Size::Medium => 7,
        Size::Small | Size::Tiny => 4,
    };
    let lines = u16::try_from(app.models.subjects().len()).unwrap_or(u16::MAX);
    1 + lines.clamp(1, most) + u16::from(app.models.training().is_some())
}

/// Lines under the Drift list. The list keeps as many of its lines as leave room for a chart; where there is room for one
/// pane only, it is the list with a few lines on the selected one, or the pane that has the focus.
fn drift_detail(app: &App, body: Rect, size: Size) -> u16 {
    let most = match size {
        Size::Full => 8,
        Size::Medium => 5,
        Size::Small | Size::Tiny if app.drift.focus == DriftPane::List => return 4,
        Size::Small | Size::Tiny => return body.height,
    };
    let lines = u16::try_from(app.drift.lines().len()).unwrap_or(u16::MAX);
    body.height.saturating_sub(1 + lines.clamp(1, most))
}

/// A chart over evidence or alarms where both have room; else the one that has the focus.
#[derive(Debug, Clone, Copy)]
pub struct DriftPanes {
    /// Where the chart stands.
    pub chart: Option<Rect>,
    /// Where evidence or alarms stand.
    pub below: Option<Rect>,
}

/// Cuts the part under the Drift list.
pub fn drift_panes(app: &App, area: Rect) -> DriftPanes {
    let words = matches!(app.drift.focus, DriftPane::Evidence | DriftPane::Alarms);
    if app.zoom || size(app.size.0, app.size.1) != Size::Full {
        return DriftPanes { chart: (!words).then_some(area), below: words.then_some(area) };
    }
    let height = (area.height * 45 / 100).clamp(10, 16).min(area.height);
    let chart = Rect { height: area.height - height, ..area };
    DriftPanes { chart: Some(chart), below: Some(Rect { y: chart.bottom(), height, ..area }) }
}

/// Columns of the versions beside the card.
const VERSIONS: u16 = 46;

/// The card, and the versions beside it where both have room; else the one that has the focus.
#[derive(Debug, Clone, Copy)]
pub struct ModelPanes {
    /// Where the card stands.
    pub card: Option<Rect>,
    /// Where the versions stand.
    pub versions: Option<Rect>,
}

/// Cuts the part under the Models list.
pub fn model_panes(app: &App, area: Rect) -> ModelPanes {
    let focus = app.models.focus;
    if app.zoom || size(app.size.0, app.size.1) != Size::Full {
        let versions = focus == Pane::Versions;
        return ModelPanes { card: (!versions).then_some(area), versions: versions.then_some(area) };
    }
    let card = Rect { width: area.width - VERSIONS - 1, ..area };
    let versions = Rect { x: card.right() + 1, width: VERSIONS, ..area };
    ModelPanes { card: Some(card), versions: Some(versions) }
}

/// Lines above the list of History: what is shown and what it comes to; two where they do not fit into one and
/// there is something to say.
pub fn history_heads(app: &App) -> u16 {
    let history = &app.history;
    let plain = history.filter.is_empty() && history.sort == SortBy::Time && !history.reverse;
    let short = app.size.0 >= 120 && history.filter.to_string().chars().count() <= SHORT_FILTER;
    if plain || short && size(app.size.0, app.size.1) == Size::Full { 1 } else { 2 }
}
