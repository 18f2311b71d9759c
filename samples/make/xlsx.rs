//! The same workbooks as `.xlsx`.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Formula, Workbook};

use crate::book::{Book, Value};

/// The workbook's file; its creation date is fixed, so that the bytes are always the same.
pub fn file(book: &Book) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 5).expect("a date");
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in &book.sheets {
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name).expect("a name");
        for ((row, column), value) in &sheet.cells {
            let (row, column) = (*row, *column);
            match value {
                Value::Number(number) => page.write_number(row, column, *number),
                Value::Text(text) => page.write_string(row, column, text),
                Value::NotAvailable => page.write_formula(row, column, Formula::new("=NA()").set_result("#N/A")),
            }
            .expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("memory")
}
