//! Everything the screen knows, as plain data.

use std::collections::VecDeque;

use super::action::{Action, Screen};
use super::backlog::Backlog;
use super::clock::Clock;
use super::curves::CurveCache;
use super::drift::Drift;
use super::history::History;
use super::left_off::Keeping;
use super::lines::Lines;
use super::list::Position;
use super::look::Look;
use super::models::Models;
use super::prompt::{Intent, Prompt};
use super::remembered::Remembered;
use super::rows::{Row, RowId, Rows};
use super::search::{Search, log_words};
use super::unit::Unit;
use crate::analysis::JudgedTrack;
use crate::history::{LogEntry, Moment};
use crate::session::{ArrivedRun, Event, FolderState, HistoryState, Role, Snapshot};
use crate::trim::{LocalDate, LocalTime};

/// Silence after which the screen calls itself stale, milliseconds.
pub const STALE_MS: i64 = 5_000;
/// How long a toast stands, milliseconds.
pub const TOAST_MS: i64 = 8_000;

/// What lies over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The key map, searched by typing.
    Help {
        /// What was typed.
        query: String,
        /// First line shown.
        scroll: usize,
    },
    /// Everything that can be done here, searched by typing.
    Palette {
        /// What was typed.
        query: String,
        /// The selected line.
        at: usize,
    },
    /// Files are queued: quit all the same?
    ConfirmQuit,
    /// Something about the models is to be done: really?
    Confirm {
        /// What.
        intent: Intent,
        /// The question.
        question: String,
    },
    /// A search is being typed; where the list stood before.
    Search {
        /// What was typed.
        text: String,
        /// The selected row when it began.
        from: usize,
    },
    /// Something is asked for in the last lines.
    Prompt(Prompt),
    /// As what is the view to be written?
    Format,
    /// The saved filters.
    Saved {
        /// The selected one.
        at: usize,
    },
}

/// A sentence that goes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says.
    pub text: String,
    /// When it goes at the latest, milliseconds since 1970 UTC; any key sends it away.
    pub until_ms: i64,
}

/// What arrived while the view stands still.
#[derive(Debug, Clone, Default)]
pub struct Frozen {
    /// To be caught up, in order, curves left out.
    pub held: VecDeque<Event>,
    /// How many files ended meanwhile.
    pub arrived: usize,
}

/// The whole screen.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about the screen, not one state in disguise")]
pub struct App {
    /// Glyphs, colours, bell.
    pub look: Look,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The time.
    pub clock: Clock,
    /// When the session was last heard.
    pub heard_ms: i64,
    /// Whether the session has shown what was there before.
    pub opened: bool,
    /// What this screen is to the history.
    pub role: Role,
    /// Whether the process that keeps the history has gone and none has taken its place yet.
    pub lost: bool,
    /// Which screen is on.
    pub screen: Screen,
    /// The header's figures.
    pub header: Option<Snapshot>,
    /// Live: rows, and which one is selected.
    pub rows: Rows,
    /// Where the Live list stands.
    pub live_at: Position,
    /// Whether the newest run is selected as it comes.
    pub follow: bool,
    /// Live: the track that is shown or focused, once somebody chose one.
    pub live_track: Option<usize>,
    /// Log, newest first.
    pub log: Lines,
    /// Where the Log list stands.
    pub log_at: Position,
    /// All runs.
    pub history: History,
    /// How every product model runs.
    pub drift: Drift,
    /// What is learned.
    pub models: Models,
    /// Saved filters and initials.
    pub remembered: Remembered,
    /// Where somebody left off, as it was kept last.
    pub keeping: Keeping,
    /// The run in depth.
    pub unit: Option<Unit>,
    /// The screen it was opened from, which is one step back.
    pub unit_from: Screen,
    /// Curves that were looked at.
    pub curves: CurveCache,
    /// What waits while the view stands still.
    pub frozen: Option<Frozen>,
    /// What has come and is not opened yet.
    pub backlog: Backlog,
    /// Whether somebody wants to see the next failure, and those there are have not come yet.
    pub seeks: bool,
    /// Rows that the owner knows of that this screen shows: what lies below them it may send later.
    pub shown: Option<u32>,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// What was searched for last.
    pub search: Option<Search>,
    /// A sentence that goes by itself.
    pub toast: Option<Toast>,
    /// Whether the focused pane fills the screen.
    pub zoom: bool,
    /// Which pane has the focus: 0 = the list.
    pub focus: usize,
    /// The export that was asked for and has not come.
    pub exporting: Option<u64>,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// When the bell last rang.
    pub bell_ms: i64,
    /// Whether an alarm came too soon after another bell and still is to ring.
    pub bell_owed: bool,
    /// Whether anything changed since the last drawing.
    pub dirty: bool,
    /// Whether what changed answers a key: it is drawn as soon as the key itself was.
    pub answered: bool,
}

impl App {
    /// An empty screen.
    pub fn new(look: Look, size: (u16, u16), clock: Clock) -> Self {
        let mouse = look.mouse;
        Self {
            look,
            size,
            clock,
            heard_ms: clock.now_ms,
            opened: false,
            role: Role::Owner,
            lost: false,
            screen: Screen::Live,
            header: None,
            rows: Rows::default(),
            live_at: Position::default(),
            follow: true,
            live_track: None,
            log: Lines::default(),
            log_at: Position::default(),
            history: History::default(),
            drift: Drift::default(),
            models: Models::default(),
            remembered: Remembered::default(),
            keeping: Keeping::default(),
            unit: None,
            unit_from: Screen::Live,
            curves: CurveCache::default(),
            frozen: None,
            backlog: Backlog::default(),
            seeks: false,
            shown: None,
            overlay: None,
            search: None,
            toast: None,
            zoom: false,
            focus: 0,
            exporting: None,
            mouse,
            bell_ms: i64::MIN / 2,
            bell_owed: false,
            dirty: true,
            answered: false,
        }
    }

