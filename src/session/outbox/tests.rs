//! What one viewer is sent, and when.

use super::*;
use crate::session::Event;

fn bytes(text: &str) -> Bytes {
    text.as_bytes().into()
}

fn outbox() -> Outbox {
    let outbox = Outbox::new(1);
    assert!(matches!(outbox.take(false), Batch::CatchUp), "who has just come knows nothing");
    outbox.caught_up();
    outbox
}

/// What is sent: bytes, and how many states.
fn sent(outbox: &Outbox) -> (Vec<Bytes>, usize) {
    match outbox.take(false) {
        Batch::Events(each, latest) => (each, latest.len()),
        other => panic!("{other:?}"),
    }
}

/// Something of which nothing may come later.
fn piece(text: &str) -> Piece {
    let state = || Some(Unsealed::new(Event::Notice(text.to_owned())));
    Piece { events: 1, bytes: bytes(text), announced: None, header: state(), curves: state() }
}

#[test]
fn pieces_and_own_answers_go_in_their_order_and_of_states_the_last_one() {
    let outbox = outbox();
    outbox.share(&piece("a"));
    outbox.put(bytes("own"));
    outbox.share(&piece("b"));
    outbox.put_latest(Slot::Drift, &Unsealed::new(Event::Alive));
    let Batch::Events(each, latest) = outbox.take(false) else { panic!("something waits") };
    assert_eq!(each, [bytes("a"), bytes("own"), bytes("b")]);
    let last = Unsealed::new(Event::Notice("b".to_owned())).bytes();
    let latest: Vec<Bytes> = latest.iter().map(|state| state.bytes()).collect();
    assert_eq!(latest, [last.clone(), last, Unsealed::new(Event::Alive).bytes()]);
    assert!(matches!(outbox.take(false), Batch::Nothing));
    outbox.close();
    outbox.rest();
    assert!(matches!(outbox.take(false), Batch::End));
}

#[test]
fn what_waits_is_sent_before_the_end() {
    let outbox = outbox();
    outbox.share(&piece("a"));
    outbox.close();
    outbox.share(&piece("b"));
    assert_eq!(sent(&outbox), (vec![bytes("a")], 2));
    assert!(matches!(outbox.take(false), Batch::End));
}

#[test]
fn who_leaves_before_it_was_told_anything_is_told_nothing() {
    let outbox = Outbox::new(1);
    outbox.close();
    assert!(matches!(outbox.take(false), Batch::End));
}

#[test]
fn who_does_not_listen_costs_a_bounded_queue_and_is_brought_up_to_date_later() {
    let outbox = outbox();
    (0..3 * MOST).for_each(|_| outbox.share(&piece("x")));
    assert_eq!(outbox.lock().each.capacity(), 0, "nothing is kept for it");
    assert!(outbox.lock().latest.iter().all(Option::is_none));
    assert!(matches!(outbox.take(false), Batch::CatchUp));
    outbox.caught_up();
    outbox.put(bytes("y"));
    assert_eq!(sent(&outbox), (vec![bytes("y")], 0));
}

#[test]
fn who_sleeps_is_woken_by_what_is_set_for_all_and_by_an_answer_of_its_own() {
    let outbox = outbox();
    for (wake, is_late) in [((|outbox| outbox.wake()) as fn(&Outbox), true), (|outbox| outbox.put(bytes("a")), false)] {
        assert!(matches!(outbox.take(false), Batch::Nothing) && outbox.lock().asleep);
        wake(&outbox);
        assert!(!outbox.lock().asleep);
        assert_eq!(outbox.lock().pace.until().is_some(), is_late, "an answer waits for nothing");
        outbox.rest();
    }
}

#[test]
fn where_more_files_are_under_way_a_frame_waits_for_the_end_of_their_group_and_an_answer_does_not() {
    let outbox = outbox();
    outbox.share(&piece("a"));
    assert!(matches!(outbox.take(false), Batch::Events(..)), "nothing has gone for a while");
    let ends: [fn(&Outbox); 3] =
        [|outbox| outbox.group_told(Instant::now(), true), |outbox| outbox.put(bytes("own")), |outbox| outbox.close()];
    for end in ends {
        outbox.share(&piece("b"));
        assert!(matches!(outbox.take(true), Batch::Soon));
        end(&outbox);
        outbox.rest();
        assert!(matches!(outbox.take(false), Batch::Events(..)));
    }
}

/// So many runs, the `nth` piece of all.
fn runs(number: u64, runs: usize) -> Piece {
    let (announced, outlined) = (bytes(&format!("announced {number}")), bytes(&format!("outlined {number}")));
    let announced = Announced { number, runs, bytes: announced, outlined };
    let all = bytes(&format!("runs {number}"));
    Piece { events: 2 * runs, bytes: all, announced: Some(announced), header: None, curves: None }
}

/// What is sent, in words.
fn words(outbox: &Outbox) -> Vec<String> {
    let Batch::Events(sent, _) = outbox.take(false) else { panic!("something waits") };
    sent.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).map(word).collect()
}

