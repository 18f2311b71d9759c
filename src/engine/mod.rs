//! The threads, and the one place that knows everybody.
//!
//! ```text
//! intake ─▶ two lanes (bounded) ─▶ worker-0..n: read once, process ─▶ done (bounded) ─▶ history: commit, tell
//! ```
//!
//! The history thread is the only writer and the only one that speaks to whoever started the engine.

mod cards;
mod catalogue;
pub mod clock;
mod drift;
mod export;
mod exporting;
mod failed;
mod failure;
mod files;
mod holder;
mod hub;
mod ingest;
mod keeper;
mod live;
mod models;
mod opener;
mod output;
mod patience;
mod priority;
mod process;
mod progress;
pub mod quiet;
mod regrading;
mod retry;
mod setup;
mod standing;
mod teaching;
mod testing;
mod training;
mod unchanged;
mod upkeep;
mod worker;

pub use catalogue::moment;
pub use drift::{Desk, DetectorTold, drift_report};
pub use export::{ExtractError, Extracted, Table, extract, kept};
pub use failure::Failure;
pub use files::{Collected, Site, collect, process_path};
pub use holder::holder;
pub use ingest::{Ingested, ingest};
pub use live::{Claimed, Engine};
pub use models::{Models, load as load_models};
pub use output::{
    Asked, Command, Deployment, ExportOf, Numbered, Output, Question, ScreenId, TestWord, Told, Word, Written,
};
pub use priority::yield_to_who_judges;
pub use process::{ContentHash, Outcome, Processed, hex, judge_run, process, process_with};
pub use regrading::{Regraded, grade_anew, would_grade};
pub use setup::Setup;
pub use standing::{LearnerView, ModelsView, Standing, TrainingView, speaks_from_now_on};
pub use training::{Ear, Plan, Said, Survey, Wanted, run as look_and_train};
pub use upkeep::back_up;