    /// Says something that goes by itself.
    pub fn say(&mut self, text: &str) {
        self.toast = Some(Toast { text: text.to_owned(), until_ms: self.clock.now_ms + TOAST_MS });
    }

    /// How an action is called for on this screen: its first key, else the way through the palette.
    pub fn key(&self, action: Action) -> String {
        let name = self.look.keys.name(self.screen, action);
        self.look.symbols.key(&name).to_owned()
    }

    /// The selected row of Live.
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.live_at.selected)
    }

    /// The selected row's name.
    pub fn selected_id(&self) -> Option<RowId> {
        self.selected().map(Row::id)
    }

    /// The run that the current screen is about.
    pub fn run(&self) -> Option<&ArrivedRun> {
        match self.screen {
            Screen::Live => self.selected()?.run(),
            Screen::Unit => self.unit.as_ref()?.run(),
            Screen::History => self.history.run(),
            Screen::Drift | Screen::Models | Screen::Log => None,
        }
    }

    /// Live: the track shown where there is room for one; the deciding one until somebody chose.
    pub fn shown_track(&self) -> usize {
        let Some(run) = self.selected().and_then(Row::run) else { return 0 };
        let tracks = &run.record.run.tracks;
        let deciding = tracks.iter().position(|track| track.status == run.record.run.status);
        self.live_track.filter(|&track| track < tracks.len()).or(deciding).unwrap_or(0)
    }

    /// The track the Unit screen shows.
    pub fn unit_track(&self) -> Option<(&ArrivedRun, &JudgedTrack)> {
        let unit = self.unit.as_ref()?;
        let run = unit.run()?;
        Some((run, run.record.run.tracks.get(unit.track)?))
    }

    /// The log as it is shown.
    pub fn log_rows(&self) -> impl Iterator<Item = &LogEntry> {
        self.log.shown()
    }

    /// What a filter means by now, today and this shift.
    pub fn moment(&self) -> Moment {
        let seconds = self.clock.now_ms.div_euclid(1_000) + i64::from(self.clock.offset_seconds);
        let never = LocalTime { date: LocalDate { year: 1970, month: 1, day: 1 }, seconds: 0 };
        let now = LocalTime::from_timestamp(seconds).unwrap_or(never);
        let shift = self.header.as_ref().and_then(|header| header.shift_span);
        Moment { now, shift: shift.filter(|(from, to)| *from <= now && now < *to) }
    }

    /// The selected line of the log.
    pub fn log_entry(&self) -> Option<&LogEntry> {
        self.log_rows().nth(self.log_at.selected)
    }

    /// Rows of the list on screen that the search finds.
    pub fn matches(&self) -> Vec<usize> {
        let Some(search) = &self.search else { return Vec::new() };
        match self.screen {
            Screen::Live => search.matches(self.rows.iter().map(Row::haystack)),
            Screen::Log => search.matches(self.log_rows().map(log_words)),
            // The history is searched where it lies.
            Screen::History | Screen::Unit | Screen::Drift | Screen::Models => Vec::new(),
        }
    }

    /// Since when nothing was heard, when that is too long.
    pub fn stale_since(&self) -> Option<i64> {
        let silent = self.opened && self.clock.now_ms - self.heard_ms >= STALE_MS;
        (silent || self.lost).then_some(self.heard_ms)
    }

    /// The folder that is gone longest, with since when and why.
    pub fn offline(&self) -> Option<(&str, i64, &str)> {
        let folders = self.header.iter().flat_map(|header| &header.folders);
        let offline = folders.filter_map(|folder| match &folder.state {
            FolderState::Offline { since_ms, cause } => Some((folder.path.as_str(), *since_ms, cause.as_str())),
            _ => None,
        });
        offline.min_by_key(|(_, since, _)| *since)
    }

    /// Why runs are not kept, when trouble is the reason and not a choice.
    pub fn not_kept(&self) -> Option<&str> {
        match &self.header.as_ref()?.history {
            HistoryState::NotKept { reason } if !reason.starts_with("by choice") => Some(reason),
            _ => None,
        }
    }

    /// Whether something is wrong with where runs come from or go to.
    pub fn troubled(&self) -> bool {
        self.offline().is_some() || self.not_kept().is_some() || self.stale_since().is_some()
    }

    /// How many failures nobody has looked at.
    pub fn unseen(&self) -> usize {
        self.rows.unseen() + self.backlog.failures()
    }

    /// When what waits is to be opened, milliseconds since 1970 UTC; nothing while there is none, or the view stands still.
    pub fn open_ms(&self) -> Option<i64> {
        self.backlog.due_ms().filter(|_| self.frozen.is_none())
    }

    /// How many alarms nobody has seen to.
    pub fn open_alarms(&self) -> usize {
        self.header.as_ref().map_or(0, |header| header.open_alarms)
    }

    /// The alarm under the header, its number and its sentence: the oldest that nobody has seen to, where nothing is
    /// in trouble.
    pub fn pinned(&self) -> Option<&(u64, String)> {
        self.header.as_ref()?.oldest_alarm.as_ref().filter(|_| !self.troubled())
    }

    /// Files found and not yet judged.
    pub fn queue(&self) -> u64 {
        self.header.as_ref().map_or(0, |header| header.queue)
    }
}
