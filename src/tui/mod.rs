//! The screen: plain data ([`App`]), a pure [`update`] and a pure [`view`](view::draw), and one loop around them.
//!
//! Everything that happens (a key, an event of the session, the clock) arrives as one [`Msg`] on one channel. What
//! `update` wants done comes back as [`Effect`]s, which the loop runs; nothing else touches the world.

mod action;
mod app;
mod clipboard;
mod clock;
mod crumbs;
mod curves;
mod drift;
mod history;
mod input;
mod key;
mod keymap;
mod layout;
mod left_off;
mod line;
mod lines;
mod list;
mod look;
mod lookup;
mod models;
mod msg;
mod narrowed;
mod near;
mod prompt;
mod rebinding;
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
pub use crumbs::crumbs;
pub use drift::{Drift, DriftPane};
pub use history::{History, Shows};
pub use key::Key;
pub use keymap::{Bound, KeyMap};
pub use left_off::LeftOff;
pub use line::Line;
pub use look::{Look, Resume};
pub use models::{Models, Pane};
pub use msg::{Effect, Msg};
pub use prompt::{Beginning, Field, Intent, Prompt, SeenTo, Test, Word};
pub use rebinding::problems as key_problems;
pub use remembered::{Remembered, Saved};
pub use run::{Ended, now, run, serve};
pub use stage::{Pace, Stage};
pub use symbols::Symbols;
pub use terminal::{Taken, take};
pub use theme::{Depth, Role, Theme};
pub use update::update;
pub use window::{Shown, Window};
