//! What a key can do, and the one table that dispatch, footer and help are made from.

use serde::{Deserialize, Serialize};

/// A screen, by its number key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Screen {
    /// Newest runs and the selected one.
    #[default]
    Live,
    /// One run in depth.
    Unit,
    /// How every product model runs.
    Drift,
    /// What is learned.
    Models,
    /// All runs.
    History,
    /// How every file ended.
    Log,
}

impl Screen {
    /// All screens in the order of their keys.
    pub const ALL: [Self; 6] = [Self::Live, Self::Unit, Self::Drift, Self::Models, Self::History, Self::Log];

    /// The word in the footer and in the breadcrumb.
    pub fn title(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Unit => "Unit",
            Self::Drift => "Drift",
            Self::Models => "Models",
            Self::History => "History",
            Self::Log => "Log",
        }
    }
}

/// Everything a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table below says in words what each does")]
pub enum Action {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Open,
    Back,
    FocusNext,
    FocusPrevious,
    Zoom,
    Search,
    NextMatch,
    PreviousMatch,
    Freeze,
    NextUnseen,
    Earlier,
    Later,
    NextTrack,
    PreviousTrack,
    CursorLeft,
    CursorRight,
    Retry,
    RetryAll,
    FailuresOnly,
    Rescan,
    Filter,
    SortNext,
    SortReverse,
    RangeShorter,
    RangeLonger,
    ViewNext,
    ViewPrevious,
    SaveFilter,
    SavedFilters,
    Exclude,
    Tested,
    LetSpeak,
    LetFormula,
    Train,
    TrainAll,
    CancelTraining,
    Acknowledge,
    NewBaseline,
    NextMetric,
    PreviousMetric,
    ZoomIn,
    ZoomOut,
    ZoomWhole,
    PanEarlier,
    PanLater,
    Go(Screen),
    Palette,
    ThemeNext,
    MarkerNext,
    CopyCell,
    CopyRow,
    Export,
    Mouse,
    Help,
    Redraw,
    Suspend,
    Quit,
}

impl Action {
    /// Its name in the configuration and in the palette: `page-up`, `go-live`. It is made from the variant's own name, so
    /// that none can be forgotten or spelled in two ways.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars().filter(char::is_ascii_alphabetic) {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }
}

/// Where a binding holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// On every screen.
    Everywhere,
    /// On these.
    On(&'static [Screen]),
}

impl Where {
    /// Whether it holds on a screen.
    pub fn holds(self, screen: Screen) -> bool {
        match self {
            Self::Everywhere => true,
            Self::On(screens) => screens.contains(&screen),
        }
    }
}

/// One line of the key map.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// The keys, as they are written on screen; the first one stands in the footer.
    pub keys: &'static [&'static str],
    /// One word or two for the footer; empty = not in the footer.
    pub label: &'static str,
    /// One line for the help.
    pub help: &'static str,
    /// Where it holds.
    pub place: Where,
}

const LIVE: Where = Where::On(&[Screen::Live]);
const UNIT: Where = Where::On(&[Screen::Unit]);
const DRIFT: Where = Where::On(&[Screen::Drift]);
const MODELS: Where = Where::On(&[Screen::Models]);
const LOG: Where = Where::On(&[Screen::Log]);
const HISTORY: Where = Where::On(&[Screen::History]);
const LISTS: Where = Where::On(&[Screen::Live, Screen::History, Screen::Log]);
const RUN_LISTS: Where = Where::On(&[Screen::Live, Screen::History]);
const RUNS: Where = Where::On(&[Screen::Unit, Screen::History]);
const PANES: Where = Where::On(&[Screen::Live, Screen::Unit, Screen::Models, Screen::Log]);
const CURSORS: Where = Where::On(&[Screen::Unit, Screen::Drift]);
const TRACKS: Where = Where::On(&[Screen::Live, Screen::Unit]);

const fn bind(
    action: Action,
    keys: &'static [&'static str],
    label: &'static str,
    help: &'static str,
    place: Where,
) -> Binding {
    Binding { action, keys, label, help, place }
}

