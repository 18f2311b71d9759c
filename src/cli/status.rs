//! `status`: how the running trimwatch stands, in one line for scripts.

use color_eyre::eyre::{Result, WrapErr};

use super::{Exit, StoreArgs};
use crate::config::Loaded;
use crate::export::printable;
use crate::session::{FolderState, HistoryState, Snapshot, clock, look};

/// Asks whoever keeps the history.
pub(super) fn run(args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let dir = args.dir(loaded);
    let asked = look(&dir).wrap_err_with(|| format!("the trimwatch that keeps {}", dir.display()))?;
    let Some((owner, header)) = asked else {
        println!("NOT RUNNING  nobody watches for {}", printable(&dir.display().to_string()));
        return Ok(Exit::StoreHeld);
    };
    println!("{}", line(&owner, &header, clock::now_ms()));
    Ok(if troubles(&header).is_empty() && header.open_alarms == 0 { Exit::Fine } else { Exit::SomeFilesFailed })
}

/// What is wrong, in words.
fn troubles(header: &Snapshot) -> Vec<String> {
    let offline = header.folders.iter().filter_map(|folder| match &folder.state {
        FolderState::Offline { cause, .. } => Some(format!("OFFLINE {}: {cause}", folder.path)),
        _ => None,
    });
    let not_kept = match &header.history {
        HistoryState::NotKept { reason } => Some(format!("NOT KEPT: {reason}")),
        _ => None,
    };
    offline.chain(not_kept).collect()
}

fn line(owner: &str, header: &Snapshot, now_ms: i64) -> String {
    let troubles = troubles(header);
    let state = match (&header.history, troubles.is_empty()) {
        (_, false) => troubles.join("; "),
        (HistoryState::Opening, _) => "OPENING".to_owned(),
        _ => "LIVE".to_owned(),
    };
    let today = match header.today.yield_percent() {
        Some(percent) => format!("{} runs, yield {percent:.0} % (n {})", header.today.runs, header.today.graded()),
        None => format!("{} runs", header.today.runs),
    };
    let newest = header.newest_ms.map(|at| format!("{} min ago", (now_ms - at).max(0) / 60_000));
    let newest = newest.unwrap_or_else(|| "none".to_owned());
    let words = format!(
        "{state}  queue {}  today {today}  newest {newest}  alarms {}  {owner}",
        header.queue, header.open_alarms
    );
    printable(&words).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Tally;
    use crate::session::FolderView;

    #[test]
    fn a_line_says_what_is_wrong_first() {
        let folder = FolderView { path: "/drop".to_owned(), laser: None, line: None, state: FolderState::Live };
        let mut header = Snapshot {
            folders: vec![folder],
            history: HistoryState::Kept,
            queue: 2,
            today: Tally::default(),
            shift: None,
            shift_span: None,
            newest_ms: Some(0),
            open_alarms: 1,
            oldest_alarm: None,
        };
        let said = line("process 1", &header, 180_000);
        assert_eq!(said, "LIVE  queue 2  today 0 runs  newest 3 min ago  alarms 1  process 1");
        header.folders[0].state = FolderState::Offline { since_ms: 0, cause: "no such\u{1b} folder".to_owned() };
        let said = line("process 1", &header, 180_000);
        assert!(said.starts_with("OFFLINE /drop: no such") && !said.contains('\u{1b}'), "{said}");
    }
}
