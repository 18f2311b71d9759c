//! `status`: how the running trimwatch stands, for scripts and a site's monitoring.

use color_eyre::eyre::{Result, WrapErr};

use super::{Exit, StatusArgs, StatusFormat};
use crate::config::Loaded;
use crate::export::{json_text, printable};
use crate::session::{Health, clock, look};

/// Asks whoever keeps the history.
pub(super) fn run(args: &StatusArgs, loaded: &Loaded) -> Result<Exit> {
    let dir = args.store.dir(loaded);
    let asked = look(&dir).wrap_err_with(|| format!("the trimwatch that keeps {}", dir.display()))?;
    let health = asked.map_or_else(Health::of_nobody, |(owner, header)| Health::of(&owner, &header));
    match args.format {
        StatusFormat::Text => println!("{}", line(&health, clock::now_ms())),
        StatusFormat::Json => println!("{}", json_text(&health)?),
        StatusFormat::Prometheus => print!("{}", health.prometheus()),
    }
    Ok(match (health.running, health.is_fine()) {
        (false, _) => Exit::StoreHeld,
        (true, true) => Exit::Fine,
        (true, false) => Exit::SomeFilesFailed,
    })
}

fn line(health: &Health, now_ms: i64) -> String {
    if !health.running {
        return "NOT RUNNING  nobody watches".to_owned();
    }
    let state = match (health.troubles.is_empty(), health.history) {
        (false, _) => health.troubles.join("; "),
        (true, "opening") => "OPENING".to_owned(),
        (true, _) => "LIVE".to_owned(),
    };
    let graded = health.good_today + health.failed_today;
    let today = match graded {
        0 => format!("{} runs", health.runs_today),
        n => format!("{} runs, yield {:.0} % (n {n})", health.runs_today, 100.0 * health.good_today as f64 / n as f64),
    };
    let newest = health.newest_file.map(|at| format!("{} min ago", (now_ms / 1_000 - at).max(0) / 60));
    let newest = newest.unwrap_or_else(|| "none".to_owned());
    let (queue, unreadable, alarms, owner) = (health.queue, health.unreadable, health.alarms, &health.owner);
    let words = format!(
        "{state}  queue {queue}  today {today}  newest {newest}  unreadable {unreadable}  alarms {alarms}  {owner}"
    );
    printable(&words).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_wrong_first() {
        let mut health =
            Health { running: true, history: "kept", queue: 2, newest_file: Some(0), alarms: 1, ..Health::of_nobody() };
        (health.owner, health.troubles) = ("process 1".to_owned(), Vec::new());
        let said = line(&health, 180_000);
        assert_eq!(said, "LIVE  queue 2  today 0 runs  newest 3 min ago  unreadable 0  alarms 1  process 1");
        health.troubles = vec!["OFFLINE /drop: no such\u{1b} folder".to_owned()];
        let said = line(&health, 180_000);
        assert!(said.starts_with("OFFLINE /drop: no such") && !said.contains('\u{1b}'), "{said}");
    }
}
