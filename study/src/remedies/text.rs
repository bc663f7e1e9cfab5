//! The ranking as text and as CSV: the answer first, then the tables.

use super::lever::Lever;
use super::ranking::{Lift, Ranking, Tried};
use crate::report::{count, duration, exact, percent, short};
use std::fmt::{self, Write as _};

/// Pairs that are printed for people; data have them all.
const PAIRS: usize = 8;

fn names(levers: &[Lever]) -> String {
    if levers.is_empty() {
        return "nobody acts".to_owned();
    }
    levers.iter().map(|lever| lever.name()).collect::<Vec<_>>().join(" + ")
}

fn after(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "never".to_owned(), |s| format!("{:.1} min", s / 60.0))
}

fn needs(levers: &[Lever]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for lever in levers {
        let word = lever.needs().words();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

fn row(name: &str, tried: &Tried, nobody: &Tried, width: usize) -> String {
    let lift = match tried.lift {
        Lift::Nothing => "–".to_owned(),
        Lift::Holds => "holds".to_owned(),
        Lift::Relapses { after_s } => format!("falls after {}", duration(after_s)),
    };
    let herd = tried.herd.map_or_else(|| "–".to_owned(), |herd| format!("{} x", short(herd)));
    let mut notes: Vec<String> = Vec::new();
    if !tried.locked_out.is_empty() {
        notes.push(format!("locked out: {}", names(&tried.locked_out)));
    }
    if tried.falls_again > 0 {
        let times = if tried.falls_again == 1 { "once".to_owned() } else { format!("{} times", tried.falls_again) };
        notes.push(format!("falls again {times}"));
    }
    let same = tried.recovered_s == nobody.recovered_s && (tried.damage_min - nobody.damage_min).abs() < 0.05;
    if same && notes.is_empty() && tried.cuts.is_empty() && !tried.remedies.is_empty() {
        notes.push("changes nothing".to_owned());
    }
    if let Some(cut) = tried.cuts.first() {
        notes.push(format!("cuts {} {}, {} of the load", cut.class, cut.cause, percent(cut.share)));
    }
    format!(
        "  {:<width$}  {:>10}  {:>9}  {:>9}  {:<18}  {:>10}  {:<18}  {}",
        name,
        after(tried.recovered_s),
        format!("{:.1} min", tried.damage_min),
        format!("{:.1} min", tried.regret_min),
        lift,
        herd,
        needs(&tried.remedies),
        notes.join("; ")
    )
    .trim_end()
    .to_owned()
}

impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let itself = self.nobody.recovered_s.unwrap_or(f64::INFINITY);
        match self.best() {
            Some(best) if best.recovered_s.is_some_and(|s| s >= itself - 60.0) => writeln!(
                f,
                "HEALS  it comes back by itself in {}, {:.1} min of traffic lost; the least with {}: {:.1}",
                after(self.nobody.recovered_s),
                self.nobody.damage_min,
                names(&best.remedies),
                best.damage_min
            )?,
            Some(best) => writeln!(
                f,
                "WAY OUT  {} in {}, {:.1} min of traffic lost",
                names(&best.remedies),
                after(best.recovered_s),
                best.damage_min
            )?,
            None if self.nobody.recovered_s.is_some() => writeln!(f, "HEALS  it comes back by itself")?,
            None => writeln!(f, "NO WAY OUT  no remedy, and no two of them, bring it back")?,
        }
        let when = if self.alerted { "the reaction to the alert" } else { "the last pod runs; no alert fires" };
        writeln!(f, "  the largest cluster that falls, {} nodes, from {} on ({when})", short(self.nodes), self.clock)?;
        if self.fallen > 1 {
            let (spared, all, when) = (count(self.spared), count(self.fallen), &self.first_clock);
            writeln!(
                f,
                "  a halt at the first reaction in the fleet, {when}, spares {spared} of the {all} clusters that fall"
            )?;
        }
        let pairs: Vec<&Tried> = self.better_together().take(PAIRS).collect();
        let width = self.alone.iter().chain(pairs.iter().copied());
        let width = width.map(|tried| names(&tried.remedies).chars().count()).max().unwrap_or(0).clamp(12, 40);
        writeln!(
            f,
            "\n  {:<width$}  {:>10}  {:>9}  {:>9}  {:<18}  {:>10}  {:<18}  what it cuts, what fails",
            "remedy", "well after", "lost", "regret", "if taken back", "herd", "needs"
        )?;
        if let Some(together) = &self.together {
            writeln!(f, "{}", row("together *", together, &self.nobody, width))?;
        }
        for tried in &self.alone {
            writeln!(f, "{}", row(&names(&tried.remedies), tried, &self.nobody, width))?;
        }
        writeln!(f, "{}", row("nobody acts", &self.nobody, &self.nobody, width))?;
        if pairs.is_empty() {
            writeln!(f, "\n  none of {} pairs does better than both of its parts", self.pairs.len())?;
        } else {
            writeln!(f, "\n  pairs that do better than both of their parts, the best of {}", self.pairs.len())?;
        }
        for tried in pairs {
            writeln!(f, "{}", row(&names(&tried.remedies), tried, &self.nobody, width))?;
        }
        if let Some(together) = &self.together {
            writeln!(f, "\n  * {}", names(&together.remedies))?;
        }
        if !self.refused.is_empty() {
            writeln!(f, "\n  not possible here")?;
            for refused in &self.refused {
                writeln!(f, "  {:<width$}  {}", refused.remedy.name(), refused.why)?;
            }
        }
        let size = |by: Option<f64>| {
            let most = self.bigger.tried.last().copied().unwrap_or(1.0);
            by.map_or_else(
                || format!("at no size up to {} times", short(most)),
                |by| format!("from {} times on", short(by)),
            )
        };
        writeln!(f, "\n  bigger API servers help alone {}", size(self.bigger.alone))?;
        writeln!(f, "  and {} if what hangs is restarted too", size(self.bigger.with_restart))?;
        if let Some(survivors) = &self.survivors {
            writeln!(f, "  {survivors}")?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "  well: all but the agent are answered, users notice nothing, servers have CPU to spare, for 15 minutes; {} at most",
            duration(self.longest_s)
        )?;
        writeln!(f, "  lost: minutes of this cluster's user traffic; regret: more than with the best of all tries")?;
        writeln!(f, "  taken back: network, nodes, servers, two minutes after all seems well")?;
        writeln!(f, "  herd: most CPU asked for in a minute once servers are back, as a multiple of what there is")
    }
}

