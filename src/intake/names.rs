//! Names that are passed over without opening the file.

use std::path::Path;

/// Why a file is none of ours by its name alone; `None` when it may be a workbook.
pub fn ignored_by_name(path: &Path) -> Option<&'static str> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let workbook =
        path.extension().is_some_and(|end| ["xls", "xlsx"].iter().any(|ours| end.eq_ignore_ascii_case(ours)));
    if name.starts_with("~$") {
        Some("lock file of a spreadsheet program")
    } else if name.starts_with('.') {
        Some("hidden file")
    } else if [".tmp", ".part", ".crdownload"].iter().any(|end| name.ends_with(end)) {
        Some("temporary file")
    } else if workbook {
        None
    } else {
        Some("neither .xls nor .xlsx")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_lock_hidden_and_foreign_files_are_passed_over() {
        for name in ["~$8340.xls", ".8340.xls", "8340.xls.tmp", "8340.xls.PART", "notes.txt", "8340", "8340.xlsm"] {
            assert!(ignored_by_name(Path::new(name)).is_some(), "{name}");
        }
        for name in ["8340-1_246_TA.xls", "8340.XLSX", "a b.Xls"] {
            assert_eq!(ignored_by_name(Path::new(name)), None, "{name}");
        }
    }
}
