//! JSON that reads back as what it was and yet gives a terminal nothing to obey: what does harm is spelled `\u…`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::terminal_text::{Harm, is_plain};

/// A value as one line of JSON.
///
/// # Errors
/// A value that JSON cannot say.
pub fn json_text(value: &(impl Serialize + ?Sized)) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    write_json(&mut bytes, value)?;
    String::from_utf8(bytes).map_err(|error| serde_json::Error::io(io::Error::other(error)))
}

/// The same, to whoever takes it.
///
/// # Errors
/// What the file or pipe says.
pub fn write_json(out: impl Write, value: &(impl Serialize + ?Sized)) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Harmless))
}

struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        if is_plain(fragment) {
            return out.write_all(fragment.as_bytes());
        }
        let mut harm = Harm::default();
        for c in fragment.chars() {
            if harm.is_in(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out_and_read_back() {
        for name in ["8340\u{9b}2J", "\u{202e}1-0438", "\u{7f}\u{2028}", "\u{e0041}Ω\u{301}", "\u{1b}\u{301}", "\"\\/"]
        {
            let text = json_text(name).expect("JSON");
            assert_eq!(serde_json::from_str::<String>(&text).expect("JSON"), name);
            assert_eq!(super::super::printable(&text), text);
        }
        assert_eq!(json_text("Ω\u{9b}\u{e0041}").expect("JSON"), "\"Ω\\u009b\\udb40\\udc41\"");
        assert_eq!(json_text(&[Some(0.1), None]).expect("JSON"), "[0.1,null]");
    }
}