impl Ranking {
    /// One line a try, for spreadsheets. Lists are separated by `+`.
    ///
    /// ```
    /// let csv = slackwater_study::remedies::Ranking::default().to_csv();
    /// assert!(csv.starts_with("remedies,recovered_s,damage_min,"));
    /// ```
    pub fn to_csv(&self) -> String {
        let mut text =
            "remedies,recovered_s,damage_min,regret_min,falls_again,relapses_after_s,herd,locked_out,cuts_class,cuts_cause,cuts_share\n"
                .to_owned();
        let all = std::iter::once(&self.nobody).chain(&self.together).chain(&self.alone).chain(&self.pairs);
        for tried in all {
            let joined = |levers: &[Lever]| levers.iter().map(|lever| lever.name()).collect::<Vec<_>>().join("+");
            let number = |x: Option<f64>| x.map_or_else(String::new, exact);
            let relapse = if let Lift::Relapses { after_s } = tried.lift { exact(after_s) } else { String::new() };
            let cut = tried.cuts.first();
            let _ = writeln!(
                text,
                "{},{},{},{},{},{relapse},{},{},{},{},{}",
                joined(&tried.remedies),
                number(tried.recovered_s),
                exact(tried.damage_min),
                exact(tried.regret_min),
                tried.falls_again,
                number(tried.herd),
                joined(&tried.locked_out),
                cut.map_or("", |cut| cut.class.as_str()),
                cut.map_or("", |cut| cut.cause),
                number(cut.map(|cut| cut.share)),
            );
        }
        text
    }
}
