//! Every screen's only door: requests go in, events come out, both plain values that a socket carries as well as a
//! channel.
//!
//! One process keeps the history: its engine speaks to a switchboard, and that to its own screen and, over a local
//! socket, to the screens of other processes. A screen does not know which of the two it is, but for
//! [`Event::Role`].

mod attach;
mod commands;
pub mod crash;
mod door;
mod frame;
mod health;
mod listener;
pub mod log;
mod outbox;
mod outline;
mod place;
mod press;
mod protocol;
mod recent;
mod sealed;
pub mod signals;
mod snapshot;
mod switchboard;
mod textfile;
mod view;

pub use crate::engine::{
    ExportOf, LearnerView, ModelsView, Setup, Standing, TrainingView, clock, kept, yield_to_who_judges,
};
pub use attach::{is_kept, look};
pub use door::{Asker, Part, Session};
pub use health::{FolderHealth, Health};
pub use protocol::{ArrivedRun, Event, HistoryPage, Request, Role};
#[cfg(test)]
pub(crate) use sealed::tests::{Line, over_a_socket, samples_as_they_arrive};
pub use sealed::{Announcement, Kind, Sealed};
pub use snapshot::{FolderState, FolderView, HistoryState, Snapshot};
