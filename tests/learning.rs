//! Learning from a shop's own history: trained, deployed, heard, kept silent, damaged, given up.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::ops::ControlFlow;
use std::path::Path;

use support::shop::{Shift, Shop};
use support::{engine, entry, keep, open};
use trimwatch::analysis::{Learner, Status, ThresholdSource, Why};
use trimwatch::config::{Config, LearningSettings, Mode};
use trimwatch::engine::{Ear, Plan, Said, Wanted, look_and_train};
use trimwatch::history::{Act, Ending, Entry, Exclusion, LogOutcome, Outcome, Store};
use trimwatch::session::{ArrivedRun, Event, Request, Setup, Standing};
use trimwatch::trim::LocalTime;

const SAMPLE: &str = "9101-1_203";
/// A Monday in 2026, seconds since 1970.
const BEGIN: i64 = 1_767_600_000;

/// Numbers 0 … 1 that look random and are the same every time.
fn chance(n: usize, stream: usize) -> f64 {
    let mixed =
        (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (stream as u64 + 7).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).expect("a small number")
}

/// How bad a unit arrived, 0 … 1: half of it is its untrimmed error, half its untrimmed roughness.
fn badness(n: usize) -> f64 {
    f64::midpoint(chance(n, 1), chance(n, 4))
}

/// A unit of which its untrimmed error and roughness together say, mostly, whether its linearity fails.
fn unit(n: usize, learnable: bool) -> Entry {
    let mut entry = entry(SAMPLE, &format!("/drop/LTS/{n}.xls"), format!("content {n}").as_bytes(), whole(n));
    let Ending::Run { run, .. } = &mut entry.ending else { panic!("a run") };
    run.identity.serial = format!("{}", 1_000 + n);
    run.identity.time = LocalTime::from_timestamp(BEGIN + 3_600 * whole(n));
    let luck = chance(n, 2);
    let fails = if learnable { badness(n) + 0.1 * (luck - 0.5) > 0.6 } else { luck > 0.7 };
    let track = run.tracks.first_mut().expect("a track");
    let spec = track.figures.and_then(|figures| figures.spec).expect("a spec");
    let untrimmed = track.untrimmed.as_mut().expect("an untrimmed sweep");
    untrimmed.r = Some(2.0 + 20.0 * chance(n, 4));
    if let Some(linearity) = &mut untrimmed.linearity {
        linearity.stored_error = spec * (1.0 + 8.0 * chance(n, 1));
    }
    if let Some(figures) = &mut track.figures {
        let r = 2.0 + 8.0 * (badness(n) + 0.1 * (chance(n, 3) - 0.5)).clamp(0.0, 1.0);
        (figures.r, figures.sigma) = (Some(r), Some(r * spec / figures.travel));
        if let Some(linearity) = &mut figures.linearity {
            linearity.fail = u32::from(fails);
        }
    }
    track.status = if fails { Status::Fail } else { Status::Pass };
    run.status = track.status;
    entry
}

/// A history of so many units.
fn history(dir: &Path, units: usize, learnable: bool) -> Store {
    let store = open(dir);
    keep(&store, (0..units).map(|n| unit(n, learnable)).collect());
    store
}

fn plan() -> Plan {
    Plan { settings: LearningSettings::default(), filter: Config::default().analysis().sigma.identity() }
}

fn wanted(learner: Option<Learner>) -> Wanted {
    Wanted { learner, product_model: None, by: "AB".to_owned(), trains: true, now: true }
}

fn train(store: &Store, learner: Option<Learner>) -> Vec<Said> {
    let mut said = Vec::new();
    let ear = Ear { far: &|_, _| (), stop: &|| ControlFlow::Continue(()) };
    look_and_train(store, &plan(), &wanted(learner), &ear, &mut |news| said.push(news)).expect("a readable history");
    said
}

fn deployed(store: &Store, learner: Learner) -> Option<u32> {
    let found = store.registered_models().expect("readable");
    found.iter().find(|version| version.deployed && version.card.learner == learner).map(|version| version.card.version)
}

fn setup(shop: &Shop, learning: LearningSettings) -> Setup {
    Setup { learning, ..shop.setup() }
}

/// The next file of a shop that has learned.
fn next_file(shift: &Shift, shop: &Shop) -> ArrivedRun {
    shift.opened();
    shop.drop_as(SAMPLE, "9101-1_777_TA_Test Data_3-9-2026_9-35 AMTrimmed Correct.xls");
    shift.run()
}

