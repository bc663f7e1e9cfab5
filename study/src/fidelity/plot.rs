//! A picture a run: what was measured, and what both engines say.

mod svg;

use super::dns;
use super::engine::ENGINES;
use super::window::sums;
use crate::bytes::MIB;
use crate::learn::Calibration;
use crate::scenario::InputError;
use crate::trial::{ClassSeries, Observed, Trial};
use crate::truth::{DnsRun, HerdRun, Kind, KneeRun, StormRun, Truth, trial};
use svg::{Line, Panel, Stroke, picture};

/// Seconds that are added up for a point.
const BIN: usize = 20;
const TIME: &str = "seconds since the start of the run";

/// A picture for each run of a truth that has something to draw: name of the file, and SVG.
///
/// # Errors
/// As [`Truth::read`].
///
/// ```no_run
/// use slackwater_study::fidelity::plots;
/// use slackwater_study::learn::Calibration;
/// let pictures = plots(None, &Calibration::given()?)?;
/// assert!(pictures.iter().all(|(name, svg)| name.ends_with(".svg") && svg.starts_with("<svg")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plots(truth: Option<&std::path::Path>, calibration: &Calibration) -> Result<Vec<(String, String)>, InputError> {
    let truth = match truth {
        Some(path) => Truth::read(path)?,
        None => Truth::built_in()?,
    };
    let mut all = Vec::new();
    for run in &truth.runs {
        let drawn = match &run.kind {
            Kind::Knee(knee) => of_knee(&run.name, knee, calibration),
            Kind::Storm(storm) => of_storm(&run.name, storm, calibration),
            Kind::Herd(herd) => of_herd(&run.name, herd, calibration),
            Kind::Dns(run_of) => of_dns(&run.name, run_of)?,
            Kind::Cost(_) | Kind::Unread(_) => continue,
        };
        // A name of a manifest must not lead out of the folder.
        let file: String = run.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        all.push((format!("{file}.svg"), drawn));
    }
    Ok(all)
}

/// Requests of a class that ended in one way in a stretch of seconds.
type Count = fn(&ClassSeries, usize, usize) -> f64;

/// What both engines say of a trial.
fn engines(trial: &Trial) -> Vec<(Stroke, Observed)> {
    let stroke = |name: &str| if name == "fluid" { Stroke::Fluid } else { Stroke::Events };
    ENGINES.iter().map(|engine| (stroke(engine.name), engine.runs(trial).mean())).collect()
}

/// A line a source: sums or means over bins.
fn binned(sources: &[(Stroke, &Observed)], of: impl Fn(&Observed, usize, usize) -> Option<f64>) -> Vec<Line> {
    let line = |(stroke, seen): &(Stroke, &Observed)| {
        let starts = (0..seen.cores.len()).step_by(BIN);
        let points = starts.filter_map(|from| {
            let to = (from + BIN).min(seen.cores.len());
            Some(((from + to) as f64 / 2.0, of(seen, from, to)?))
        });
        Line { stroke: *stroke, points: points.collect() }
    };
    sources.iter().map(line).collect()
}

fn by_second(sources: &[(Stroke, &Observed)], of: impl Fn(&Observed) -> Vec<f64>) -> Vec<Line> {
    let points = |list: Vec<f64>| list.into_iter().enumerate().map(|(t, y)| (t as f64 + 1.0, y)).collect();
    sources.iter().map(|(stroke, seen)| Line { stroke: *stroke, points: points(of(seen)) }).collect()
}

fn of_storm(name: &str, run: &StormRun, calibration: &Calibration) -> String {
    let models = engines(&trial::storm(run, calibration));
    let mut sources = vec![(Stroke::Measured, &run.observed)];
    sources.extend(models.iter().map(|(stroke, seen)| (*stroke, seen)));
    let marks = vec![(run.polls.start_s, "first agent"), (run.polls.stop_s, "last agent stops")];
    let mut panels = Vec::new();
    let counts: [(&str, Count); 3] = [
        ("answered", |class, from, to| sums(class, from, to).answered),
        ("told to come back later (429)", |class, from, to| sums(class, from, to).rejected),
        ("given up by their client (timeouts)", |class, from, to| sums(class, from, to).timed_out),
    ];
    for (what, of) in counts {
        panels.push(Panel {
            title: format!("{}: {what}", run.agents.name),
            y: format!("requests in {BIN} s"),
            lines: binned(&sources, |seen, from, to| Some(of(seen.classes.first()?, from, to))),
            marks: marks.clone(),
        });
    }
    let latency = |at: usize, name: &str| Panel {
        title: format!("{name}: mean latency of the answers"),
        y: "seconds".to_owned(),
        lines: binned(&sources, |seen, from, to| seen.classes.get(at)?.mean_latency_s(from, to)),
        marks: marks.clone(),
    };
    panels.push(latency(0, &run.agents.name));
    for (at, (sender, _)) in run.bystanders.iter().enumerate() {
        panels.push(Panel {
            title: format!("{}: answered", sender.name),
            y: format!("requests in {BIN} s"),
            lines: binned(&sources, |seen, from, to| Some(sums(seen.classes.get(at + 1)?, from, to).answered)),
            marks: marks.clone(),
        });
        panels.push(latency(at + 1, &sender.name));
    }
    panels.push(Panel {
        title: "memory of the API server".to_owned(),
        y: "MiB".to_owned(),
        lines: by_second(&sources, |seen| seen.bytes.iter().map(|bytes| bytes / MIB).collect()),
        marks,
    });
    let what = "Answers, rejections, timeouts and latencies in bins of 20 s, and memory each second, of a recorded storm and \
                of both engines.";
    picture(&format!("{name}: measured and modelled"), what, TIME, &panels)
}

