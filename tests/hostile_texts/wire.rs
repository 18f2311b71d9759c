//! What a terminal is sent: which of it would be obeyed, and what then stands there.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use trimwatch::tui::{App, Stage};

use crate::support::buffer;
use crate::support::hostile::is_harmless;

/// The bytes that draw screens, the first on an empty terminal, each next one over the one before.
pub fn sent<const SCREENS: usize>(apps: [App; SCREENS]) -> [Vec<u8>; SCREENS] {
    let (bytes, mut taken) = (Bytes::default(), 0);
    let mut stage: Option<Stage<Bytes>> = None;
    apps.map(|app| {
        assert_eq!(control(&app), None, "a tab of a name would pass for one of the drawing's own");
        let stage = match &mut stage {
            Some(stage) => {
                stage.app = app;
                stage
            }
            none => none.insert(Stage::new(app, bytes.clone())),
        };
        stage.draw(Instant::now()).expect("memory takes everything");
        let all = bytes.0.lock().expect("no test panics while it draws");
        let new = all.get(taken..).unwrap_or_default().to_vec();
        taken = all.len();
        new
    })
}

/// A cell of a drawing that has a control character in it.
fn control(app: &App) -> Option<String> {
    let drawing = buffer(app);
    let cell = drawing.content.iter().find(|cell| cell.symbol().contains(char::is_control))?;
    Some(format!("{:?}", cell.symbol()))
}

/// What was written so far.
#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::ErrorKind::Other)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything a drawing may have obeyed: places, by tabs too, colours, ends of lines, one update at a time. Anything else is
/// told.
pub fn disobedient(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => without_tabs(text).replace("\r\n", "").replace("\u{1b}[?2026h", "").replace("\u{1b}[?2026l", ""),
        Err(error) => return Some(error.to_string()),
    };
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default();
    let rest = |part: &str| {
        let inside = part.strip_prefix('[').unwrap_or("!");
        let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(inside.len());
        let (_, behind) = inside.split_at(end);
        behind.strip_prefix(['H', 'C', 'K', 'm']).map(str::to_owned)
    };
    for part in parts {
        match rest(part) {
            Some(drawn) if cells_are_harmless(&drawn) => {}
            _ => return Some(format!("ESC {part:?}")),
        }
    }
    (!cells_are_harmless(first)).then(|| format!("{first:?}"))
}

/// The same without tabs, each with the few steps back that may follow the last of them.
fn without_tabs(text: &str) -> String {
    let mut parts = text.split('\t');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        let behind = part.trim_start_matches('\u{8}');
        // As many as there are columns between two stops are a name's, not the drawing's.
        kept + if part.len() - behind.len() < 8 { behind } else { part }
    })
}

/// The empty pattern of braille is a chart's, and marks may stand behind a letter that was sent before them.
fn cells_are_harmless(drawn: &str) -> bool {
    is_harmless(&format!("x{}", drawn.replace('\u{2800}', " ")))
}