#[test]
fn what_proved_better_speaks_of_the_next_file_and_the_record_says_which_of_the_two_spoke() {
    let shop = Shop::new();
    let store = history(&shop.store(), 160, true);
    train(&store, None);
    assert_eq!(deployed(&store, Learner::TrimVerdict), Some(1));
    assert_eq!(deployed(&store, Learner::ThresholdOptimizer), Some(1));
    assert_eq!(deployed(&store, Learner::DriftDetector), Some(1));
    assert_eq!(deployed(&store, Learner::FinalTest), None, "nobody said what the tests were");
    drop(store);
    let shift = shop.open();
    let run = next_file(&shift, &shop).record.run;
    let (track, assessment) = (&run.tracks[0], &run.assessments[0]);
    let risk = assessment.incoming_risk.as_ref().expect("learned");
    assert_eq!(risk.method.label(), "learned v1");
    assert_eq!(risk.terms.len(), 3);
    let failure = track.risk.as_ref().expect("the formula speaks");
    assert_eq!(failure.method.label(), "formula");
    assert_eq!(assessment.why_not(Learner::FinalTest), Some(&Why::NotDeployed));
    let threshold = track.threshold.expect("a threshold");
    let ThresholdSource::Learned(by) = threshold.source else { panic!("{threshold:?}") };
    assert!(by.own && by.low <= by.high, "{by:?}");
    let r = track.r_limit().expect("on r");
    assert!((by.low..=by.high).contains(&r) && (5.5..8.5).contains(&r), "r {r}: failing begins near 6.8");
    shift.session.stop();
}

#[test]
fn in_shadow_it_only_notes_what_it_would_have_said_and_off_it_notes_nothing() {
    let shop = Shop::new();
    let store = history(&shop.store(), 160, true);
    train(&store, None);
    drop(store);
    let shadow = LearningSettings {
        failure_predictor: Mode::Shadow,
        threshold_optimizer: Mode::Off,
        ..LearningSettings::default()
    };
    let shift = Shift::of(setup(&shop, shadow));
    let run = next_file(&shift, &shop).record.run;
    let assessment = &run.assessments[0];
    assert_eq!(assessment.incoming_risk, None);
    assert!(assessment.shadow.incoming_risk.is_some());
    assert_eq!(assessment.why_not(Learner::TrimVerdict), Some(&Why::Shadow));
    assert_eq!(assessment.why_not(Learner::ThresholdOptimizer), Some(&Why::Off));
    assert_eq!(run.tracks[0].threshold.expect("a threshold").source, ThresholdSource::Formula);
    shift.session.stop();
}

#[test]
fn a_damaged_model_is_refused_named_in_the_log_and_the_formula_speaks() {
    let shop = Shop::new();
    let store = history(&shop.store(), 160, true);
    train(&store, Some(Learner::TrimVerdict));
    assert_eq!(deployed(&store, Learner::TrimVerdict), Some(1));
    drop(store);
    spoil_models(&shop.store());
    let shift = shop.open();
    let refused = shift.wait("the refusal", |event| match event {
        Event::Logged(entry) => match entry.outcome {
            LogOutcome::Learning { what, failed: true, .. } => Some(what),
            _ => None,
        },
        _ => None,
    });
    assert!(refused.contains("refused") && refused.contains("damaged"), "{refused}");
    shop.drop_as(SAMPLE, "9101-1_777_TA_Test Data_3-9-2026_9-35 AMTrimmed Correct.xls");
    let run = shift.run().record.run;
    assert_eq!(run.assessments[0].incoming_risk, None);
    assert!(matches!(run.assessments[0].why_not(Learner::TrimVerdict), Some(Why::Failed(_))));
    assert!(run.tracks[0].risk.is_some(), "the formula speaks");
    shift.session.stop();
}

/// Turns a byte of every stored stretch of a model.
fn spoil_models(dir: &Path) {
    let db = engine(dir);
    for pair in db.scan_prefix(b"b") {
        let (key, value) = pair.expect("a pair");
        let mut spoilt = value.to_vec();
        if let Some(last) = spoilt.last_mut() {
            *last ^= 0x55;
        }
        db.insert(key, spoilt).expect("inserted");
    }
    db.flush().expect("flushed");
}

#[test]
fn without_a_relation_nothing_is_deployed_and_the_card_says_what_was_missed() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), 160, false);
    let said = train(&store, Some(Learner::TrimVerdict));
    assert_eq!(deployed(&store, Learner::TrimVerdict), None);
    let kept = said.iter().find_map(|said| match said {
        Said::Kept { card, words, .. } => Some((card, words)),
        _ => None,
    });
    let (card, words) = kept.expect("a version that was not deployed");
    assert!(card.missed().is_some() && words.contains("not deployed"), "{words}");
}

#[test]
fn excluded_runs_teach_nothing_and_too_little_history_says_what_it_lacks() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), 70, true);
    for (key, _) in store.all_runs().expect("readable").into_iter().take(20) {
        let word = Exclusion { reason: "wrong fixture".to_owned(), by: "AB".to_owned(), at_ms: 0 };
        store.act(Act { key, exclude: true, word }).expect("kept");
    }
    let said = train(&store, Some(Learner::TrimVerdict));
    let cause = said.iter().find_map(|said| match said {
        Said::Failed { cause, .. } => Some(cause.as_str()),
        _ => None,
    });
    assert_eq!(cause, Some("not enough to learn from: 50 of 60 units"));
    assert_eq!(store.registered_models().expect("readable"), []);
}