fn of_knee(name: &str, run: &KneeRun, calibration: &Calibration) -> String {
    let driven = run.senders.get(run.driven).map_or("", |sender| sender.name.as_str());
    let models: Vec<Vec<(Stroke, Observed)>> = (0..run.rates.len())
        .filter_map(|rate| trial::knee(run, rate, calibration).map(|trial| engines(&trial)))
        .collect();
    let lines = |of: &dyn Fn(&Observed) -> Option<f64>| {
        let offered = |seen: &Observed| {
            let class = seen.classes.get(run.driven)?;
            Some(class.sent.iter().sum::<f64>() / seen.cores.len().max(1) as f64)
        };
        let measured = run.rates.iter().filter_map(|(_, seen)| Some((offered(seen)?, of(seen)?)));
        let mut all = vec![Line { stroke: Stroke::Measured, points: measured.collect() }];
        for stroke in [Stroke::Fluid, Stroke::Events] {
            let said = run.rates.iter().zip(&models).filter_map(|((_, seen), models)| {
                let model = models.iter().find(|(own, _)| *own == stroke)?;
                Some((offered(seen)?, of(&model.1)?))
            });
            all.push(Line { stroke, points: said.collect() });
        }
        for line in &mut all {
            line.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        all
    };
    let mut panels = vec![Panel {
        title: format!("{driven}: answered a second"),
        y: "1/s".to_owned(),
        lines: lines(&|seen| {
            let class = seen.classes.get(run.driven)?;
            Some(class.answered.iter().sum::<f64>() / seen.cores.len().max(1) as f64)
        }),
        marks: Vec::new(),
    }];
    for (at, sender) in run.senders.iter().enumerate() {
        panels.push(Panel {
            title: format!("{}: mean latency of the answers", sender.name),
            y: "seconds".to_owned(),
            lines: lines(&|seen| seen.classes.get(at)?.mean_latency_s(0, seen.cores.len())),
            marks: Vec::new(),
        });
    }
    let what = "Answers and latencies against the load, of recorded Poisson arrivals and of both engines.";
    picture(&format!("{name}: measured and modelled"), what, &format!("{driven} requests sent a second"), &panels)
}

fn of_herd(name: &str, run: &HerdRun, calibration: &Calibration) -> String {
    let models = engines(&trial::herd(run, calibration));
    let measured = Observed {
        classes: vec![ClassSeries {
            answered: run.seconds.iter().map(|second| second.answered).collect(),
            rejected: run.seconds.iter().map(|second| second.rejected).collect(),
            watching: run.seconds.iter().map(|second| second.watching).collect(),
            ..ClassSeries::default()
        }],
        cores: run.seconds.iter().map(|second| second.cores).collect(),
        bytes: run.seconds.iter().map(|second| second.bytes).collect(),
        ..Observed::default()
    };
    let mut sources = vec![(Stroke::Measured, &measured)];
    sources.extend(models.iter().map(|(stroke, seen)| (*stroke, seen)));
    let marks: Vec<(f64, &str)> =
        run.restarts.iter().filter(|event| event.killed).map(|event| (event.t_s, "killed")).collect();
    let first = |of: fn(&ClassSeries) -> &Vec<f64>| {
        move |seen: &Observed| seen.classes.first().map(|class| of(class).clone()).unwrap_or_default()
    };
    let panels = [
        Panel {
            title: "informers that hold a watch".to_owned(),
            y: "informers".to_owned(),
            lines: by_second(&sources, first(|class| &class.watching)),
            marks: marks.clone(),
        },
        Panel {
            title: "lists answered".to_owned(),
            y: format!("requests in {BIN} s"),
            lines: binned(&sources, |seen, from, to| {
                Some(seen.classes.first()?.answered.iter().take(to).skip(from).sum())
            }),
            marks: marks.clone(),
        },
        Panel {
            title: "lists told to come back later (429)".to_owned(),
            y: format!("requests in {BIN} s"),
            lines: binned(&sources, |seen, from, to| {
                Some(seen.classes.first()?.rejected.iter().take(to).skip(from).sum())
            }),
            marks: marks.clone(),
        },
        Panel {
            title: "memory of the API server".to_owned(),
            y: "MiB".to_owned(),
            lines: by_second(&sources, |seen| seen.bytes.iter().map(|bytes| bytes / MIB).collect()),
            marks,
        },
    ];
    let what = "Watches, lists and memory before and after a kill of the API server, recorded and by both engines.";
    picture(&format!("{name}: measured and modelled"), what, TIME, &panels)
}

fn of_dns(name: &str, run: &DnsRun) -> Result<String, InputError> {
    let bins = dns::bins(run)?;
    let marks = vec![(run.lost_s, "source lost"), (run.back_s, "source back")];
    let panels: Vec<Panel> = run
        .lookups_per_s
        .iter()
        .enumerate()
        .map(|(class, rate)| {
            let series = format!("answered, class {class}");
            let mine = || bins.iter().filter(|bin| bin.series == series);
            let middle = |t_s: f64| t_s + BIN as f64 / 2.0;
            Panel {
                title: format!("names looked up {rate} times a second in each cache"),
                y: "share answered".to_owned(),
                lines: vec![
                    Line {
                        stroke: Stroke::Measured,
                        points: mine().map(|bin| (middle(bin.t_s), bin.measured)).collect(),
                    },
                    Line { stroke: Stroke::Fluid, points: mine().map(|bin| (middle(bin.t_s), bin.model)).collect() },
                ],
                marks: marks.clone(),
            }
        })
        .collect();
    let what = "Share of lookups answered in bins of 20 s while the source of all records is lost and comes back.";
    Ok(picture(&format!("{name}: measured and modelled"), what, TIME, &panels))
}
