//! `.xlsx` files unpacked, spoiled in their texts, packed again, and spoiled as a zip.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::chance::Chance;

/// What a cell's text becomes.
const VALUES: [&str; 20] = [
    "NaN",
    "nan",
    "INF",
    "-inf",
    "1e400",
    "-1e400",
    "-0",
    "1e99",
    "1e45",
    "4e38",
    "1e-320",
    "",
    " ",
    "12,5",
    "0x10",
    "99999999999999999999",
    "#N/A",
    "&#0;",
    "&lt;",
    "\u{202e}12",
];
const PLACES: [&str; 10] = ["A1", "XFD1048576", "IV65536", "A0", "1A", "", "ZZZZZ99999999999", "G500", "$A$1", "a1"];
const TYPES: [&str; 8] = ["s", "str", "b", "e", "d", "n", "inlineStr", "x"];

/// A good file, unpacked.
pub struct Book {
    bytes: Vec<u8>,
    parts: Vec<(String, Vec<u8>)>,
}

impl Book {
    /// Unpacks a file.
    pub fn of(bytes: Vec<u8>) -> Self {
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).expect("a good file");
        let part = |n: usize| {
            let mut part = archive.by_index(n).expect("a part");
            let (name, mut content) = (part.name().expect("a name").into_owned(), Vec::new());
            part.read_to_end(&mut content).expect("memory");
            (name, content)
        };
        let parts = (0..usize::MAX).take(ZipArchive::new(Cursor::new(&bytes)).expect("a good file").len()).map(part);
        let parts = parts.collect();
        Self { bytes, parts }
    }

    /// The file spoiled.
    pub fn spoiled(&self, chance: &mut Chance) -> Vec<u8> {
        match chance.below(8) {
            0 => chance.spoil(&self.bytes),
            1 => forged(self.bytes.clone(), chance),
            _ => {
                let file = self.with_other_texts(chance);
                if chance.one_in(8) { chance.spoil(&file) } else { file }
            }
        }
    }

    fn with_other_texts(&self, chance: &mut Chance) -> Vec<u8> {
        let mut parts = self.parts.clone();
        for _ in 0..=chance.below(4) {
            let at = chance.below(parts.len());
            match chance.below(10) {
                0 => parts[at].1 = chance.spoil(&parts[at].1),
                1 if parts.len() > 1 => drop(parts.remove(at)),
                2 => parts[at].0 = chance.text(30),
                _ => {
                    let sheets: Vec<usize> = (0..parts.len()).filter(|&n| parts[n].0.contains("sheet")).collect();
                    let at =
                        sheets.get(chance.below(sheets.len())).copied().filter(|_| !chance.one_in(5)).unwrap_or(at);
                    parts[at].1 = reworded(&String::from_utf8_lossy(&parts[at].1), chance).into_bytes();
                }
            }
        }
        packed(&parts, chance)
    }
}

/// An attribute or a value of the text replaced, once or in a row; or a piece of it doubled or dropped.
fn reworded(text: &str, chance: &mut Chance) -> String {
    let (mark, end, words): (&str, char, &[&str]) = match chance.below(6) {
        0 => (" r=\"", '"', &PLACES),
        1 => (" t=\"", '"', &TYPES),
        2 => (" name=\"", '"', &["test", "Lin Error", "SEC1 TRK1 1 TRM1", "SEC1 TRK1 0", ""]),
        _ => ("<v>", '<', &VALUES),
    };
    let found: Vec<usize> = text.match_indices(mark).map(|(at, _)| at + mark.len()).collect();
    let Some(&first) = found.get(chance.below(found.len())) else { return piece(text, chance) };
    if chance.one_in(6) {
        return piece(text, chance);
    }
    let (many, one) = (*chance.pick(&[1, 1, 10, 100, 1_000]), (*chance.pick(words)).to_owned());
    let alike = chance.one_in(2);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for &place in found.iter().skip_while(|&&place| place < first).take(many) {
        out.push_str(&text[at..place]);
        if alike {
            out.push_str(&one);
        } else {
            out.push_str(&other(words, chance));
        }
        at = text[place..].find(end).map_or(text.len(), |length| place + length);
    }
    out.push_str(&text[at..]);
    out
}

fn other(words: &[&str], chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => format!("{:e}", chance.figure()),
        1 => chance.number().to_string(),
        _ => (*chance.pick(words)).to_owned(),
    }
}

fn piece(text: &str, chance: &mut Chance) -> String {
    let tags: Vec<usize> = text.match_indices('<').map(|(at, _)| at).collect();
    let (a, b) = (chance.below(tags.len()), chance.below(tags.len()));
    let (Some(&from), Some(&to)) = (tags.get(a.min(b)), tags.get(a.max(b).min(a.min(b) + 200))) else {
        return String::new();
    };
    let times = *chance.pick(&[0, 0, 2, 3, 50]);
    [&text[..from], &text[from..to].repeat(times), &text[to..]].concat()
}

fn packed(parts: &[(String, Vec<u8>)], chance: &mut Chance) -> Vec<u8> {
    let method = if chance.one_in(3) { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        // A name that stands there already cannot be written again: the file lacks it then.
        if out.start_file(name.as_str(), options).is_ok() {
            out.write_all(content).expect("memory");
        }
    }
    let file = out.finish().expect("memory").into_inner();
    if chance.one_in(10) { forged(file, chance) } else { file }
}

/// Sizes, counts and places in the zip's own tables are made up.
fn forged(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let heads: Vec<(usize, &[usize])> = bytes
        .windows(4)
        .enumerate()
        .filter_map(|(at, four)| match four {
            b"PK\x03\x04" => Some((at, &[6, 8, 14, 18, 22, 26, 28][..])),
            b"PK\x01\x02" => Some((at, &[8, 10, 16, 20, 24, 28, 30, 32, 38, 42][..])),
            b"PK\x05\x06" => Some((at, &[4, 8, 10, 12, 16, 20][..])),
            _ => None,
        })
        .collect();
    if let Some(&(head, fields)) = heads.get(chance.below(heads.len())) {
        let (at, word) = (head + *chance.pick(fields), chance.word());
        let width = 2 * (1 + chance.below(2));
        bytes.iter_mut().skip(at).zip(&word[..width]).for_each(|(to, from)| *to = *from);
    }
    bytes
}
