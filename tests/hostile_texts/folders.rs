//! Files that are named after a text: inside their folder, on every system, seen, and never one over another.

use std::fs;

use trimwatch::export::{Format, NewFile};

use crate::support::hostile::texts;

/// What Windows keeps for its devices, whatever ending they have.
const DEVICES: [&str; 8] = ["con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9"];

#[test]
fn a_file_named_after_any_text_lies_in_its_folder_under_a_name_that_every_system_takes() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("exports");
    for (at, text) in texts().iter().enumerate() {
        let format = [Format::Csv, Format::Json, Format::Xlsx][at % 3];
        let stamp = format!("2026-03-19-{at:06}");
        let path = NewFile::begin(&folder, text, &stamp, format.ending()).and_then(NewFile::finish).expect("a file");
        assert_eq!(path.parent(), Some(folder.as_path()), "{text:?}");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)), "{text:?}: {name}");
        assert!(name.starts_with("trimwatch-") && name.len() <= 120 && !name.contains(".."), "{text:?}: {name}");
        let stem = name.split('.').next().unwrap_or_default().to_lowercase();
        assert!(!DEVICES.contains(&stem.as_str()) && name.ends_with(&format!(".{}", format.ending())), "{name}");
    }
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), texts().len(), "one a text, and nothing beside them");
    assert_eq!(fs::read_dir(root.path()).expect("a folder").count(), 1, "nothing beside the folder");
}
