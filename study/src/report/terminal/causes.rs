//! Who holds the wall: the ledger, and what of it bought no answer.

use std::fmt::Write as _;

use super::super::ink::Ink;
use super::super::numbers::percent;
use super::super::text::{Side, filled, shortened, table};
use crate::outcome::LedgerRow;

/// Rows shown; the rest is in the other formats.
const ROWS: usize = 6;
/// Rows below this share say nothing.
const LEAST_SHARE: f64 = 0.005;

pub(super) fn lines(ledger: &[LedgerRow], ink: Ink) -> Vec<String> {
    let Some(first) = ledger.first() else { return Vec::new() };
    let mut lines = vec![ink.strong("who uses the API server")];
    lines.extend(filled(&sentence(first, ledger), 2));
    let head = ["share", "class", "component", "identity", "verb", "cause", "grows"].map(str::to_owned);
    let shown: Vec<&LedgerRow> = ledger.iter().take(ROWS).filter(|row| row.share >= LEAST_SHARE).collect();
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(shown.iter().map(|row| cells(row))).collect();
    let mut sides = [Side::Left; 7];
    sides[0] = Side::Right;
    lines.extend(
        table(sides, &rows).iter().enumerate().map(|(at, line)| if at == 0 { ink.faint(line) } else { line.clone() }),
    );
    let rest: f64 = ledger.iter().map(|row| row.share).sum::<f64>() - shown.iter().map(|row| row.share).sum::<f64>();
    let hidden = ledger.len() - shown.len();
    if hidden > 0 && rest >= LEAST_SHARE {
        lines.push(ink.faint(format!("  {hidden} smaller rows: {}", percent(rest))));
    }
    lines
}

fn cells(row: &LedgerRow) -> [String; 7] {
    [
        percent(row.share),
        shortened(&row.class, 18),
        shortened(&row.component, 18),
        shortened(&row.identity, 24),
        row.verb.clone(),
        row.cause.replace('_', " "),
        match row.order {
            0 => "–".to_owned(),
            1 => "N".to_owned(),
            order => format!("N^{order}"),
        },
    ]
}

/// Which component exactly, and how much of the work was for nothing.
fn sentence(first: &LedgerRow, ledger: &[LedgerRow]) -> String {
    let share = |keep: &dyn Fn(&LedgerRow) -> bool| -> f64 {
        // From +0: the sum of nothing is -0, and would be printed so.
        ledger.iter().filter(|row| keep(row)).fold(0.0, |sum, row| sum + row.share)
    };
    let own = share(&|row| row.component == first.component && row.identity == first.identity);
    let late = share(&|row| row.cause == "timeout_waste");
    let refused = share(&|row| row.cause == "rejection");
    let again = share(&|row| row.cause == "retry");
    let mut text = format!("{} ({}) takes {} of the CPU used.", first.component, first.identity, percent(own));
    if late + refused >= LEAST_SHARE {
        let parts = [(late, "ran past a deadline"), (refused, "was turned away")];
        let parts = parts.iter().filter(|(share, _)| *share >= LEAST_SHARE);
        let parts: Vec<String> = parts.map(|(share, how)| format!("{} {how}", percent(*share))).collect();
        let _ = match parts.as_slice() {
            [one] => write!(text, " {one} and bought no answer."),
            _ => write!(text, " {} bought no answer: {}.", percent(late + refused), parts.join(", ")),
        };
    }
    if again >= LEAST_SHARE {
        let _ = write!(text, " {} is retries.", percent(again));
    }
    text
}
