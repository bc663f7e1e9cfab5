//! What decides, in words.

use super::{Course, Knob, Of, Sensitivity};
use std::fmt;

/// Rows shown; the rest moves next to nothing.
const SHOWN: usize = 12;
/// The same for a gate that does not decide.
const SHOWN_OF_OTHERS: usize = 5;
impl fmt::Display for Sensitivity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.knobs.first() {
            Some(knob) => writeln!(out, "{} decides", knob.key)?,
            None => writeln!(out, "nothing that is a number decides")?,
        }
        let state = if self.margin > 0.0 { "nearest" } else { "failing" };
        let (nodes, margin) = (self.nodes, 100.0 * self.margin);
        writeln!(out, "{state} gate: {} ({} at {nodes:.0} nodes), margin {margin:+.1} %", self.gate, self.wall)?;
        if !self.why.is_empty() {
            writeln!(out, "  {}", self.why)?;
        }
        writeln!(out)?;
        table(out, &self.knobs, self.margin, self.of, SHOWN)?;
        self.run.iter().try_for_each(|course| course.write(out))
    }
}

impl Course {
    fn write(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out)?;
        write!(out, "also failing, by the run: {}", self.gate)?;
        if self.nodes > 0.0 {
            write!(out, " (at {:.0} nodes)", self.nodes)?;
        }
        writeln!(out, ", margin {:+.1} %", 100.0 * self.margin)?;
        writeln!(out, "  {}", self.why)?;
        if self.of == Of::Nothing {
            return Ok(());
        }
        writeln!(out)?;
        table(out, &self.knobs, self.margin, self.of, SHOWN_OF_OTHERS)
    }
}

/// Knobs one a line; where they move a margin also the value at which it would be 0, unless that is more than ten times
/// as much or less than a tenth: so far a straight line says nothing.
fn table(out: &mut fmt::Formatter<'_>, knobs: &[Knob], margin: f64, of: Of, most: usize) -> fmt::Result {
    if of == Of::Nothing {
        return Ok(());
    }
    let edges = if of == Of::Margin { "  margin 0 at about" } else { "" };
    writeln!(out, "  {:<34} {:>12}  {:>18}{edges}", "key", "value", "10 % more of it")?;
    for knob in knobs.iter().take(most) {
        let edge = knob.edge(margin).filter(|edge| (0.1..=10.0).contains(&(edge / knob.value)));
        let edge = edge.map_or_else(|| "–".to_owned(), |edge| format!("{edge:.4}"));
        let stepped = !knob.exact && !knob.whole;
        let notes = [(!knob.typed, "default"), (knob.jumps, "jumps here"), (stepped, "*")];
        let notes: Vec<&str> = notes.into_iter().filter_map(|(holds, note)| holds.then_some(note)).collect();
        let note = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        write!(out, "  {:<34} {:>12}  ", knob.key, knob.value)?;
        match of {
            Of::Moment => writeln!(out, "{:>+16.2} s{note}", knob.by_tenth())?,
            _ => writeln!(out, "{:>+11.2} points  {edge}{note}", 100.0 * knob.by_tenth())?,
        }
    }
    if let Some(more) = knobs.len().checked_sub(most).filter(|more| *more > 0) {
        writeln!(out, "  and {more} that move it less")?;
    }
    if knobs.iter().take(most).any(|knob| !knob.exact && !knob.whole) {
        writeln!(out, "  * the run goes in steps here: the difference of a tenth more and less, not a slope")?;
    }
    Ok(())
}
