//! Regions as text: the answer first, then the map.

use std::fmt;

use slackwater_core::verdict::region::Region;

use super::{Hysteresis, Map};
use crate::report::{duration, percent, short};
use crate::run::Trigger;
use crate::scenario::Value;

fn hit(trigger: Trigger) -> String {
    let what = if trigger.size >= 1.0 {
        "the API servers were gone".to_owned()
    } else {
        format!("{} of the API servers' CPU was gone", percent(trigger.size))
    };
    format!("{what} for {}", duration(trigger.duration_s))
}

impl fmt::Display for Hysteresis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |load: f64| format!("{} times its load", short(load));
        writeln!(f, "{}", self.region.name().to_uppercase())?;
        match self.breaks_at {
            Some(load) => writeln!(f, "  breaks at {}: it falls by itself and stays down", times(load))?,
            None => writeln!(f, "  falls by itself at no load up to {}", times(self.looked.1))?,
        }
        match self.heals_at {
            _ if self.always_heals => writeln!(f, "  comes back at every load up to {}", times(self.looked.1))?,
            Some(load) => writeln!(f, "  heals up to {} (hidden capacity), after {}", times(load), hit(self.trigger))?,
            None => writeln!(f, "  heals at no load from {} on", times(self.looked.0))?,
        }
        if let (Some(heals), Some(breaks)) = (self.heals_at, self.breaks_at) {
            writeln!(
                f,
                "  between the two it is vulnerable; hidden capacity: {} of what it carries",
                percent(1.0 - heals / breaks)
            )?;
        }
        if !self.monotone {
            writeln!(f, "  not monotone: some higher loads did better than lower ones; the edges are the last ones")?;
        }
        let load = if self.triggers_at == 1.0 { "its load".to_owned() } else { times(self.triggers_at) };
        writeln!(f, "\nAPI servers' CPU lost, and for how long, at {load}:  . comes back  # stays down")?;
        for row in self.triggers.chunk_by(|a, b| a.0 == b.0) {
            write!(f, "{:>7}", percent(row.first().map_or(0.0, |cell| cell.0)))?;
            for (_, _, back) in row {
                write!(f, "{:>7}", if *back { '.' } else { '#' })?;
            }
            writeln!(f)?;
        }
        let first = self.triggers.chunk_by(|a, b| a.0 == b.0).next().unwrap_or_default();
        write!(f, "{:7}", "")?;
        for (_, seconds, _) in first {
            write!(f, "{:>7}", duration(*seconds).replace(' ', ""))?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Value| if let Value::Number(x) = value { short(*x) } else { value.to_string() };
        let count = |region| self.cells.iter().flatten().filter(|cell| **cell == Some(region)).count();
        let regions = [Region::Stable, Region::Vulnerable, Region::Metastable];
        let counts = regions.map(|region| format!("{} {} {}", region.sign(), region.name(), count(region)));
        writeln!(f, "{}", counts.join("   "))?;
        writeln!(f, "  vulnerable: it does not come back after {}", hit(self.trigger))?;
        writeln!(f, "  metastable: it falls by itself and stays down\n")?;
        let labels: Vec<String> = self.up.1.iter().map(shown).collect();
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        writeln!(f, "{}", self.up.0)?;
        for (label, cells) in labels.iter().zip(&self.cells).rev() {
            let signs: String = cells.iter().map(|cell| cell.map_or('?', Region::sign)).collect();
            writeln!(f, "{label:>width$} |{signs}")?;
        }
        let ends = [self.across.1.first(), self.across.1.last()].map(|value| value.map_or_else(String::new, shown));
        let room = self.across.1.len().saturating_sub(ends[0].chars().count());
        writeln!(f, "{:width$}  {}{:>room$}  {}", "", ends[0], ends[1], self.across.0)
    }
}
