//! What many screens are told, however few of them take it.

use super::*;
use crate::config::Config;

#[test]
fn where_every_viewer_is_stopped_what_is_told_them_takes_no_more_memory() {
    let (commands, _asked) = crossbeam_channel::unbounded();
    let board = Switchboard::new(&Setup::new(&Config::default(), Vec::new(), None), commands);
    let outbox = Arc::new(Outbox::new(1));
    let id = board.join_away(Arc::clone(&outbox), true, "AB".to_owned());
    board.catch_up(id);
    for _ in 0..30_000 {
        board.say(&Event::Notice("the disk takes nothing; ".repeat(20)));
        assert!(!board.desk().press.is_full());
    }
    assert!(matches!(outbox.take(false), Batch::CatchUp), "it is told how everything stands once it goes on");
}
