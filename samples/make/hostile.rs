//! `hostile/`: files that must be refused with a reason, or passed over, and must not hurt.

use crate::Files;
use crate::book::{Book, Sheet};
use crate::plan::DRIFTING;
use crate::product::Product;
use crate::system_b::{self, Kind, Run};
use crate::{biff, xlsx};

const PRODUCT: Product = Product { model: "9901", ..DRIFTING };

fn good() -> Book {
    system_b::book(&PRODUCT, "1", Run { error: 4.0, rough: 0.05, left: 0.07, passes: 1, kind: Kind::Trimmed })
}

fn name(serial: u32, end: &str) -> String {
    format!("hostile/9901_{serial}_TA_Test Data_3-20-2026_7-{serial:02} AM{end}")
}

/// Every file, each named after what is wrong with it in the samples' README.
pub fn files(files: &mut Files) {
    let (xls, sheet) = (biff::file(&good()), xlsx::file(&good()));
    let half = |bytes: &[u8]| bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec();
    files.insert(name(1, " truncated.xls"), half(&xls));
    files.insert(name(2, " truncated.xlsx"), half(&sheet));
    files.insert(name(3, " wrong extension.xlsx"), xls.clone());
    files.insert(name(4, " wrong extension.xls"), sheet.clone());
    files.insert(name(5, " empty.xls"), Vec::new());
    files.insert("hostile/~$9901_6_TA_Test Data_3-20-2026_7-06 AM locked.xls".to_owned(), b"lock".to_vec());
    let page = "<html><body><table><tr><td>9901</td><td>0.0012</td></tr></table></body></html>\n";
    files.insert(name(7, " HTML.xls"), page.as_bytes().to_vec());
    files.insert(name(8, " huge dimensions.xls"), huge_dimensions());
    files.insert(name(9, " one cell at XFD1048576.xlsx"), far_cell());
    let mut tail = half(&xls);
    tail.resize(xls.len(), 0);
    files.insert(name(10, " zero-filled tail.xls"), tail);
    files.insert(name(11, " wrong sheets.xls"), biff::file(&wrong_sheets()));
    files.insert(name(12, " text in a number.xls"), biff::file(&text_in_a_number()));
    files.insert(name(13, " few points.xls"), biff::file(&few_points()));
    files.insert(name(14, " not a workbook.xlsx"), b"PK\x03\x04 and then nothing of a zip".to_vec());
    files.insert("hostile/control\u{1b}[2Jcharacters.xls".replace('\u{1b}', "%1B"), b"\x1b[2J".to_vec());
}

/// The record that announces the sheet's size lies: 4,294,967,295 rows.
fn huge_dimensions() -> Vec<u8> {
    let mut stream = biff::stream(&good());
    let at: Vec<usize> =
        stream.windows(4).enumerate().filter(|(_, w)| *w == [0x00, 0x02, 14, 0]).map(|(i, _)| i).collect();
    for start in at {
        stream.splice(start + 8..start + 12, u32::MAX.to_le_bytes());
    }
    biff::compound(&stream)
}

/// One cell in the far corner: a reader that allocates the rectangle dies.
fn far_cell() -> Vec<u8> {
    let mut book = good();
    if let Some(sheet) = book.sheets.iter_mut().find(|sheet| sheet.name == "Lin Error") {
        sheet.number(1_048_575, 16_383, 1.0);
    }
    xlsx::file(&book)
}

fn wrong_sheets() -> Book {
    let mut book = good();
    for sheet in &mut book.sheets {
        sheet.name = format!("{} copy", sheet.name);
    }
    book
}

fn text_in_a_number() -> Book {
    let mut book = good();
    if let Some(sheet) = book.sheets.iter_mut().find(|sheet| sheet.name == "Lin Error") {
        sheet.text(13, 3, "see note");
    }
    book
}

fn few_points() -> Book {
    let mut book = good();
    for sheet in &mut book.sheets {
        cut(sheet);
    }
    book
}

fn cut(sheet: &mut Sheet) {
    if sheet.name != "Model Parameters" {
        sheet.cells.retain(|(row, _), _| *row < 7);
    }
}
