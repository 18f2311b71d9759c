//! The screen: plain data ([`App`]), a pure [`update`] and a pure [`view`](view::draw), and one loop around them.
//!
//! Everything that happens (a key, an event of the session, the clock) arrives as one [`Msg`] on one channel. What
//! `update` wants done comes back as [`Effect`]s, which the loop runs; nothing else touches the world.

mod action;
mod app;
mod clipboard;
mod clock;
mod curves;
mod drift;
mod history;
mod input;
mod keymap;
mod layout;
mod left_off;
mod line;
mod lines;
mod list;
mod look;
mod models;
mod msg;
mod narrowed;
mod prompt;
mod remembered;
mod rows;
mod run;
mod search;
mod sheet;
mod stage;
mod stretch;
mod symbols;
mod terminal;
mod theme;
mod unit;
mod update;
pub mod view;
mod window;
mod wire;

pub use action::{Action, Screen};
pub use app::{App, Overlay};
pub use clock::Clock;
pub use drift::{Drift, DriftPane};
pub use history::{History, Shows};
pub use keymap::{Key, action_of, bindings};
pub use left_off::LeftOff;
pub use line::Line;
pub use look::{Look, Resume};
pub use models::{Models, Pane};
pub use msg::{Effect, Msg};
pub use prompt::{Beginning, Field, Intent, Prompt, SeenTo, Test, Word};
pub use remembered::{Remembered, Saved};
pub use run::{Ended, now, run, serve};
pub use stage::{Pace, Stage};
pub use symbols::Symbols;
pub use terminal::{Taken, take};
pub use theme::{Role, Theme};
pub use update::update;
pub use window::{Shown, Window};
