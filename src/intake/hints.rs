//! File-system events → hints, and which folders are asked for any.

use std::fs;
use std::path::Path;

use crossbeam_channel::Sender;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::scan::is_hidden;
use super::{Control, Found};

/// What an event says about the paths it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// Complete, if they are files.
    Complete(Found),
    /// There, or there in another way.
    Changed,
    /// No longer there under this name.
    Left,
    /// Something happened; only a scan can tell what.
    Unclear,
    /// Said by another event already.
    Nothing,
}

/// What an event says.
pub(super) fn hint(event: &notify::Event) -> Hint {
    if event.need_rescan() {
        return Hint::Unclear;
    }
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Hint::Complete(Found::Closed),
        EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Hint::Complete(Found::RenamedIn),
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => Hint::Left,
        // Linux tells both halves on their own as well.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if cfg!(target_os = "linux") => Hint::Nothing,
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Metadata(_)) => Hint::Changed,
        EventKind::Modify(ModifyKind::Name(_)) | EventKind::Other => Hint::Unclear,
        // A writer's every write: its close says more, where there is one.
        EventKind::Modify(_) if cfg!(not(target_os = "linux")) => Hint::Unclear,
        _ => Hint::Nothing,
    }
}

/// A watcher that forwards what may matter.
pub(super) fn make_watcher(hints: Sender<Control>) -> Option<RecommendedWatcher> {
    let forward = move |event: notify::Result<notify::Event>| {
        if event.as_ref().map_or(true, |event| hint(event) != Hint::Nothing) {
            // The thread has ended: nobody is left to be hinted.
            let _ = hints.send(Control::Hint(event));
        }
    };
    notify::recommended_watcher(forward).ok()
}

/// Watches a folder and all below it. Whether that had to be done one by one: a single sub-folder that may not be
/// looked into (`lost+found`) makes the watcher leave out all that come after it.
///
/// # Errors
/// When the folder itself, or any more folders, cannot be watched.
pub(super) fn watch(watcher: &mut RecommendedWatcher, path: &Path, recursive: bool) -> notify::Result<bool> {
    if !recursive {
        return watcher.watch(path, RecursiveMode::NonRecursive).map(|()| false);
    }
    match watcher.watch(path, RecursiveMode::Recursive) {
        Ok(()) => Ok(false),
        Err(e) if matches!(e.kind, ErrorKind::MaxFilesWatch) => Err(e),
        Err(_) => one_by_one(watcher, path).map(|()| true),
    }
}

fn one_by_one(watcher: &mut RecommendedWatcher, path: &Path) -> notify::Result<()> {
    watcher.watch(path, RecursiveMode::NonRecursive)?;
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        let below = entry.path();
        if is_hidden(&below) {
            continue;
        }
        match watch(watcher, &below, true) {
            Err(e) if matches!(e.kind, ErrorKind::MaxFilesWatch) => return Err(e),
            // One that may not be looked into: the scan says so.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use notify::Event;
    use notify::event::{CreateKind, DataChange, Flag, MetadataKind};

    #[test]
    fn a_close_and_a_rename_are_proof_and_an_overflow_asks_for_a_scan() {
        let of = |kind| hint(&Event::new(kind));
        assert_eq!(of(EventKind::Access(AccessKind::Close(AccessMode::Write))), Hint::Complete(Found::Closed));
        assert_eq!(of(EventKind::Modify(ModifyKind::Name(RenameMode::To))), Hint::Complete(Found::RenamedIn));
        assert_eq!(hint(&Event::new(EventKind::Other).set_flag(Flag::Rescan)), Hint::Unclear);
    }

    #[test]
    fn a_file_that_is_made_or_given_other_rights_is_looked_at_by_itself() {
        let of = |kind| hint(&Event::new(kind));
        assert_eq!(of(EventKind::Create(CreateKind::File)), Hint::Changed);
        assert_eq!(of(EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any))), Hint::Changed);
        assert_eq!(of(EventKind::Modify(ModifyKind::Data(DataChange::Any))), Hint::Nothing, "every write");
    }
}
