//! What the system says of this process; nothing where it does not say it as Linux does.

use std::fs;
use std::process::{Command, Stdio};

/// Most memory ever resident, MB.
pub(super) fn peak_mb() -> Option<f64> {
    status_kb("self", "VmHWM:").map(|kb| kb / 1024.0)
}

/// Memory resident now, MB.
pub(super) fn resident_mb() -> Option<f64> {
    status_kb("self", "VmRSS:").map(|kb| kb / 1024.0)
}

/// Memory of another process resident now, MB.
pub(super) fn resident_mb_of(process: u32) -> Option<f64> {
    status_kb(&process.to_string(), "VmRSS:").map(|kb| kb / 1024.0)
}

/// Sends a signal by its name, such as `KILL`, and says whether there was such a process; standard Rust has none but
/// the one that kills.
pub(super) fn signal(process: &str, name: &str) -> bool {
    let mut command = Command::new("kill");
    command.arg(format!("-{name}")).arg(process).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Descriptors another process has open.
pub(super) fn descriptors_of(process: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}

fn status_kb(process: &str, field: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(field))?.split_whitespace().next()?.parse().ok()
}

/// How often threads went to sleep, one wake-up each: this program's own, and those of the storage engine's
/// pool.
pub(super) fn wake_ups() -> Option<(u64, u64)> {
    let (mut own, mut engine) = (0, 0);
    for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
        let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let count = field("voluntary_ctxt_switches:").and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        let of_engine = field("Name:").is_some_and(|name| name.starts_with("sled"));
        *(if of_engine { &mut engine } else { &mut own }) += count;
    }
    Some((own, engine))
}

/// Processor time used, seconds, at a hundredth's resolution.
pub(super) fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let after = stat.rsplit(')').next()?;
    let ticks: Vec<f64> = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    Some(ticks.iter().sum::<f64>() / 100.0)
}

/// Processor time that another process has used, milliseconds: that of its threads that have not ended.
pub(super) fn busy_ms_of(process: u32) -> Option<f64> {
    let mut nanoseconds = 0.0;
    for task in fs::read_dir(format!("/proc/{process}/task")).ok()?.flatten() {
        let used = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        nanoseconds += used.split_whitespace().next().and_then(|used| used.parse::<f64>().ok()).unwrap_or(0.0);
    }
    Some(nanoseconds / 1e6)
}

/// A figure, or that it cannot be had here.
pub(super) fn said(figure: Option<f64>, unit: &str) -> String {
    figure.map_or_else(|| "not known on this system".to_owned(), |figure| format!("{figure:.1} {unit}"))
}
