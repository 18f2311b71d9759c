//! What `bench` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum BenchCommand {
    /// Reading and judging against reading and opening the same files with calamine alone.
    Read {
        /// Workbooks, or folders that are searched for them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// How often everything is read.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
    /// What a part is told from as it arrived, one CSV line a judged track, for comparing with other tools.
    #[command(hide = true)]
    Features {
        /// Workbooks, or folders that are searched for them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Run lengths of the control charts, simulated, against the stated ones; exit code 1 when one is off by over 3 %.
    Arl {
        /// How many streams each figure is the mean of.
        #[arg(long, default_value_t = 20_000, value_name = "N")]
        streams: u64,
        /// What all chance depends on.
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
    },
    /// Solves the table of limits and expected false alarms and prints it as source, for `src/spc/limit_table/values.rs`; takes
    /// minutes on all cores. Or holds the shipped one against what is solved; exit code 1 when it is off.
    Limits {
        /// Print no table: ask this many questions of the shipped one and of the solver.
        #[arg(long, value_name = "N")]
        check: Option<u64>,
        /// What the questions depend on.
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
    },
    /// False alarms of made shops against those stated, and planted changes found once; exit code 1 when either is off.
    Alarms {
        /// How many shops live.
        #[arg(long, default_value_t = 200, value_name = "N")]
        seeds: u64,
        /// The first shop's seed.
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
        /// Also list every false alarm, and what was not found as it should.
        #[arg(long)]
        list: bool,
    },
    /// File closed → row on the screen, with the record on disk.
    Arrive {
        /// How many files arrive, one after the other.
        #[arg(long, default_value_t = 200)]
        files: usize,
    },
    /// Drawing every screen at 120×40, 80×24 and 60×16.
    Draw,
    /// Many files at once: all kept once, and keys answered meanwhile.
    Burst {
        /// How many files.
        #[arg(long, default_value_t = 2_000)]
        files: usize,
    },
    /// Bytes written, wake-ups and processor time while nothing happens.
    Idle {
        /// How long nothing happens.
        #[arg(long, default_value_t = 130)]
        seconds: u64,
    },
    /// Everything that goes wrong with files and folders, against the program itself: nothing lost, doubled or fake.
    #[cfg(unix)]
    Faults {
        /// Only cases whose name holds this.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// As many different workbooks as the largest case speaks of; takes minutes.
        #[arg(long)]
        full: bool,
    },
    /// Files that arrive as fast as they are taken, for long: memory, descriptors and pace stay what they were.
    #[cfg(unix)]
    Soak {
        /// How many files.
        #[arg(long, default_value_t = 200_000, value_name = "N")]
        files: usize,
    },
    /// Drift over a large history: the list, charts, an arriving run, everything made anew.
    Drift {
        /// Runs in the history.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
    },
    /// Building the overview of a large history and asking it: first pages, memory.
    History {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// A folder with a history that was made before.
        #[arg(long, hide = true)]
        at: Option<PathBuf>,
    },
    /// A large history as CSV, JSON lines and workbooks: rows a second, memory; exit code 1 when a bar is missed.
    Export {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// A folder with a history that was made before.
        #[arg(long, hide = true)]
        at: Option<PathBuf>,
    },
    /// What the learners find in made histories whose truth is known: thresholds, failures, drifts.
    Learners {
        /// How many histories of each kind are made.
        #[arg(long, default_value_t = 20, value_name = "N")]
        seeds: u64,
        /// Only the part of this name: thresholds, failures, large, drifts.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
    },
    /// Forests and isolation forests against scikit-learn's, where a Python has it; else alone.
    Forest {
        /// The Python that is asked.
        #[arg(long, default_value = "python3", value_name = "PATH")]
        python: PathBuf,
        /// How often each forest is grown.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// First frame and last runs with a large history.
    Start {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// Repeat the runs of these workbooks instead of made ones.
        #[arg(long, value_name = "PATH")]
        like: Option<PathBuf>,
    },
    /// Training on a large history: what it costs arriving files, and how soon it can be given up.
    Train {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// How many files arrive without and with it.
        #[arg(long, default_value_t = 200)]
        files: usize,
    },
    /// Many screens of one history: what they cost its owner, how soon they see, who goes on when the owner is killed.
    #[cfg(unix)]
    Viewers(ViewersArgs),
    /// Kills and power losses: everything that was shown is there afterwards, once.
    Crash(CrashArgs),
}

/// What `bench crash` takes.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct CrashArgs {
    /// How many times a watch is killed.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(in crate::cli) kills: usize,
    /// How many power losses are simulated, under each order of names; needs strace.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(in crate::cli) power: usize,
    /// How many workbooks a store gets.
    #[arg(long, default_value_t = 300, value_name = "N")]
    pub(in crate::cli) files: usize,
    /// What all chance depends on.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(in crate::cli) seed: u64,
    /// Tell what a store shows, for the campaign's own use.
    #[arg(long, hide = true, value_name = "DIR")]
    pub(in crate::cli) look: Option<PathBuf>,
}

/// What `bench viewers` takes.
#[cfg(unix)]
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ViewersArgs {
    /// How many look on; 0 = only the kills.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(in crate::cli) viewers: usize,
    /// How many files come at once.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    pub(in crate::cli) files: usize,
    /// How often five bursts without and with viewers in turn: of a few chance says more than the program does.
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(in crate::cli) rounds: usize,
    /// How often the owner is killed.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(in crate::cli) kills: usize,
    /// Be one screen of this history, for the bench's own use.
    #[arg(long, hide = true, value_name = "DIR")]
    pub(in crate::cli) screen: Option<PathBuf>,
    /// The drop folder of that screen.
    #[arg(long, hide = true, value_name = "DIR")]
    pub(in crate::cli) folder: Option<PathBuf>,
    /// Whether that screen tells of every file.
    #[arg(long, hide = true)]
    pub(in crate::cli) tell_files: bool,
}
