//! Texts as filters, and filters that mean one text.

use std::ops::ControlFlow;

use trimwatch::history::{Facts, Filter, Moment, Overview, Query, Store, text_is_in};
use trimwatch::trim::{Identity, LocalTime};
use trimwatch::tui::{Line, Remembered, Saved};

use crate::dressed;
use crate::support::hostile::{hostile, short};
use crate::support::keep;

fn moment() -> Moment {
    Moment { now: LocalTime::from_timestamp(1_773_921_600).expect("a time"), shift: None }
}

fn quoted(text: &str) -> String {
    let spelled = |c| if matches!(c, '"' | '\\' | '*' | '?') { format!("\\{c}") } else { String::from(c) };
    text.chars().map(spelled).collect()
}

#[test]
fn any_text_is_a_filter_that_reads_back_as_itself_or_an_error_in_words() {
    let (run, _) = dressed::run("8340-1", 1);
    let facts = Facts::of(&run.key, &run.record);
    for text in hostile() {
        match Filter::parse(&text) {
            Ok(filter) => {
                assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter), "{text:?} → {filter}");
                let _ = filter.admits(&facts, &moment());
            }
            Err(error) => assert!(error.to_string().len() <= 400, "{text:?}: {error}"),
        }
        assert!(Line::of(&text).text().chars().count() <= 300);
        let _ = text_is_in(&text, &facts);
    }
}

#[test]
fn a_filter_made_of_a_name_means_that_name_alone_and_is_remembered() {
    let store = Store::in_memory();
    // Names are told apart in any case, blanks around them aside, and NUL is a blank in keys.
    let folded = |text: &str| text.trim().to_lowercase().replace('\0', " ");
    let mut known = std::collections::HashSet::new();
    let texts: Vec<String> = short().into_iter().filter(|text| known.insert(folded(text))).collect();
    keep(&store, texts.iter().zip(0..).map(|(text, number)| dressed::kept(text, number)).collect());
    let (mut overview, _) = Overview::build(&store, |_| ControlFlow::Continue(())).expect("readable");
    let (mut remembered, pattern) = (Remembered::default(), dressed::run("", 1).0.record.run.identity);
    for text in &texts {
        let typed = format!("sn:\"{0}\" laser:\"{0}\" sec:\"{0}\" disp:\"{0}\"", quoted(&text.replace('\0', " ")));
        let by_model = Filter::default().of_model(&text.replace('\0', " "));
        for filter in [Filter::parse(&typed).expect("a filter"), by_model] {
            let written = filter.to_string();
            assert_eq!(Filter::parse(&written).as_ref(), Ok(&filter), "{written}");
            let query = Query { filter: filter.clone(), limit: 5, ..Query::default() };
            let page = overview.page(&query, &moment()).expect("no shift is meant");
            assert_eq!(page.found, 1, "{text:?} by {written:?}");
            let run = store.run(&page.keys[0]).expect("readable").expect("the run");
            assert_eq!(&run.run.identity.serial, text, "by {written:?}");
            let (sort, reverse) = (query.sort, false);
            remembered.save(Saved { name: text.clone(), filter, sort, reverse });
        }
        let identity = Identity { model: text.clone(), serial: text.clone(), ..pattern.clone() };
        let (model, serial) = (text.replace('\0', " "), text.as_str());
        let units = usize::from(identity.is_unit());
        assert_eq!(store.unit_runs(&model, serial).expect("readable").len(), units, "{text:?}");
        assert_eq!(store.serial_runs(serial).expect("readable").len(), units, "{text:?}");
    }
    let written = toml::to_string_pretty(&remembered).expect("TOML");
    assert_eq!(toml::from_str::<Remembered>(&written).expect("the same"), remembered);
}
