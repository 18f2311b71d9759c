//! Asking a running session about its history: pages, searches, yields, exclusion, whatever arrives meanwhile.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use support::shop::{Shift, Shop};
use trimwatch::history::{Filter, Grouping, LogOutcome, Query, Step, YieldRow};
use trimwatch::session::{Event, HistoryPage, Request, Setup};

/// Questions to the history, and their answers.
trait Asks {
    fn page(&self, number: u64, filter: &str) -> HistoryPage;
    fn models(&self, number: u64) -> Vec<YieldRow>;
}

impl Asks for Shift {
    /// The page that a filter gives, once the overview is built.
    fn page(&self, number: u64, filter: &str) -> HistoryPage {
        let filter = Filter::parse(filter).expect("a filter");
        self.ask(Request::Query { number, query: Box::new(Query { filter, limit: 10, ..Query::default() }) });
        self.wait("a page", |event| match event {
            Event::Page { number: answered, page } if answered == number => Some(*page),
            _ => None,
        })
    }

    fn models(&self, number: u64) -> Vec<YieldRow> {
        self.ask(Request::Overview { number, filter: Filter::default(), by: Grouping::Model });
        self.wait("yields", |event| match event {
            Event::Yields { number: answered, rows } if answered == number => Some(rows),
            _ => None,
        })
    }
}

fn serials(page: &HistoryPage) -> Vec<String> {
    let runs = page.runs.iter().filter_map(|(_, run)| run.as_ref());
    runs.map(|run| run.record.run.identity.serial.clone()).collect()
}

#[test]
fn the_history_is_asked_while_files_arrive_and_after_a_restart() {
    let shop = Shop::new();
    let shift = shop.open();
    for words in ["9101-1_207", "9203_34", "9101-1_201"] {
        shop.drop_sample(words);
        shift.run();
    }
    let page = shift.page(1, "");
    assert_eq!((serials(&page), page.all), (vec!["34".to_owned(), "207".to_owned(), "201".to_owned()], 3));
    assert_eq!(serials(&shift.page(2, "model:9101* status:pass")), ["207", "201"]);
    shift.session.stop();
    let again = shop.open();
    assert_eq!(serials(&again.page(1, "status:fail")), ["34"], "built from what is on disk");
    let query = Box::new(Query { limit: 10, ..Query::default() });
    again.ask(Request::Find { number: 2, query, text: "201".to_owned(), step: Step::Here });
    let found = again.wait("the hit", |event| match event {
        Event::Found { found, .. } => Some(found),
        _ => None,
    });
    assert_eq!((found.row, found.found), (Some(2), 1));
    again.session.stop();
}

#[test]
fn a_question_that_cannot_be_answered_is_told_why() {
    let shop = Shop::new();
    let shift = shop.open();
    let filter = Filter::parse("since:shift").expect("a filter");
    shift.ask(Request::Overview { number: 3, filter, by: Grouping::Model });
    let why = shift.wait("a refusal", |event| match event {
        Event::Unanswered { number: 3, why } => Some(why),
        _ => None,
    });
    assert!(why.contains("no shift is on"), "{why}");
    shift.session.stop();
}

#[test]
fn an_excluded_run_leaves_yield_and_overview_at_once_and_is_journaled() {
    let shop = Shop::new();
    let shift = shop.open();
    shop.drop_sample("9203_34");
    let key = shift.run().key;
    shift.log();
    assert_eq!(shift.models(1).first().map(|row| (row.tally.failed, row.tally.excluded)), Some((1, 0)));
    shift.ask(Request::Exclude { key: key.clone(), reason: "probe".to_owned(), by: "AB".to_owned() });
    assert!(matches!(shift.log().outcome, LogOutcome::Excluded { .. }));
    let changed = shift.wait("the run as it is now", |event| match event {
        Event::Changed(run) => Some(run),
        _ => None,
    });
    assert_eq!(changed.record.excluded.map(|word| word.by).as_deref(), Some("AB"));
    assert_eq!(shift.models(2).first().map(|row| (row.tally.failed, row.tally.excluded)), Some((0, 1)));
    assert_eq!(shift.page(3, "excluded:yes").found, 1);
    shift.session.stop();
    let again = shop.open();
    assert_eq!(again.page(1, "excluded:yes").found, 1, "after a restart too");
    again.ask(Request::Include { key, reason: "probe was fine".to_owned(), by: "AB".to_owned() });
    assert!(matches!(again.log().outcome, LogOutcome::Included { .. }));
    assert_eq!(again.page(2, "excluded:yes").found, 0);
    again.session.stop();
}

#[test]
fn without_a_store_what_memory_has_can_be_asked() {
    let shop = Shop::new();
    let shift = Shift::of(Setup { store: None, ..shop.setup() });
    shop.drop_sample("9101-1_201");
    let key = shift.run().key;
    assert_eq!(shift.page(1, "sn:201").found, 1);
    shift.ask(Request::Exclude { key, reason: "probe".to_owned(), by: "AB".to_owned() });
    assert_eq!(shift.page(2, "excluded:yes").found, 1);
    shift.session.stop();
}
