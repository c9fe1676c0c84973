//! The bars as SVG, in the colors of the page.

use maud::{Markup, html};

use super::html_text;
use super::plot::Plot;
use super::words::digits;

/// The drawing's width, and where the bars begin and end in it.
const WIDTH: i64 = 760;
const LEFT: i64 = 44;
const RIGHT: i64 = 752;
/// Where the clicks' bars begin and end, from the top, and the events'.
const CLICKS: (i64, i64) = (24, 134);
const EVENTS: (i64, i64) = (172, 242);
const HEIGHT: i64 = 264;

/// The drawing, with its title and description.
pub(super) fn drawing(plot: &Plot) -> Markup {
    let (clicks, events) = (plot.most_clicks(), plot.most_events());
    html! {
        svg role="img" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } aria-labelledby="plot-title plot-desc" {
            title id="plot-title" { "Clicks and events over time" }
            desc id="plot-desc" { (html_text(&plot.description())) }
            text.name x=(LEFT) y="14" { "Clicks" }
            (key(RIGHT - 360, "looks", "pages, lists, sign-ins, shells"))
            (key(RIGHT - 170, "deeds", "changes, secrets, commands"))
            (axis(CLICKS, clicks))
            text.name x=(LEFT) y="162" { "Events" }
            (axis(EVENTS, events))
            @for bin in &plot.bins {
                @let (x, width) = place(plot, plot.slot(bin));
                @let looks = tall(bin.looks, clicks, CLICKS);
                @let both = tall(bin.looks + bin.deeds, clicks, CLICKS);
                @let all = tall(bin.events, events, EVENTS);
                (bar("looks", x, width, CLICKS.1 - looks, looks))
                (bar("deeds", x, width, CLICKS.1 - both, both - looks))
                (bar("events", x, width, EVENTS.1 - all, all))
            }
            @for (slot, name) in plot.ticks() {
                @let x = place(plot, slot).0;
                line.tick x1=(x) x2=(x) y1=(EVENTS.1) y2=(EVENTS.1 + 5) {}
                text x=(x) y=(EVENTS.1 + 18) { (name) }
            }
        }
    }
}

fn key(x: i64, class: &str, name: &str) -> Markup {
    html! {
        rect class=(class) x=(x) y="5" width="10" height="10" {}
        text x=(x + 15) y="14" { (name) }
    }
}

/// The baseline, and the height of the tallest bar.
fn axis((top, foot): (i64, i64), most: u64) -> Markup {
    html! {
        line.grid x1=(LEFT) x2=(RIGHT) y1=(top) y2=(top) {}
        line.axis x1=(LEFT) x2=(RIGHT) y1=(foot) y2=(foot) {}
        text.scale x=(LEFT - 6) y=(top + 4) { (digits(most)) }
        text.scale x=(LEFT - 6) y=(foot + 4) { "0" }
    }
}

fn bar(class: &str, x: i64, width: i64, y: i64, height: i64) -> Markup {
    html! { @if height > 0 { rect class=(class) x=(x) y=(y) width=(width) height=(height) {} } }
}

/// The position and the width of the bar at an index.
fn place(plot: &Plot, slot: i64) -> (i64, i64) {
    let at = |slot: i64| LEFT + (RIGHT - LEFT) * slot / plot.slots.max(1);
    (at(slot), (at(slot + 1) - at(slot) - 1).max(1))
}

/// The height of a bar; nonzero counts are always visible.
fn tall(number: u64, most: u64, (top, foot): (i64, i64)) -> i64 {
    let room = (foot - top).unsigned_abs();
    let height = number.saturating_mul(room).div_ceil(most.max(1)).min(room);
    i64::try_from(height).unwrap_or_default()
}
