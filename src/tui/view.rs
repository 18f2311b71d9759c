//! `App` → cells. Pure: the same state draws the same screen, at any size.

mod alarms;
mod card;
mod chart;
mod columns;
mod curve;
mod drift;
mod drift_list;
mod evidence;
mod footer;
mod header;
mod help;
mod history;
mod learned;
mod live;
mod log;
mod lots_chart;
mod models;
mod palette;
mod pen;
mod plot;
mod prompt;
mod reliability;
mod table;
mod tiny;
mod track;
mod unit;
mod units_chart;
mod versions;
mod words;
mod yields;

use super::action::Screen;
use super::app::{App, Overlay};
use super::canvas::Canvas;
use super::keymap::Bound;
use super::layout::{self, Size};
use super::symbols::Symbols;
use pen::Pen;

pub use curve::extent;
pub use evidence::room as evidence_room;
pub use footer::action_at as footer_action;
pub use header::moment;
pub use help::scroll as help_scroll;
pub use models::{card_room, speaks_instead};

/// Draws the screen on a blank canvas of its size.
pub fn draw(app: &App, canvas: &mut Canvas) {
    let mut pen = Pen::new(canvas, app);
    if layout::size(app.size.0, app.size.1) == Size::Tiny {
        let footer = layout::tiny_footer(app);
        tiny::draw(app, &mut pen, footer.map_or(app.size.1, |area| area.y));
        if let Some(area) = footer {
            footer::draw(app, &mut pen, area);
        }
    } else {
        let parts = layout::parts(app);
        header::draw(app, &mut pen, parts.header);
        if let Some(area) = parts.trouble {
            header::trouble(app, &mut pen, area);
        }
        match app.screen {
            Screen::Live => live::draw(app, &mut pen, &parts),
            Screen::Unit => unit::draw(app, &mut pen, parts.list),
            Screen::Drift => drift::draw(app, &mut pen, &parts),
            Screen::Models => models::draw(app, &mut pen, &parts),
            Screen::History => history::draw(app, &mut pen, &parts),
            Screen::Log => log::draw(app, &mut pen, &parts),
        }
        footer::draw(app, &mut pen, parts.footer);
    }
    if let Some(Overlay::Help { query, scroll }) = &app.overlay {
        help::draw(app, &mut pen, query, *scroll);
    }
    palette::draw(app, &mut pen);
    prompt::saved(app, &mut pen);
    spell(app.look.symbols, canvas);
}

/// A line's keys as the terminal shows them.
fn written(app: &App, bound: &Bound) -> String {
    bound.keys.iter().map(|key| app.look.symbols.key(&key.0)).collect::<Vec<_>>().join("  ")
}

/// Whatever the terminal still cannot show becomes one character that it can, so that no cell depends on its fonts.
fn spell(symbols: Symbols, canvas: &mut Canvas) {
    if symbols != Symbols::Unicode {
        canvas.spell(|letter| symbols.spelled(letter));
    }
}
