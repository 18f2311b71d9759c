//! A site changes its rules: the kept runs are graded anew, as if they had been judged so all along, and it is told.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use support::shop::{Shift, Shop};
use support::{files_of, judge_bytes, open};
use trimwatch::analysis::{AnalysisSettings, Grading, JudgedRun, ModelRule, Status, ThresholdSource, regraded};
use trimwatch::config::Config;
use trimwatch::engine::{Outcome, Regraded, Site, grade_anew, ingest, process, would_grade};
use trimwatch::history::{Audited, GradedBy, LogOutcome, RunKey, Store, audit, audit_entries, read_audit};
use trimwatch::session::Event;
use trimwatch::trim::Source;

fn rule(model: &str) -> ModelRule {
    ModelRule { model: model.to_owned(), ..ModelRule::default() }
}

/// Rules that speak of thresholds, and an offset that warns early.
fn stricter() -> Grading {
    let rules = vec![ModelRule { per_spec: Some(0.02), ..rule("9*") }, ModelRule { per_spec: Some(3.0), ..rule("*") }];
    Grading { offset_warn: 0.1, rules }
}

/// Rules that speak of the points themselves.
fn narrower() -> Grading {
    Grading { rules: vec![ModelRule { spec: Some(0.0005), ..rule("*") }], ..Grading::default() }
}

fn settings(grading: Grading) -> AnalysisSettings {
    AnalysisSettings { grading, ..AnalysisSettings::default() }
}

/// A history of copies of the samples in a folder, each file with its place in it.
struct Kept {
    folder: tempfile::TempDir,
    store: Option<Store>,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let drop = folder.path().join("LTS");
        fs::create_dir(&drop).expect("a drop folder");
        for (n, path) in files_of("incoming").into_iter().enumerate() {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let place = drop.join(n.to_string());
            fs::create_dir(&place).expect("a folder");
            fs::copy(&path, place.join(name)).expect("copied");
        }
        let store = open(&folder.path().join("store"));
        let kept = Self { folder, store: Some(store) };
        kept.grade(&Grading::default());
        kept.ingest(&Grading::default());
        kept
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("open")
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn ingest(&self, grading: &Grading) {
        let config = Config { rules: grading.rules.clone(), offset_warn: grading.offset_warn, ..Config::default() };
        let files: Vec<PathBuf> = support::files_below(&self.folder.path().join("LTS"));
        ingest(&files, self.store(), &Site::of(&config), || ()).expect("kept");
    }

    fn grade(&self, grading: &Grading) -> Option<Regraded> {
        grade_anew(self.store(), &settings(grading.clone()), &Config::default().learning, "meier").expect("graded")
    }

    fn runs(&self) -> BTreeMap<RunKey, JudgedRun> {
        let runs = self.store().all_runs().expect("readable");
        runs.into_iter().map(|(key, record)| (key, record.run)).collect()
    }

    fn audited(&self) -> Audited {
        audit(&read_audit(&self.dir()).expect("readable"), self.store().audit_head().expect("readable"))
    }
}

/// The statuses and figures of two histories are the same; whatever the counters say, too.
fn assert_alike(a: &Kept, b: &Kept) {
    let (of_a, of_b) = (a.runs(), b.runs());
    let models = |runs: &BTreeMap<RunKey, JudgedRun>| {
        let mut all: Vec<JudgedRun> = runs.values().cloned().collect();
        all.sort_by_key(|run| format!("{:?}", (&run.identity, run.tracks.len())));
        all
    };
    assert_eq!(models(&of_a), models(&of_b));
    assert_eq!(a.store().total(), b.store().total());
    assert_eq!(a.store().days().expect("readable"), b.store().days().expect("readable"));
    assert_eq!(a.store().models().expect("readable"), b.store().models().expect("readable"));
}

#[test]
fn a_kept_run_graded_anew_is_what_judging_its_file_by_the_new_rules_gives() {
    for path in files_of("incoming") {
        let bytes = fs::read(&path).expect("readable");
        let Outcome::Judged { run: before, .. } = judge_bytes(&bytes, &path) else { continue };
        let source = Source { path: &path, laser: None, modified: None, today: None };
        for grading in [stricter(), Grading { offset_warn: 5.0, ..Grading::default() }, Grading::default()] {
            let settings = settings(grading);
            let Outcome::Judged { run: now, .. } = process(&bytes, source, &settings).outcome else { panic!("a run") };
            assert!(settings.grading.measures_as(&Grading::default(), &before.identity.model));
            let again = regraded(&before, &settings.grading);
            assert_eq!(again.tracks, now.tracks, "{}", path.display());
            assert_eq!(again.status, now.status);
        }
    }
}

#[test]
fn a_history_graded_anew_is_one_that_was_kept_by_the_new_rules() {
    for grading in [stricter(), narrower()] {
        let (kept, mut other) = (Kept::new(), Kept::new());
        assert!(kept.grade(&Grading::default()).is_none(), "nothing has changed");
        let would = would_grade(kept.store(), &settings(grading.clone()), &Config::default().learning);
        let done = kept.grade(&grading).expect("the rules have changed");
        assert_eq!(would.expect("readable").as_ref(), Some(&done), "a dry run says what would be");
        assert!(done.changed > 10 && done.gone == 0 && !done.moved.is_empty(), "{}", done.said());
        // The other one never had any other rules.
        other.store = None;
        fs::remove_dir_all(other.dir()).expect("removed");
        other.store = Some(open(&other.dir()));
        other.grade(&grading);
        other.ingest(&grading);
        assert_alike(&kept, &other);
        assert!(kept.grade(&grading).is_none(), "once is enough");
    }
}

