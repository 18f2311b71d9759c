//! Makes every file under `samples/`: `cargo run --example make-samples [FOLDER]`.
//!
//! The files are invented: models, serials and curves come from a seeded generator, so that the same program
//! makes the same bytes, always. A test makes them again and compares.
#![allow(clippy::expect_used, reason = "a maker that cannot make stops and says where")]

mod biff;
mod book;
mod curve;
mod hostile;
mod plan;
mod product;
mod readme;
mod system_a;
mod system_b;
mod xlsx;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file: its path below the samples folder, and its bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

fn main() {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("samples"), PathBuf::from);
    let mut files = Files::new();
    plan::incoming(&mut files);
    hostile::files(&mut files);
    files.insert("README.md".to_owned(), readme::text().into_bytes());
    for (path, bytes) in &files {
        write(&folder.join(path), bytes);
    }
    println!("{} files in {}", files.len(), folder.display());
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    fs::write(path, bytes).expect("the file");
}