/// The head of what follows has its number in it.
fn word(sent: String) -> String {
    if sent.starts_with(char::is_alphabetic) { sent } else { "follows:".to_owned() }
}

/// Told of five pieces of ten runs, with room on the screen for so many rows.
fn in_a_burst(rows: Option<u32>) -> Outbox {
    let outbox = outbox();
    outbox.shows(rows);
    (1..=5).for_each(|number| outbox.share(&runs(number, 10)));
    outbox
}

#[test]
fn in_a_burst_the_newest_goes_in_full_and_the_rest_once_it_is_quiet() {
    let outbox = in_a_burst(Some(15));
    assert_eq!(words(&outbox), ["announced 1", "announced 2", "announced 3", "outlined 4", "runs 5"]);
    outbox.share(&runs(6, 10));
    outbox.share(&runs(7, 10));
    assert_eq!(words(&outbox), ["runs 6", "runs 7"], "they fit");
    assert!(matches!(outbox.take(false), Batch::Nothing), "it is not quiet yet");
    assert!(matches!(outbox.lock().rest(), Rest::For(_)), "nobody has to wake it for that");
    outbox.lock().quiet = Instant::now();
    outbox.rest();
    let follow = ["follows:", "runs 1", "follows:", "runs 2", "follows:", "runs 3", "follows:", "runs 4"];
    assert_eq!(words(&outbox), follow);
    assert!(matches!(outbox.take(false), Batch::Nothing));
}

#[test]
fn who_shows_all_or_nothing_known_gets_all_at_once() {
    assert_eq!(words(&in_a_burst(None)).len(), 5);
    let outbox = in_a_burst(Some(20));
    assert_eq!(words(&outbox), ["announced 1", "announced 2", "announced 3", "outlined 4", "runs 5"]);
    assert!(matches!(outbox.take(false), Batch::Nothing));
    outbox.shows(None);
    assert!(!outbox.lock().asleep, "it is woken for it");
    assert_eq!(words(&outbox).len(), 8);
}

#[test]
fn curves_that_the_next_frame_would_push_off_the_list_wait_until_it_is_quiet() {
    let outbox = outbox();
    outbox.shows(Some(15));
    let with_curves = |number: u64, many| {
        let curves = Some(Unsealed::new(Event::Notice(number.to_string())));
        outbox.share(&Piece { curves, ..runs(number, many) });
    };
    let sent = || -> Vec<Bytes> {
        let Batch::Events(_, latest) = outbox.take(false) else { panic!("something waits") };
        latest.iter().map(|state| state.bytes()).collect()
    };
    let curves = |number: u64| vec![Unsealed::new(Event::Notice(number.to_string())).bytes()];
    (1..=3).for_each(|number| with_curves(number, 10));
    assert!(sent().is_empty(), "a frame that fills the list");
    with_curves(4, 10);
    assert_eq!(sent(), curves(4), "one that does not, and nothing of before");
    (5..=7).for_each(|number| with_curves(number, 10));
    assert!(sent().is_empty());
    outbox.share(&runs(8, 1));
    assert_eq!(sent(), curves(7), "of the last run that has any");
    (9..=11).for_each(|number| with_curves(number, 10));
    assert!(sent().is_empty());
    assert!(matches!(outbox.take(false), Batch::Nothing));
    outbox.lock().quiet = Instant::now();
    outbox.rest();
    assert_eq!(sent(), curves(11));
    assert!(matches!(outbox.take(false), Batch::Nothing));
}

#[test]
fn what_may_be_about_them_goes_behind_them() {
    let outbox = in_a_burst(Some(40));
    assert_eq!(words(&outbox), ["announced 1", "outlined 2", "outlined 3", "outlined 4", "runs 5"]);
    (6..=10).for_each(|number| outbox.share(&runs(number, 40)));
    outbox.put(bytes("an answer"));
    let all = [
        "follows:",
        "runs 1",
        "follows:",
        "runs 2",
        "follows:",
        "runs 3",
        "follows:",
        "runs 4",
        "runs 6",
        "runs 7",
        "runs 8",
        "runs 9",
        "runs 10",
        "an answer",
    ];
    assert_eq!(words(&outbox), all);
}

#[test]
fn what_was_announced_is_sent_before_the_end() {
    let outbox = in_a_burst(Some(10));
    assert_eq!(words(&outbox).len(), 5);
    outbox.close();
    assert_eq!(words(&outbox).len(), 8);
    assert!(matches!(outbox.take(false), Batch::End));
}

#[test]
fn a_burst_without_an_end_takes_no_more_memory_than_a_list_has_rows() {
    let outbox = outbox();
    outbox.shows(Some(10));
    for number in 0..2_000 {
        outbox.share(&runs(number, 10));
        if number % 20 == 19 {
            assert_eq!(words(&outbox).len(), 20);
        }
    }
    let owed = outbox.lock().owed.len();
    assert_eq!((owed, outbox.lock().events_owed), (MOST_ANNOUNCED / 20, MOST_ANNOUNCED));
    (0..3 * MOST).for_each(|_| outbox.share(&piece("x")));
    assert!(outbox.lock().owed.is_empty(), "who is behind is told how everything stands");
}