#[test]
fn a_change_of_rules_is_one_act_in_the_audit_journal_and_one_line_in_the_log() {
    let kept = Kept::new();
    let done = kept.grade(&stricter()).expect("the rules have changed");
    let entries = audit_entries(&read_audit(&kept.dir()).expect("readable"));
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!([entry.signed.act.as_str(), entry.signed.by.as_str()], ["configuration", "meier"]);
    assert_eq!(entry.signed.before, "offset_warn 1");
    assert_eq!(entry.signed.after, "offset_warn 0.1; 9*: per_spec 0.02; *: per_spec 3");
    assert!(kept.audited().tampered.is_empty());
    let log = kept.store().latest_log(1).expect("readable");
    let LogOutcome::Regraded { what, models } = &log[0].outcome else { panic!("{log:?}") };
    assert_eq!(*what, done.said());
    assert!(!models.is_empty());
}

#[test]
fn what_a_kill_cut_short_is_gone_on_with_and_signed_once() {
    let (kept, other) = (Kept::new(), Kept::new());
    // As a kill after the first step leaves it.
    let begun = GradedBy { grading: stricter(), before: vec![Grading::default()] };
    kept.store().note_grading(&begun, None).expect("kept");
    assert!(kept.grade(&stricter()).is_some_and(|done| done.changed > 0));
    assert!(read_audit(&kept.dir()).expect("readable").is_empty(), "whoever began it has signed");
    other.grade(&stricter());
    assert_alike(&kept, &other);
}

#[test]
fn rules_that_change_again_before_all_runs_are_graded_reach_the_runs_of_both() {
    let (kept, other) = (Kept::new(), Kept::new());
    // No run had been graded by the narrower ones yet.
    let begun = GradedBy { grading: narrower(), before: vec![Grading::default()] };
    kept.store().note_grading(&begun, None).expect("kept");
    let both = Grading { offset_warn: 0.1, ..narrower() };
    kept.grade(&both);
    other.grade(&both);
    assert_alike(&kept, &other);
}

#[test]
fn rules_taken_back_leave_the_runs_as_they_were() {
    let kept = Kept::new();
    let before = kept.runs();
    for grading in [narrower(), stricter(), Grading::default()] {
        kept.grade(&grading);
    }
    assert!(before == kept.runs());
}

#[test]
fn a_run_whose_points_are_needed_and_whose_file_is_gone_stays_as_it_was() {
    let kept = Kept::new();
    let before = kept.runs();
    fs::remove_dir_all(kept.folder.path().join("LTS")).expect("removed");
    let done = kept.grade(&narrower()).expect("the rules have changed");
    assert_eq!([done.changed, done.gone], [0, done.runs]);
    assert!(done.said().ends_with("stay as they were, because their files are gone or others"), "{}", done.said());
    assert!(before == kept.runs());
}

#[test]
fn excluded_points_are_not_graded_and_a_warning_says_by_whom() {
    let path = support::sample("9101-1_203");
    let bytes = fs::read(&path).expect("readable");
    let Outcome::Judged { run: before, .. } = judge_bytes(&bytes, &path) else { panic!("a run") };
    let worst = before.tracks[0].linearity().expect("graded").worst.position;
    let rules = vec![ModelRule { exclude: vec![[worst - 1e-6, worst + 1e-6]], ..rule("9101*") }];
    let source = Source { path: &path, laser: None, modified: None, today: None };
    let settings = settings(Grading { rules, ..Grading::default() });
    let Outcome::Judged { run, curves } = process(&bytes, source, &settings).outcome else { panic!("a run") };
    let graded = |run: &JudgedRun| run.tracks[0].linearity().expect("graded").graded;
    assert_eq!(graded(&run) + 1, graded(&before));
    assert!(
        run.warnings.iter().any(|said| said.starts_with("limits by a rule: no point graded at")),
        "{:?}",
        run.warnings
    );
    let curve = curves.tracks[0].judged().expect("a curve");
    assert!(
        curve
            .position
            .iter()
            .zip(&curve.upper)
            .any(|(&x, upper)| (f64::from(x) - worst).abs() < 1e-3 && upper.is_nan())
    );
}

#[test]
fn a_watch_begun_with_other_rules_shows_the_runs_of_before_by_them() {
    let shop = Shop::new();
    let first = shop.open();
    first.opened();
    shop.drop_sample("9101-1_203");
    assert_eq!(first.run().record.run.status, Status::Pass);
    first.session.stop();
    let mut setup = shop.setup();
    setup.analysis.grading.rules = vec![ModelRule { per_spec: Some(1e-6), ..rule("9101*") }];
    let second = Shift::of(setup);
    second.wait("the notice", |event| match event {
        Event::Notice(text) if text.starts_with("the rules of the configuration have changed") => Some(()),
        _ => None,
    });
    let (runs, log) = second.opened();
    let run = &runs[0].record.run;
    assert_eq!(run.status, Status::Warning);
    assert_eq!(run.tracks[0].threshold.map(|threshold| threshold.source), Some(ThresholdSource::Rule));
    assert!(matches!(&log[0].outcome, LogOutcome::Regraded { what, .. } if what.starts_with("1 of 1 runs")), "{log:?}");
    second.session.stop();
}

#[test]
fn a_store_that_was_copied_without_its_files_is_graded_from_its_figures() {
    let kept = Kept::new();
    fs::remove_dir_all(kept.folder.path().join("LTS")).expect("removed");
    let done = kept.grade(&stricter()).expect("the rules have changed");
    assert!(done.changed > 0 && done.gone == 0, "{}", done.said());
}
