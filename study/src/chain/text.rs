//! A chain's answer in words.

use super::server::RetryAnswer;
use std::fmt;

/// Seconds in the unit a reader thinks in.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.3} s"),
        s if s < 7200.0 => format!("{:.1} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s if s < 3.2e9 => format!("{:.1} days", s / 86_400.0),
        s => format!("{:.1e} years", s / 31_557_600.0),
    }
}

impl fmt::Display for RetryAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = &self.server;
        let load = server.arrivals_per_s / (server.service_per_s * server.threads as f64);
        match self.wells.as_slice() {
            [low, high] => {
                writeln!(
                    out,
                    "METASTABLE  it runs well for {} on average, then stays in a queue of {} for {}",
                    time(low.escape_s),
                    high.peak,
                    time(high.escape_s)
                )?;
            }
            wells => {
                let peak = wells.first().map_or(0, |well| well.peak);
                let word = if 2 * peak > server.queue { "OVERLOADED" } else { "STABLE" };
                writeln!(out, "{word}  one state: the queue is most often {peak} long")?;
            }
        }
        writeln!(out, "{:.1} % loaded by first tries alone, {} states", 100.0 * load, self.states)?;
        writeln!(out)?;
        writeln!(out, "  mean queue         {:.2} of {}", self.mean_queue, server.queue)?;
        writeln!(out, "  mean to ask again  {:.2} of {}", self.mean_orbit, server.orbit)?;
        writeln!(out, "  full               {:.3e} of the time", self.full)?;
        writeln!(out, "  late or refused    {:.2} % of all tries", 100.0 * self.late)?;
        writeln!(out, "  from full to idle  {} on average", time(self.drain_s))?;
        if self.wells.len() > 1 {
            writeln!(out)?;
            for well in &self.wells {
                writeln!(
                    out,
                    "  queue {:>4} to {:<4} {:>8.4} % of the time, left after {} on average",
                    well.from,
                    well.to,
                    100.0 * well.share,
                    time(well.escape_s)
                )?;
            }
        }
        Ok(())
    }
}
