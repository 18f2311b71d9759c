//! The viewer's side: frames read into events.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Weak};

use super::{
    ANNOUNCED, Announcement, FOLLOWS, Later, Lies, NUMBER, OUTLINED, Sealed, TIME, WHOLE, is_run, place, places,
};
use crate::session::protocol::Event;

/// Most bytes of a frame whose memory serves for the next one.
const SPARE: usize = 256 << 10;
/// Announcements that are remembered before those are looked for that nobody waits for any more.
pub(super) const MANY: usize = 2_048;

/// Reads the frames of one owner, and knows what it has announced.
#[derive(Debug, Default)]
pub(in crate::session) struct Reader {
    pub(super) announced: BTreeMap<u64, Weak<Later>>,
    last: Option<Arc<Vec<u8>>>,
}

impl Reader {
    /// The last frame's memory, where nobody needs that frame any more: the system takes its time for fresh memory.
    pub(in crate::session) fn spare(&mut self) -> Vec<u8> {
        let spare = self.last.take().and_then(Arc::into_inner);
        spare.filter(|frame| frame.capacity() <= SPARE).unwrap_or_default()
    }

    /// The events of a frame, in their order. What was announced and has come now can be opened, without an event.
    ///
    /// # Errors
    /// When it is not what an owner writes.
    pub(in crate::session) fn events(&mut self, frame: Vec<u8>) -> io::Result<Vec<Event>> {
        let frame = Arc::new(frame);
        let mut events = Vec::new();
        for place in places(&frame) {
            place.and_then(|place| self.read(&frame, place, &mut events)).ok_or(io::ErrorKind::InvalidData)?;
        }
        self.last = Some(frame);
        Ok(events)
    }

    /// Reads an event, or many.
    fn read(
        &mut self,
        frame: &Arc<Vec<u8>>,
        Range { start, end }: Range<usize>,
        events: &mut Vec<Event>,
    ) -> Option<()> {
        let (&first, rest) = frame.get(start..end)?.split_first()?;
        match first {
            WHOLE => events.push(postcard::from_bytes(rest).ok()?),
            ANNOUNCED => {
                let (number, heads) = rest.split_first_chunk::<NUMBER>()?;
                let announcement = Announcement::of(heads)?;
                self.wait_for(*number, announcement.later());
                events.push(Event::Announced(announcement));
            }
            OUTLINED => self.outlines(frame, start..end, events)?,
            FOLLOWS => self.follow(frame, start + 1, end)?,
            _ => {
                let lies = Lies::Here(Arc::clone(frame), start + 1 + TIME..end);
                events.push(Event::Sealed(Sealed::new(first, rest.get(..TIME)?, lies, None)?));
            }
        }
        Some(())
    }

    /// Takes an announcement that lies there, with outlines of its runs.
    fn outlines(&mut self, frame: &Arc<Vec<u8>>, lies: Range<usize>, events: &mut Vec<Event>) -> Option<()> {
        let (number, mut heads) = frame.get(lies.start + 1..lies.end)?.split_first_chunk::<NUMBER>()?;
        let mut found = Vec::new();
        while let Some((head, rest)) = heads.split_first_chunk::<{ 1 + TIME }>() {
            heads = rest;
            let mut outline = None;
            if is_run(*head.first()?)? {
                let at = place(heads, 0)?;
                let begin = lies.end - heads.len();
                heads = heads.get(at.end..)?;
                outline = Some((Arc::clone(frame), begin + at.start..begin + at.end));
            }
            found.push((head, outline));
        }
        let later = Later::of(found.len());
        self.wait_for(*number, &later);
        for (nth, ([first, time @ ..], outline)) in found.into_iter().enumerate() {
            let lies = Lies::Later(Arc::clone(&later), nth);
            events.push(Event::Sealed(Sealed::new(*first, time, lies, outline)?));
        }
        heads.is_empty().then_some(())
    }

    /// What was announced under a number may come.
    fn wait_for(&mut self, number: [u8; NUMBER], later: &Arc<Later>) {
        if self.announced.len() >= MANY {
            self.announced.retain(|_, later| later.strong_count() > 0);
        }
        self.announced.insert(u64::from_le_bytes(number), Arc::downgrade(later));
    }

    /// Takes what was announced; where nobody waits for it any more it is let go.
    fn follow(&mut self, frame: &Arc<Vec<u8>>, start: usize, end: usize) -> Option<()> {
        let number = frame.get(start..end)?.first_chunk::<NUMBER>()?;
        let Some(later) = self.announced.remove(&u64::from_le_bytes(*number)).and_then(|later| later.upgrade()) else {
            return Some(());
        };
        let begin = start + NUMBER;
        let events = places(frame.get(begin..end)?);
        let bodies = events.map(|event| event.map(|event| begin + event.start + 1 + TIME..begin + event.end));
        let bodies = bodies.collect::<Option<Vec<_>>>()?;
        if bodies.len() != later.events {
            return None;
        }
        // Nobody announces two things under one number.
        let _ = later.came.set((Arc::clone(frame), bodies));
        Some(())
    }
}
