//! An event as one line: when, how grave, which process, what happened, and `key=value` for what it happened to.

use std::fmt::{self, Debug, Write};
use std::process;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::engine::clock;
use crate::export::printable;

/// Most characters of one value: a line stays a line, and the files within their bound.
const MOST_CHARS: usize = 300;

/// How a line is written, its end left out.
pub(super) struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut words = Words::default();
        event.record(&mut words);
        let level = event.metadata().level().as_str().to_ascii_lowercase();
        write!(to, "{} {level:5} [{}] {}{}", clock::utc_now(), process::id(), words.said, words.fields)
    }
}

/// What an event says, and what of.
#[derive(Default)]
struct Words {
    said: String,
    fields: String,
}

impl Words {
    /// Takes a field. Whatever text it is, it ends neither its value nor the line.
    fn take(&mut self, field: &Field, text: &str) {
        let cut = text.char_indices().nth(MOST_CHARS).and_then(|(end, _)| text.get(..end));
        let text = printable(cut.unwrap_or(text));
        let more = if cut.is_some() { "…" } else { "" };
        // Writing to a text does not fail.
        let _ = if field.name() == "message" {
            write!(self.said, "{text}{more}")
        } else if text.is_empty() || text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '=' | '\\')) {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            write!(self.fields, " {field}=\"{text}{more}\"")
        } else {
            write!(self.fields, " {field}={text}{more}")
        };
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, text: &str) {
        self.take(field, text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.take(field, &format!("{value:?}"));
    }
}
