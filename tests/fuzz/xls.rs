//! `.xls` files taken apart into records, spoiled where it hurts, and put together again.

use std::io::{Cursor, Read, Write};

use super::chance::Chance;

const BOF: u16 = 0x0809;
const BOUNDSHEET: u16 = 0x0085;
const NUMBER: u16 = 0x0203;
/// Kinds that readers of workbooks do something with.
const KINDS: [u16; 30] = [
    0x0006, 0x000A, 0x000D, 0x0017, 0x0018, 0x0022, 0x002F, 0x003C, 0x0042, 0x0085, 0x00BD, 0x00BE, 0x00D6, 0x00E0,
    0x00E5, 0x00FC, 0x00FD, 0x01BE, 0x0200, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x0208, 0x0221, 0x027E, 0x041E,
    0x04BC, 0x0809,
];
const SHEETS: [&str; 17] = [
    "SEC1 TRK1 0",
    "SEC1 TRK1 1 TRM1",
    "SEC1 TRK1 4294967295 TRM4294967295",
    "SEC1 TRK99999999999 1",
    "SEC0 TRK0 0 TRM0",
    "SEC2 TRK1 1 TRM1",
    "test",
    "Lin Error",
    "Trim 1",
    "Trim 0",
    "Trim 4294967295",
    "Trim Parameters",
    "Model Parameters",
    "Track Parameters",
    "ref",
    "",
    "SEC1\u{a0}TRK1\u{a0}1",
];

/// One record, with the place it had in the stream it was read from.
#[derive(Clone)]
struct Record {
    kind: u16,
    body: Vec<u8>,
    at: usize,
}

/// A good file.
pub struct Book {
    bytes: Vec<u8>,
    records: Vec<Record>,
}

impl Book {
    /// Takes a file apart.
    pub fn of(bytes: Vec<u8>) -> Self {
        let mut container = cfb::CompoundFile::open(Cursor::new(&bytes)).expect("a good file");
        let mut stream = Vec::new();
        container.open_stream("/Workbook").expect("a workbook").read_to_end(&mut stream).expect("memory");
        drop(container);
        let mut records = Vec::new();
        let mut at = 0;
        while let Some([a, b, c, d]) = stream.get(at..at + 4) {
            let length = usize::from(u16::from_le_bytes([*c, *d]));
            let body = stream[at + 4..at + 4 + length].to_vec();
            records.push(Record { kind: u16::from_le_bytes([*a, *b]), body, at });
            at += 4 + length;
        }
        Self { bytes, records }
    }

    /// The file spoiled.
    pub fn spoiled(&self, chance: &mut Chance) -> Vec<u8> {
        match chance.below(8) {
            0 => chance.spoil(&self.bytes),
            1 => self.with_spoiled_tables(chance),
            2 => {
                let file = self.with_other_records(chance);
                chance.spoil(&file)
            }
            _ => self.with_other_records(chance),
        }
    }

    /// The file with these figures in its number cells, by row and column, on every sheet.
    pub fn with_figures(&self, figure: impl Fn(u16, u16) -> Option<f64>) -> Vec<u8> {
        let mut records = self.records.clone();
        for record in records.iter_mut().filter(|record| is_number(record)) {
            let body = &mut record.body;
            let field = |at: usize| u16::from_le_bytes([body[at], body[at + 1]]);
            if let Some(figure) = figure(field(0), field(2)) {
                body.splice(6..14, figure.to_le_bytes());
            }
        }
        compound(&stream(&mut records, true))
    }

    /// Header, table of chains and directory are what a container's reader follows.
    fn with_spoiled_tables(&self, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let sector = |bytes: &[u8], field: usize| {
            let number =
                bytes.get(field..field + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes);
            512 * (number as usize % 4_000 + 1)
        };
        for _ in 0..=chance.below(3) {
            let at = match chance.below(4) {
                0 => 4 * chance.below(128),
                1 => sector(&bytes, 76) + 4 * chance.below(128),
                2 => sector(&bytes, 48) + 128 * chance.below(4) + *chance.pick(&[64, 66, 68, 72, 76, 116, 120, 124]),
                _ => sector(&bytes, 48) + 4 * chance.below(128),
            };
            let word = chance.word();
            bytes.iter_mut().skip(at).zip(word).for_each(|(to, from)| *to = from);
        }
        bytes
    }

    fn with_other_records(&self, chance: &mut Chance) -> Vec<u8> {
        let mut records = self.records.clone();
        for _ in 0..=chance.below(4) {
            change(&mut records, chance);
        }
        let follow = !chance.one_in(4);
        let mut stream = stream(&mut records, follow);
        if chance.one_in(20) {
            stream = chance.spoil(&stream);
        }
        if chance.one_in(20) {
            stream.extend(vec![0; chance.below(3_000)]);
        }
        compound(&stream)
    }
}