#[test]
fn the_same_history_trains_the_same_bytes() {
    let content = |dir: &Path| {
        let store = history(dir, 120, true);
        train(&store, None);
        let found = store.registered_models().expect("readable");
        found.into_iter().map(|version| (version.card.learner, version.card.content)).collect::<Vec<_>>()
    };
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let first = content(one.path());
    assert_eq!(first.len(), 3);
    assert_eq!(first, content(other.path()));
}

#[test]
fn a_training_that_is_given_up_leaves_what_was_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), 120, true);
    train(&store, Some(Learner::TrimVerdict));
    let before = store.registered_models().expect("readable");
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let stop = || match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0..130 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let ear = Ear { far: &|_, _| (), stop: &stop };
    look_and_train(&store, &plan(), &wanted(None), &ear, &mut |_| ()).expect("given up");
    assert_eq!(store.registered_models().expect("readable"), before);
}

#[test]
fn a_failure_predictor_learns_from_what_final_tests_said() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), 200, true);
    let outcome = |n: usize| Outcome {
        model: "9101-1".to_owned(),
        serial: format!("{}", 1_000 + n),
        tested: LocalTime::from_timestamp(BEGIN + 3_600 * whole(n) + 86_400).expect("a time"),
        passed: badness(n) + 0.1 * (chance(n, 5) - 0.5) < 0.5,
        note: String::new(),
        by: "AB".to_owned(),
        at_ms: 0,
    };
    let taken = store.take_outcomes(&(0..200).map(outcome).collect::<Vec<_>>()).expect("kept");
    assert_eq!((taken.new, taken.without_run), (200, 0));
    train(&store, Some(Learner::FinalTest));
    let found = store.registered_models().expect("readable");
    let card = &found.first().expect("a version").card;
    assert_eq!((card.learner, card.rows), (Learner::FinalTest, 200));
    assert!(card.figure("ROC AUC").is_some_and(|auc| auc.value > 0.85), "{:?}", card.figures);
}

#[test]
fn the_models_screen_hears_of_a_training_and_of_another_version_that_speaks() {
    let shop = Shop::new();
    drop(history(&shop.store(), 160, true));
    let quiet = LearningSettings { automatic: false, ..LearningSettings::default() };
    let shift = Shift::of(setup(&shop, quiet));
    shift.opened();
    shift.ask(Request::Models);
    shift.ask(Request::Train { learner: Some(Learner::TrimVerdict), by: "AB".to_owned() });
    let standing = |event: Event| match event {
        Event::Models(view) => {
            let learner = view.learners.into_iter().find(|view| view.learner == Learner::TrimVerdict)?;
            Some(learner.standing(view.training.as_ref(), 0))
        }
        _ => None,
    };
    shift.wait("the training", |event| standing(event).filter(|now| matches!(now, Standing::Training(_))));
    shift.wait("the version", |event| standing(event).filter(|now| *now == Standing::Deployed(1)));
    let formula =
        Request::Deploy { learner: Learner::TrimVerdict, scope: String::new(), version: None, by: "AB".to_owned() };
    shift.ask(formula);
    let told = shift.wait("the formula", |event| standing(event).filter(|now| *now != Standing::Deployed(1)));
    assert_eq!(told, Standing::TakenBack("chosen by AB".to_owned()));
    shift.session.stop();
}

#[test]
fn a_persons_word_on_a_test_is_kept_logged_and_can_be_taken_back() {
    let shop = Shop::new();
    let store = open(&shop.store());
    keep(&store, vec![unit(0, true)]);
    drop(store);
    let shift = shop.open();
    let (runs, _) = shift.opened();
    let key = runs.first().expect("a run").key.clone();
    let say = |passed| Request::Tested { key: key.clone(), passed, note: "wiper".to_owned(), by: "AB".to_owned() };
    let outcome = |event: Event| match event {
        Event::Outcome { outcome, .. } => Some(outcome),
        _ => None,
    };
    shift.ask(say(Some(false)));
    let heard = shift.wait("the outcome", outcome).expect("kept");
    assert_eq!((heard.passed, heard.note.as_str(), heard.by.as_str()), (false, "wiper", "AB"));
    shift.ask(say(Some(true)));
    assert!(shift.wait("the outcome", outcome).expect("kept").passed, "who says otherwise overrules");
    shift.ask(say(None));
    assert_eq!(shift.wait("no outcome", outcome), None);
    shift.session.stop();
    let store = open(&shop.store());
    let words = store.latest_log(10).expect("readable").into_iter().filter(|entry| entry.outcome.is_word()).count();
    assert_eq!((words, store.outcomes(None, None).expect("readable").len()), (3, 0));
}
