//! The rows of `trim verdict` of real files as CSV, for comparing with other tools that read the same files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use color_eyre::eyre::{Result, bail};

use super::rig::milliseconds;
use super::spread;
use crate::analysis::{AnalysisSettings, JudgedTrack, Status, incoming, judge};
use crate::config::Config;
use crate::engine::collect;
use crate::learning::features::{Seen, TRIM_VERDICT, row};
use crate::trim::{self, Reading, Source, TrimRun};

pub(super) fn run(paths: &[PathBuf], config: &Config) -> Result<()> {
    let files = collect(paths).files;
    if files.is_empty() {
        bail!("no workbook under the paths named");
    }
    let settings = config.analysis();
    let mut csv = csv::Writer::from_writer(io::stdout().lock());
    let head = ["path", "track", "model", "serial", "time", "failed"];
    csv.write_record(head.into_iter().chain(TRIM_VERDICT.iter().map(|column| column.name)))?;
    let mut took = Vec::new();
    for path in &files {
        // Set-up workbooks and files that cannot be read have no rows.
        let source = Source { path, laser: None, modified: None, today: None };
        if let Ok(Reading::Run(run)) = trim::read(&fs::read(path)?, source) {
            tell(path, &run, &settings, &mut csv, &mut took)?;
        }
    }
    csv.flush()?;
    let (median, _, most) = spread(&mut took);
    eprintln!("{} sweeps; their incoming figures take {median:.4} ms, {most:.4} ms at most", took.len());
    Ok(())
}

/// One line for every track with a trim result; how long its incoming figures took joins `took`, ms.
fn tell(
    path: &Path,
    run: &TrimRun,
    settings: &AnalysisSettings,
    csv: &mut csv::Writer<impl Write>,
    took: &mut Vec<f64>,
) -> Result<()> {
    let judged = judge(run, settings);
    let told = |track: &JudgedTrack| matches!(track.status, Status::Pass | Status::Warning | Status::Fail);
    for (track, judged_track) in run.tracks.iter().zip(&judged.tracks).filter(|(_, judged)| told(judged)) {
        let start = Instant::now();
        let figures = track.untrimmed.as_ref().and_then(|sweep| incoming(&sweep.points));
        took.push(milliseconds(start));
        let identity = &run.identity;
        let head = [
            path.display().to_string(),
            track.name.clone(),
            identity.model.clone(),
            identity.serial.clone(),
            identity.time.map(|time| time.to_string()).unwrap_or_default(),
            u8::from(judged_track.status == Status::Fail).to_string(),
        ];
        let figures = row(TRIM_VERDICT, &Seen { track: judged_track, incoming: figures.as_ref(), formula: None });
        // The shortest digits that read back as the same number; nothing where it is unknown.
        let told = figures.iter().map(|figure| if figure.is_nan() { String::new() } else { figure.to_string() });
        csv.write_record(head.into_iter().chain(told))?;
    }
    Ok(())
}