/// The key map, most wanted first: the footer drops from its end.
pub const BINDINGS: &[Binding] = &[
    bind(Action::Up, &["↑", "k"], "", "row up", Where::Everywhere),
    bind(Action::Down, &["↓", "j"], "move", "row down", Where::Everywhere),
    bind(Action::Open, &["Enter"], "open", "open the selected run", LISTS),
    bind(Action::Back, &["Esc"], "back", "one step back; in Live: to the newest run", Where::Everywhere),
    bind(
        Action::LetSpeak,
        &["Enter"],
        "let speak",
        "to the versions; there: let the selected one speak, after asking",
        MODELS,
    ),
    bind(Action::Open, &["Enter"], "open", "to the chart; there: open the unit under the cursor", DRIFT),
    bind(Action::FocusNext, &["Tab"], "pane", "list, lots, a figure's units, evidence, alarms", DRIFT),
    bind(Action::FocusPrevious, &["Shift-Tab"], "", "the same, backwards", DRIFT),
    bind(Action::NextMetric, &["v"], "figure", "next figure, charted unit by unit", DRIFT),
    bind(Action::PreviousMetric, &["V"], "", "figure before", DRIFT),
    bind(Action::Train, &["t"], "train", "train the selected learner now", MODELS),
    bind(Action::TrainAll, &["T"], "train all", "train every learner now", MODELS),
    bind(Action::CancelTraining, &["c"], "cancel", "give up the training that runs, after asking", MODELS),
    bind(Action::LetFormula, &["f"], "formula", "let the formula speak instead of a version, after asking", MODELS),
    bind(Action::NextUnseen, &["!"], "unseen", "next failure nobody has looked at", Where::Everywhere),
    bind(Action::Search, &["/"], "find", "find in the list; a capital makes case count", LISTS),
    bind(Action::NextMatch, &["n"], "", "next match", LISTS),
    bind(Action::PreviousMatch, &["N"], "", "match before", LISTS),
    bind(Action::Filter, &["f"], "filter", "show only the runs that fit a filter: model: sn: status: since: …", LISTS),
    bind(Action::SortNext, &["s"], "sort", "sort by the next column", RUN_LISTS),
    bind(Action::SortReverse, &["S"], "", "turn the order round", RUN_LISTS),
    bind(Action::ViewNext, &["Tab"], "yields", "runs, yield by day, yield by model", HISTORY),
    bind(Action::ViewPrevious, &["Shift-Tab"], "", "the same, backwards", HISTORY),
    bind(Action::RangeShorter, &["[", "{"], "range", "a shorter time: all, 90 d, 30 d, 7 d, 24 h, this shift", HISTORY),
    bind(Action::RangeLonger, &["]", "}"], "", "a longer time", HISTORY),
    bind(Action::RangeShorter, &["{"], "range", "a shorter time: all, 1 y, 90 d, 30 d, 7 d, 24 h, one shift", DRIFT),
    bind(Action::RangeLonger, &["}"], "", "a longer time", DRIFT),
    bind(Action::Earlier, &["<", ","], "earlier", "earlier run of this serial", UNIT),
    bind(Action::Later, &[">", "."], "later", "later run of this serial", UNIT),
    bind(Action::CursorRight, &["→", "l"], "cursor", "cursor to the next point of the curve or chart", CURSORS),
    bind(Action::CursorLeft, &["←", "h"], "", "cursor to the point before", CURSORS),
    bind(Action::ZoomIn, &["+"], "", "half of the chart, around the cursor", CURSORS),
    bind(Action::ZoomOut, &["-"], "", "double of it", CURSORS),
    bind(Action::ZoomWhole, &["="], "", "the whole of it", CURSORS),
    bind(Action::PanEarlier, &["["], "", "a quarter of what is shown back", CURSORS),
    bind(Action::PanLater, &["]"], "", "a quarter of it on", CURSORS),
    bind(Action::NewBaseline, &["b"], "baseline", "ask for a new baseline from a day on, with a reason", DRIFT),
    bind(Action::NextTrack, &["e"], "track", "next track", TRACKS),
    bind(Action::PreviousTrack, &["E"], "", "track before", TRACKS),
    bind(Action::Retry, &["r"], "retry", "read the selected failed file again", LOG),
    bind(Action::RetryAll, &["R"], "retry all", "read every failed file again", LOG),
    bind(Action::FailuresOnly, &["t"], "errors only", "show only files that could not be read", LOG),
    bind(Action::Exclude, &["X"], "exclude", "take the run out of yield, charts and training, or let it count", RUNS),
    bind(Action::Tested, &["o"], "test", "say what the final test made of the part, or take it back", UNIT),
    bind(Action::SaveFilter, &["w"], "save", "keep the filter under a name", HISTORY),
    bind(Action::SavedFilters, &["W"], "saved", "the filters that are kept", HISTORY),
    bind(Action::Freeze, &["space"], "freeze", "the view stands still, the intake goes on", Where::Everywhere),
    bind(Action::Zoom, &["z"], "zoom", "the focused pane fills the screen", Where::Everywhere),
    bind(Action::FocusNext, &["Tab"], "pane", "next pane", PANES),
    bind(Action::FocusPrevious, &["Shift-Tab"], "", "pane before", PANES),
    bind(Action::Export, &["x"], "export", "write what is shown to a CSV, JSON or Excel file", Where::Everywhere),
    bind(Action::Rescan, &["u"], "", "look through the folders now", LIVE),
    bind(
        Action::Acknowledge,
        &["a"],
        "",
        "say what the oldest alarm came from; on Drift the selected one's",
        Where::Everywhere,
    ),
    bind(Action::PageUp, &["PgUp"], "", "page up", Where::Everywhere),
    bind(Action::PageDown, &["PgDn"], "", "page down", Where::Everywhere),
    bind(Action::First, &["g", "Home"], "", "first row", Where::Everywhere),
    bind(Action::Last, &["G", "End"], "", "last row", Where::Everywhere),
    bind(Action::Go(Screen::Live), &["1"], "Live", "the newest runs", Where::Everywhere),
    bind(Action::Go(Screen::Unit), &["2"], "Unit", "the selected run in depth", Where::Everywhere),
    bind(
        Action::Go(Screen::Drift),
        &["3"],
        "Drift",
        "how every product model runs: charts and alarms",
        Where::Everywhere,
    ),
    bind(Action::Go(Screen::Models), &["4"], "Models", "what is learned, and which version speaks", Where::Everywhere),
    bind(Action::Go(Screen::History), &["5"], "History", "all runs: search, filter, yields", Where::Everywhere),
    bind(Action::Go(Screen::Log), &["6"], "Log", "errors, skips and why", Where::Everywhere),
    bind(Action::MarkerNext, &["p"], "", "charts in braille, halves, dots or plain characters", Where::Everywhere),
    bind(
        Action::ThemeNext,
        &[],
        "",
        "other colours: default, high-contrast, colour-blind, light, mono",
        Where::Everywhere,
    ),
    bind(Action::Palette, &[":"], "", "everything that can be done here, found by typing", Where::Everywhere),
    bind(
        Action::CopyCell,
        &["y"],
        "",
        "copy what says most of the row: the unit, the path, the point",
        Where::Everywhere,
    ),
    bind(Action::CopyRow, &["Y"], "", "copy the row, its cells apart by tabs", Where::Everywhere),
    bind(Action::Mouse, &["m"], "", "listen to the mouse, or no more", Where::Everywhere),
    bind(Action::Redraw, &["Ctrl-L"], "", "draw the screen anew", Where::Everywhere),
    bind(Action::Suspend, &["Ctrl-Z"], "", "back to the shell until `fg`; the intake stops too", Where::Everywhere),
    bind(Action::Help, &["?"], "help", "this help; typing searches it", Where::Everywhere),
    bind(Action::Quit, &["q", "Ctrl-C"], "quit", "quit; while files are queued, once they are read", Where::Everywhere),
];
