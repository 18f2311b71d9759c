//! The file that a site's monitoring reads: written aside and renamed whenever how the program stands has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::health::Health;
use super::protocol::Event;
use super::switchboard::Switchboard;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(2);

/// Keeps a file up to date until the engine ends; what cannot be written is said once.
///
/// # Errors
/// When no thread can be started.
pub(super) fn keep(path: PathBuf, owner: String, board: &Arc<Switchboard>) -> io::Result<()> {
    let board = Arc::clone(board);
    thread::Builder::new().name("health".to_owned()).spawn(move || follow(&path, &owner, &board))?;
    Ok(())
}

fn follow(path: &Path, owner: &str, board: &Switchboard) {
    let (mut written, mut said) = (String::new(), false);
    while !board.has_ended() {
        let text = Health::of(owner, &board.header()).prometheus();
        if text != written {
            match write(path, &text) {
                Ok(()) => (written, said) = (text, false),
                Err(trouble) if !said => {
                    said = true;
                    board.say(&Event::Notice(format!("health.textfile {}: {trouble}", path.display())));
                }
                Err(_) => {}
            }
        }
        thread::sleep(LOOK);
    }
    // Whoever takes over writes the file anew; where nobody does, it says so.
    let _ = write(path, &Health::of_nobody().prometheus());
}

/// Monitoring never reads half a file.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let aside = path.with_extension(format!("{}.new", std::process::id()));
    fs::write(&aside, text)?;
    fs::rename(&aside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("trimwatch.prom");
        write(&path, "one\n").expect("written");
        write(&path, "two\n").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "two\n");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
        assert!(write(&folder.path().join("none/x.prom"), "x").is_err());
    }
}
