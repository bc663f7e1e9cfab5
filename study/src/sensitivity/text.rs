//! What decides, in words.

use super::Sensitivity;
use std::fmt;

/// Rows shown; the rest moves next to nothing.
const SHOWN: usize = 12;

impl fmt::Display for Sensitivity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.knobs.first() {
            Some(knob) => writeln!(out, "{} decides", knob.key)?,
            None => writeln!(out, "nothing that is a number decides")?,
        }
        writeln!(
            out,
            "{} gate: {} ({} at {:.0} nodes), margin {:+.1} %",
            if self.margin > 0.0 { "nearest" } else { "failing" },
            self.gate,
            self.wall,
            self.nodes,
            100.0 * self.margin
        )?;
        writeln!(out)?;
        writeln!(out, "  {:<34} {:>12}  {:>18}  margin 0 at about", "key", "value", "10 % more of it")?;
        for knob in self.knobs.iter().take(SHOWN) {
            let edge = knob.edge(self.margin).map_or_else(|| "–".to_owned(), |edge| format!("{edge:.4}"));
            let origin = match (knob.typed, knob.jumps) {
                (true, false) => "",
                (false, false) => " (default)",
                (true, true) => " (jumps here)",
                (false, true) => " (default, jumps here)",
            };
            writeln!(
                out,
                "  {:<34} {:>12}  {:>+11.2} points  {edge}{origin}",
                knob.key,
                knob.value,
                100.0 * knob.by_tenth()
            )?;
        }
        if let Some(more) = self.knobs.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(out, "  and {more} that move it less")?;
        }
        Ok(())
    }
}
