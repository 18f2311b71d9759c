//! Texts on paper: the one-page report as text and as SVG.

use std::collections::BTreeSet;

use trimwatch::engine::kept;
use trimwatch::export::{UnitReport, printable, report_svg, report_text};

use crate::dressed;
use crate::support::hostile::{is_harmless, texts};

/// All that a page is drawn with.
const ELEMENTS: [&str; 6] = ["circle", "path", "rect", "svg", "text", "title"];
const ATTRIBUTES: [&str; 20] = [
    "cx",
    "cy",
    "d",
    "fill",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "r",
    "stroke",
    "stroke-width",
    "text-anchor",
    "viewBox",
    "width",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
];

fn each_report(look: impl Fn(&UnitReport<'_>, &str)) {
    for (at, text) in texts().iter().enumerate() {
        let (run, curves) = dressed::run(text, at as u64);
        let curves = (at % 20 == 0).then_some(&curves);
        look(&UnitReport { run: kept(&run.record), curves, made: "2026-03-19 12:00", version: "0" }, text);
    }
}

#[test]
fn a_report_is_a_page_of_harmless_lines_whatever_a_unit_is_called() {
    each_report(|report, text| {
        let page = report_text(report);
        for line in page.lines() {
            assert!(is_harmless(line) && line.chars().count() <= 100, "{text:?}: {line:?}");
        }
        assert!(page.lines().count() <= 90, "{text:?}: {} lines", page.lines().count());
        assert_eq!(page.matches("TRIM REPORT").count(), 1 + usize::from(text.contains("TRIM REPORT")));
    });
}

#[test]
fn a_page_of_svg_has_no_element_and_no_attribute_from_a_text() {
    each_report(|report, text| {
        let page = report_svg(report);
        let parsed = roxmltree::Document::parse(&page).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let (mut elements, mut attributes) = (BTreeSet::new(), BTreeSet::new());
        for node in parsed.descendants().filter(roxmltree::Node::is_element) {
            elements.insert(node.tag_name().name().to_owned());
            for attribute in node.attributes() {
                attributes.insert(attribute.name().to_owned());
                assert!(attribute.value().is_ascii() && !attribute.value().contains("script"), "{text:?}");
            }
        }
        assert!(elements.iter().all(|name| ELEMENTS.contains(&name.as_str())), "{text:?}: {elements:?}");
        assert!(attributes.iter().all(|name| ATTRIBUTES.contains(&name.as_str())), "{text:?}: {attributes:?}");
        assert!(!parsed.descendants().any(|node| node.is_comment() || node.is_pi()), "{text:?}");
        let words: Vec<&str> = parsed.descendants().filter_map(|node| node.text()).collect();
        assert!(words.iter().all(|word| is_harmless(&word.replace('\n', " "))), "{text:?}");
        let shown = printable(text);
        let name: String =
            shown.split(' ').find(|word| !word.is_empty()).unwrap_or_default().chars().take(20).collect();
        assert!(words.iter().any(|word| word.contains(&name)), "{text:?}: it is said");
    });
}
