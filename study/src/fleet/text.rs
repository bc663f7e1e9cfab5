//! A fleet and its traffic as text: the answer first, then why, then the tables.

use super::outcome::{Booked, Fate, Outcome};
use super::regret::Regret;
use crate::report::{exact, percent, short};
use std::fmt::{self, Write as _};

/// Choices that are printed for people; data have them all.
const CHOICES: usize = 8;

fn clusters(count: f64) -> String {
    if count == 1.0 { "1 cluster".to_owned() } else { format!("{} clusters", short(count)) }
}

impl Outcome {
    /// What other reports say of it, in a sentence.
    pub(crate) fn sentence(&self) -> String {
        let (_, what) = self.headline_parts();
        let lost = self.booked.failed();
        format!("user traffic between clusters: {what}; {lost:.1} minutes of all of it fail (slackwater fleet)")
    }

    fn headline(&self) -> String {
        let (word, what) = self.headline_parts();
        format!("{word}  {what}")
    }

    fn headline_parts(&self) -> (&'static str, String) {
        let (tips, sheds) = (self.count(Fate::Tips), self.count(Fate::Sheds));
        let others = tips + sheds + self.count(Fate::Carries);
        if tips > 0.0 {
            return (
                "TIPS",
                format!("{} of {} that were well fall with what is led to them", short(tips), clusters(others)),
            );
        }
        if sheds > 0.0 {
            return ("SHEDS", format!("{} of {} refuse a part of what is led to them", short(sheds), clusters(others)));
        }
        if self.most_elsewhere > 0.0 {
            let share = percent(self.most_elsewhere);
            return ("CARRIES", format!("the others carry all that is led to them, {share} of all traffic at most"));
        }
        ("CARRIES", "no traffic is led anywhere".to_owned())
    }
}

fn booked(f: &mut fmt::Formatter<'_>, booked: &Booked) -> fmt::Result {
    let all = booked.arrived.max(1e-9);
    writeln!(f, "\nuser traffic, minutes of all of it")?;
    let rows = [
        ("arrived", booked.arrived),
        ("served at home", booked.home),
        ("served elsewhere", booked.elsewhere),
        ("refused, full", booked.shed),
        ("lost, not reached", booked.outside),
        ("lost, no name", booked.unnamed),
        ("lost, overloaded", booked.overload),
    ];
    for (name, minutes) in rows {
        writeln!(f, "  {name:<18} {minutes:>9.2}  {:>7}", percent(minutes / all))?;
    }
    Ok(())
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline())?;
        writeln!(f, "  {:.1} minutes of all user traffic fail", self.booked.failed())?;
        let room = &self.headroom;
        if room.factor > 1.0 {
            writeln!(
                f,
                "  by hand: at {} times the usual traffic pods are full from fleet.load {:.3} on, and killed from {:.3} on",
                short(room.factor),
                room.full_from_load,
                room.kills_from_load
            )?;
        }
        if self.again > 0 {
            let times = if self.again == 1 { "once".to_owned() } else { format!("{} times", self.again) };
            writeln!(f, "  led back too early: {times} it had to be led away again")?;
        }
        writeln!(f, "\nclock                since start")?;
        for (name, at, clock) in &self.events {
            match (at, clock) {
                (Some(at), Some(clock)) => writeln!(f, "  {name:<18} {:>9} s  {clock}", exact(at.round()))?,
                _ => writeln!(f, "  {name:<18} {:>9}", "–")?,
            }
        }
        writeln!(
            f,
            "\n  {:>8}  {:>6}  {:<10}  {:>9}  {:>7}  {:>6}  {:>6}  {:>8}",
            "clusters", "nodes", "", "traffic", "load", "pods", "API", "pulling"
        )?;
        for row in &self.clusters {
            writeln!(
                f,
                "  {:>8}  {:>6}  {:<10}  {:>7} x  {:>7}  {:>4} x  {:>6}  {:>8}",
                short(row.clusters),
                short(row.nodes),
                row.fate.words(),
                short(row.most_comes),
                short(row.most_load),
                short(row.most_pods),
                percent(row.most_busy),
                short(row.most_pulling),
            )?;
        }
        booked(f, &self.booked)?;
        writeln!(
            f,
            "\n  traffic, load, pods, API: the most of each; load of a pod, 1 is what it carries; API: busy for a minute"
        )?;
        writeln!(f, "  pulling: most nodes of a cluster that wait for images")
    }
}

impl fmt::Display for Regret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nin hindsight, the best of {}", self.choices.len())?;
        writeln!(
            f,
            "  {:<15}  {:>8}  {:<9}  {:>10}  {:>10}  {:>5}",
            "order", "led away", "back", "lost", "regret", "tip"
        )?;
        let shown = self.choices.iter().enumerate().filter(|(at, choice)| *at < CHOICES || choice.chosen);
        for (_, choice) in shown {
            writeln!(
                f,
                "{} {:<15}  {:>8}  {:<9}  {:>6.1} min  {:>6.1} min  {:>5}",
                if choice.chosen { "*" } else { " " },
                choice.order,
                percent(choice.shift_share),
                if choice.at_once { "at once" } else { "slowly" },
                choice.lost_min,
                choice.regret_min,
                short(choice.tips),
            )?;
        }
        writeln!(f, "  * as the scenario does it")
    }
}

impl Outcome {
    /// The trajectory, one line a point.
    ///
    /// ```
    /// # use slackwater_study::fleet::{Booked, Headroom, Outcome};
    /// # let nothing = Outcome { booked: Booked::default(), clusters: Vec::new(), headroom: Headroom::default(),
    /// #     most_elsewhere: 0.0, again: 0, events: Vec::new(), until_s: 0.0, trajectory: vec![("t_s", vec![0.0])] };
    /// assert_eq!(nothing.to_csv(), "t_s\n0\n");
    /// ```
    pub fn to_csv(&self) -> String {
        let names: Vec<&str> = self.trajectory.iter().map(|(name, _)| *name).collect();
        let mut text = format!("{}\n", names.join(","));
        let rows = self.trajectory.first().map_or(0, |(_, column)| column.len());
        for row in 0..rows {
            let values = self.trajectory.iter().map(|(_, column)| exact(column.get(row).copied().unwrap_or(0.0)));
            let _ = writeln!(text, "{}", values.collect::<Vec<_>>().join(","));
        }
        text
    }
}