fn change(records: &mut Vec<Record>, chance: &mut Chance) {
    let at = chance.below(records.len());
    match chance.below(12) {
        0 => records[at].kind = *chance.pick(&KINDS),
        1 => drop(records.remove(at)),
        2 => {
            let (again, to) = (records[at].clone(), chance.below(records.len()));
            records.insert(to, Record { at: usize::MAX, ..again });
        }
        3 => {
            let to = chance.below(records.len());
            records.swap(at, to);
        }
        4 => {
            let (kind, length) = (*chance.pick(&KINDS), *chance.pick(&[0, 1, 4, 6, 14, 20, 200, 8_224, 9_000]));
            let body = (0..length).map(|_| chance.next().to_le_bytes()[0]).collect();
            records.insert(at, Record { kind, body, at: usize::MAX });
        }
        5 => records[at].body = chance.spoil(&records[at].body),
        6 => rename(records, chance),
        7 => place(records, chance),
        8 => drop(records.drain(at..(at + chance.below(400)).min(records.len()))),
        _ => figures(records, chance),
    }
    if records.is_empty() {
        records.push(Record { kind: BOF, body: Vec::new(), at: 0 });
    }
}

/// One cell, a column of a sheet, or all from a place on become other figures.
fn figures(records: &mut [Record], chance: &mut Chance) {
    let numbers: Vec<usize> = (0..records.len()).filter(|&n| is_number(&records[n])).collect();
    let from = chance.below(numbers.len());
    let Some(first) = numbers.get(from).map(|&n| records[n].body.clone()) else { return };
    let (many, same_column) = (*chance.pick(&[1, 1, 12, 60, 400]), !chance.one_in(3));
    let (one, factor, how) = (chance.figure(), *chance.pick(&[-1.0, 0.0, 1e-300, 1e30, 1e45, 1e90]), chance.below(4));
    let column = |body: &[u8]| body[2..4].to_vec();
    for &n in numbers[from..].iter().take(many) {
        let body = &mut records[n].body;
        if same_column && column(body) != column(&first) {
            continue;
        }
        let before = body[6..14].try_into().map_or(0.0, f64::from_le_bytes);
        let after = match how {
            0 => one,
            1 => chance.figure(),
            2 => before * factor,
            _ => f64::from_bits(before.to_bits() ^ (1 << chance.below(64))),
        };
        body.splice(6..14, after.to_le_bytes());
    }
}

fn is_number(record: &Record) -> bool {
    record.kind == NUMBER && record.body.len() == 14
}

/// A cell moves.
fn place(records: &mut [Record], chance: &mut Chance) {
    let cells: Vec<usize> =
        (0..records.len()).filter(|&n| records[n].body.len() >= 8 && records[n].kind > 0xF0).collect();
    if let Some(&cell) = cells.get(chance.below(cells.len())) {
        let word = chance.word();
        records[cell].body.iter_mut().skip(2 * chance.below(2)).zip(&word[..2]).for_each(|(to, from)| *to = *from);
    }
}

/// A sheet gets another name.
fn rename(records: &mut [Record], chance: &mut Chance) {
    let sheets: Vec<usize> =
        (0..records.len()).filter(|&n| records[n].kind == BOUNDSHEET && records[n].body.len() > 8).collect();
    let Some(&sheet) = sheets.get(chance.below(sheets.len())) else { return };
    let name = if chance.one_in(4) { chance.text(40) } else { (*chance.pick(&SHEETS)).to_owned() };
    let body = &mut records[sheet].body;
    body.truncate(6);
    if name.is_ascii() && chance.one_in(2) {
        body.extend([u8::try_from(name.len()).unwrap_or(255), 0]);
        body.extend(name.as_bytes());
    } else {
        let wide: Vec<u16> = name.encode_utf16().collect();
        body.extend([u8::try_from(wide.len()).unwrap_or(255), 1]);
        body.extend(wide.iter().flat_map(|unit| unit.to_le_bytes()));
    }
}

/// The records in a row; sheets are found where they are now when the directory is to `follow` them.
fn stream(records: &mut [Record], follow: bool) -> Vec<u8> {
    let mut places = std::collections::HashMap::new();
    let mut at = 0usize;
    for record in records.iter() {
        places.entry(record.at).or_insert(at);
        at += 4 + record.body.len();
    }
    let mut stream = Vec::with_capacity(at);
    for record in records.iter_mut() {
        if follow && record.kind == BOUNDSHEET && record.body.len() >= 4 {
            let before = record.body[..4].try_into().map_or(0, u32::from_le_bytes) as usize;
            if let Some(&now) = places.get(&before) {
                record.body.splice(0..4, u32::try_from(now).unwrap_or(0).to_le_bytes());
            }
        }
        stream.extend(record.kind.to_le_bytes());
        stream.extend(u16::try_from(record.body.len()).unwrap_or(u16::MAX).to_le_bytes());
        stream.extend(&record.body);
    }
    stream
}

fn compound(stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).expect("memory");
    file.create_stream("/Workbook").expect("a stream").write_all(stream).expect("memory");
    file.flush().expect("memory");
    file.into_inner().into_inner()
}
