//! Texts that must do no harm, wherever they go: as names, in cells, as notes, typed or read.

mod cells;
mod controls;
mod marks;
mod ways;

use std::collections::HashSet;
use std::ffi::OsString;

/// Every text once.
pub fn texts() -> Vec<String> {
    let families = [controls::texts(), marks::texts(), cells::texts(), ways::texts(), ways::long()];
    let mut known = HashSet::new();
    families.into_iter().flatten().filter(|text| known.insert(text.clone())).collect()
}

/// Those that a screen, a line or a row holds; the rest is beyond all measure.
pub fn short() -> Vec<String> {
    texts().into_iter().filter(|text| text.len() < 2_000).collect()
}

/// Each alone, behind and before something usual; those beyond all measure alone.
pub fn hostile() -> Vec<String> {
    let inside = |text: String| match text.len() {
        0..1_000 => vec![format!("8340-1 {text}"), format!("{text} 246"), text],
        _ => vec![text],
    };
    let mut known = HashSet::new();
    texts().into_iter().flat_map(inside).filter(|text| known.insert(text.clone())).collect()
}

/// What a disk takes as a name: no slash, no NUL, 180 bytes at most; and names that are no text.
pub fn file_names() -> Vec<OsString> {
    let fits = |text: &String| !text.contains(['/', '\0']) && text.len() <= 180;
    let names = texts().into_iter().filter(fits).map(OsString::from);
    names.chain(no_texts()).collect()
}

/// Names whose bytes are no UTF-8: half of a surrogate pair, bytes of Latin-1, sequences cut off.
#[cfg(unix)]
fn no_texts() -> Vec<OsString> {
    use std::os::unix::ffi::OsStringExt;
    let names: [&[u8]; 8] = [
        b"8340-1\xED\xA0\x80x",
        b"\xED\xB0\x80",
        b"Gr\xF6\xDFe",
        b"\x9B2J",
        b"\xC2",
        b"a\xF0\x9F\x98",
        b"\xFF\xFE=1+1",
        b"\xC0\xAE\xC0\xAE\x1b]0;x\x07",
    ];
    names.map(|name| OsString::from_vec(name.to_vec())).into()
}

#[cfg(not(unix))]
fn no_texts() -> Vec<OsString> {
    Vec::new()
}

/// Whether a terminal would obey, hide or turn round nothing of it; kept apart from the program's own table.
pub fn is_harmless(text: &str) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~');
    let Some(at) = text.as_bytes().iter().position(|byte| !plain(byte)) else { return true };
    let mut marks = if at == 0 { 4 } else { 0 };
    text.get(at..).unwrap_or(text).chars().all(|c| {
        if matches!(c, ' '..='~') {
            marks = 0;
            return true;
        }
        marks = match unicode_width::UnicodeWidthChar::width(c) {
            Some(0) => marks + 1,
            _ => 0,
        };
        let after = HARMFUL.partition_point(|(_, last)| *last < u32::from(c));
        marks <= 3 && HARMFUL.get(after).is_none_or(|(first, _)| u32::from(c) < *first)
    })
}

/// Unicode's controls, formats, line ends, default ignorables and noncharacters of the first plane; by code point.
const HARMFUL: [(u32, u32); 35] = [
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x600, 0x605),
    (0x61C, 0x61C),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFDD0, 0xFDEF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0x1_10BD, 0x1_10BD),
    (0x1_10CD, 0x1_10CD),
    (0x1_3430, 0x1_343F),
    (0x1_BCA0, 0x1_BCA3),
    (0x1_D173, 0x1_D17A),
    (0x1_FFFE, 0x1_FFFF),
    (0x2_FFFE, 0x2_FFFF),
    (0xE_0000, 0xE_0FFF),
    (0xE_FFFE, 0xE_FFFF),
    (0xF_FFFE, 0xF_FFFF),
    (0x10_FFFE, 0x10_FFFF),
];
