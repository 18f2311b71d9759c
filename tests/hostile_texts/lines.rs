//! Lines for people and for monitoring: how the program stands, the audit journal.

use trimwatch::history::{LogOutcome, Signed, Store, audit, audit_entries, read_audit};
use trimwatch::session::Health;

use crate::dressed;
use crate::support::hostile::{is_harmless, texts};
use crate::support::open;

/// A label's value as a reader of Prometheus' text format takes it; nothing when the line is none of the format's.
fn label(line: &str) -> Option<String> {
    let rest = line.strip_prefix("trimwatch_folder_online{folder=\"")?;
    let (mut value, mut signs) = (String::new(), rest.chars());
    loop {
        match signs.next()? {
            '"' => break,
            '\\' => value.push(match signs.next()? {
                'n' => '\n',
                c @ ('\\' | '"') => c,
                _ => return None,
            }),
            c => value.push(c),
        }
    }
    signs.as_str().strip_prefix("} ")?.parse::<f64>().ok().map(|_| value)
}

/// Whether a line without labels of names is one of the format's.
fn is_metric(line: &str) -> bool {
    let name = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if let Some(comment) = line.strip_prefix("# ") {
        return comment.starts_with("HELP trimwatch_") || comment.starts_with("TYPE trimwatch_");
    }
    let Some((metric, value)) = line.rsplit_once(' ') else { return false };
    let metric =
        metric.strip_suffix("{verdict=\"good\"}").or(metric.strip_suffix("{verdict=\"failed\"}")).unwrap_or(metric);
    name(metric) && value.parse::<f64>().is_ok()
}

#[test]
fn a_sites_monitoring_reads_as_many_lines_whatever_a_folder_is_called() {
    let plain = Health::of("process 1", &dressed::told("PLAIN", 1)).prometheus().lines().count();
    let mut labels = std::collections::HashSet::new();
    for (at, text) in texts().iter().enumerate() {
        let health = Health::of(text, &dressed::told(text, at as u64));
        let told = health.prometheus();
        assert_eq!(told.lines().count(), plain, "{text:?}");
        assert!(told.lines().all(is_harmless), "{text:?}: on a terminal too");
        let (named, others): (Vec<&str>, Vec<&str>) =
            told.lines().partition(|line| line.starts_with("trimwatch_folder_online{"));
        assert!(others.iter().all(|line| is_metric(line)), "{text:?}: {told}");
        let value = label(named[0]).unwrap_or_else(|| panic!("{text:?}: {named:?}"));
        assert_eq!((named.len(), value == *text), (1, is_harmless(&text.replace('\n', ""))), "{text:?}: {value:?}");
        assert!(labels.insert(value), "{text:?}: two folders would be one");
        let json = trimwatch::export::json_text(&health).expect("JSON");
        assert!(is_harmless(&json), "{text:?}");
        let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!((read["owner"].as_str(), read["folders"][0]["path"].as_str()), (Some(&**text), Some(&**text)));
    }
}

#[test]
fn every_act_is_one_line_of_the_journal_and_the_chain_holds_whatever_people_type() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("store");
    let store = open(&dir);
    let texts = texts();
    let outcomes: Vec<_> = texts.iter().map(|text| dressed::outcome(text)).collect();
    store.take_outcomes(&outcomes).expect("taken");
    for text in texts.iter().step_by(40) {
        let text = || text.clone();
        let signed = Signed {
            at_ms: 1,
            act: "exclude".to_owned(),
            what: text(),
            by: text(),
            why: text(),
            before: text(),
            after: text(),
        };
        store.sign(signed).expect("signed");
    }
    let (reason, by) = (texts[0].clone(), texts[1].clone());
    let line = LogOutcome::NewBaseline { of: reason.clone(), from: by.clone(), reason, by };
    store.keep_drift(&[], vec![line], 1).expect("kept");
    let bytes = read_audit(&dir).expect("a journal");
    let found = audit(&bytes, store.audit_head().expect("readable"));
    assert_eq!((found.tampered, found.beyond), (Vec::new(), 0));
    let entries = audit_entries(&bytes);
    assert_eq!(entries.len(), bytes.split(|&byte| byte == b'\n').count() - 1, "a line an act");
    assert!(entries.len() >= texts.len(), "{} acts", entries.len());
    let said = |text: &String| entries.iter().any(|entry| entry.signed.by == *text);
    assert!(texts.iter().all(said), "everybody is in it as they typed");
    drop(store);
    let again = Store::open(&dir, &crate::support::holder()).expect("a store").0;
    assert_eq!(again.outcomes(None, None).expect("readable").len(), known_units(&texts), "as they were entered");
}

/// Units that the store tells apart: a NUL is a blank in its keys.
fn known_units(texts: &[String]) -> usize {
    texts.iter().map(|text| text.replace('\0', " ")).collect::<std::collections::HashSet<_>>().len()
}
