//! Files that were judged, and words that were said, while the history took nothing: on disk at once, in the history as
//! soon as it takes them. A frame is a schema byte and what waits.

use std::path::Path;

use super::claim::Claim;
use super::error::StoreError;
use super::frames::{self, Frames};
use super::plan::{self, Act, Committed, Deed, Entry};
use super::store::Store;
use super::{disk, value};

const NAME: &str = "waiting.log";
/// Version of the frames' encoding.
const SCHEMA: u8 = 1;

/// The file they wait in.
#[derive(Debug)]
pub struct Waiting {
    frames: Frames,
    /// What was found odd.
    pub note: Option<String>,
}

impl Waiting {
    /// Opens the file in a claimed folder. Gives what an earlier process left waiting. A file with anything in it that
    /// cannot be read, be it that another version wrote it, is kept whole as `waiting.damaged-<time>`, and the note says
    /// why: the files in it still lie in their folders as new ones.
    ///
    /// # Errors
    /// Files and rights.
    pub fn open(claim: &Claim) -> Result<(Self, Vec<Deed>), StoreError> {
        let path = claim.dir().join(NAME);
        let (mut left, mut extent, mut unread) = (Vec::new(), None, None);
        if path.exists() {
            let read = frames::read::<StoreError>(&path, |payload| {
                match deed(payload) {
                    Ok(deed) => left.push(deed),
                    Err(cause) => unread = Some(cause),
                }
                Ok(unread.is_none())
            });
            extent = Some(read.map_err(|error| error.in_file(&path))?);
        }
        let mut note = None;
        if let Some(cause) = unread {
            let kept = disk::free_name(claim.dir(), "waiting.damaged");
            std::fs::copy(&path, &kept).map_err(StoreError::io(&kept))?;
            let (kept, read) = (kept.display(), left.len());
            note = Some(format!("what waited for the history is kept as {kept}: {read} were read, then {cause}"));
        }
        let frames = Frames::open(&path, extent).map_err(StoreError::io(&path))?;
        disk::sync_dir(claim.dir()).map_err(StoreError::io(claim.dir()))?;
        Ok((Self { frames, note }, left))
    }

    /// Lets a file or a word wait; on disk when this returns.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn add(&mut self, deed: &Deed) -> Result<(), StoreError> {
        let payload = postcard::to_extend(deed, vec![SCHEMA]).map_err(StoreError::engine)?;
        self.frames.append(&payload).map_err(StoreError::io(Path::new(NAME)))
    }

    /// Nobody waits any more: the history has them all.
    ///
    /// # Errors
    /// When the disk does not take it; they are then found known at the next opening.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        if self.frames.len() == 0 {
            return Ok(());
        }
        self.frames.cut(0).map_err(StoreError::io(Path::new(NAME)))
    }
}

impl Store {
    /// Keeps what waited, in its order, and what a kill left in the history already not once more. Gives back the words
    /// about runs that the history does not have.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn commit_waiting(&self, deeds: Vec<Deed>) -> Result<(Vec<Committed>, Vec<Act>), StoreError> {
        let acts = deeds.iter().filter(|deed| matches!(deed, Deed::Act(_))).count();
        // Words that were written before the kill are among the last lines.
        let lines = if acts > 0 { self.latest_log(deeds.len() + acts)? } else { Vec::new() };
        let is_new = |deed: &Deed| match deed {
            Deed::File(Entry { file, .. }) => {
                !(self.seen_path(&file.path_key, file.len, file.mtime_ns) && self.seen_content(&file.content))
            }
            Deed::Act(act) => {
                let outcome = act.clone().outcome();
                !lines.iter().any(|line| line.at_ms == act.word.at_ms && line.outcome == outcome)
            }
        };
        let deeds: Vec<Deed> = deeds.into_iter().filter(is_new).collect();
        let done = self.writing(|draft| {
            let (mut committed, mut unplaced) = (Vec::new(), Vec::new());
            for deed in deeds {
                match deed {
                    Deed::File(entry) => committed.push(plan::file(draft, entry)?),
                    Deed::Act(act) => match plan::word(draft, act.clone())? {
                        Some(written) => committed.push(written),
                        None => unplaced.push(act),
                    },
                }
            }
            Ok((committed, unplaced))
        });
        self.seal_if_due();
        done
    }
}

fn deed(payload: &[u8]) -> Result<Deed, value::ValueError> {
    match payload.split_first() {
        Some((&SCHEMA, body)) => value::plain(body),
        Some((&found, _)) => Err(value::ValueError::Schema { found, known: SCHEMA }),
        None => Err(value::ValueError::Damaged("too short".to_owned())),
    }
}
