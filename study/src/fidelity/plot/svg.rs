//! Panels of lines as SVG: the same bytes for the same numbers.

use std::fmt::Write as _;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 78.0;
const HIGH: f64 = 130.0;
const GAP: f64 = 62.0;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    /// Black, with dots.
    Measured,
    /// Blue.
    Fluid,
    /// Red, dashed.
    Events,
}

impl Stroke {
    fn colour(self) -> &'static str {
        match self {
            Self::Measured => "#222222",
            Self::Fluid => "#2e6fb5",
            Self::Events => "#b5442e",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Fluid => "fluid",
            Self::Events => "events, mean of 5 runs",
        }
    }

    fn dash(self) -> &'static str {
        if self == Self::Events { " stroke-dasharray=\"6 3\"" } else { "" }
    }
}

/// One line; points without a value are left out.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) stroke: Stroke,
    pub(super) points: Vec<(f64, f64)>,
}

/// One pair of axes.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) y: String,
    pub(super) lines: Vec<Line>,
    /// Times to mark, with a word.
    pub(super) marks: Vec<(f64, &'static str)>,
}

/// A picture of panels one under the other, on one x axis.
pub(super) fn picture(title: &str, what: &str, x: &str, panels: &[Panel]) -> String {
    let height = TOP + panels.len() as f64 * (HIGH + GAP);
    let all = panels.iter().flat_map(|panel| &panel.lines).flat_map(|line| &line.points);
    let end = all.map(|point| point.0).fold(0.0, f64::max).max(1e-9);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>{}</title>\n<desc>{}</desc>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        safe(title),
        safe(what)
    );
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"20\" font-size=\"15\" font-weight=\"bold\">{}</text>", safe(title));
    legend(&mut out, panels);
    for (at, panel) in panels.iter().enumerate() {
        let top = TOP + at as f64 * (HIGH + GAP);
        draw(&mut out, panel, top, end, x);
    }
    out.push_str("</svg>\n");
    out
}

fn legend(out: &mut String, panels: &[Panel]) {
    let mut left = LEFT;
    for stroke in [Stroke::Measured, Stroke::Fluid, Stroke::Events] {
        if !panels.iter().flat_map(|panel| &panel.lines).any(|line| line.stroke == stroke) {
            continue;
        }
        let _ = writeln!(
            out,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"36\" y2=\"36\" stroke=\"{}\" stroke-width=\"2\"{}/>\n<text x=\"{}\" y=\"40\">{}</text>",
            left + 28.0,
            stroke.colour(),
            stroke.dash(),
            left + 34.0,
            stroke.name()
        );
        left += 60.0 + 7.0 * stroke.name().len() as f64;
    }
}

fn draw(out: &mut String, panel: &Panel, top: f64, end: f64, x: &str) {
    let highest = panel.lines.iter().flat_map(|line| &line.points).map(|point| point.1).fold(0.0, f64::max);
    let (most, step) = nice(highest);
    let bottom = top + HIGH;
    let across = |t: f64| LEFT + t / end * (WIDTH - LEFT - RIGHT);
    let up = |y: f64| bottom - (y / most).min(1.0) * HIGH;
    let _ =
        writeln!(out, "<text x=\"{LEFT}\" y=\"{:.1}\" font-weight=\"bold\">{}</text>", top - 6.0, safe(&panel.title));
    let mut y = 0.0;
    while y <= most * 1.0001 {
        let _ = writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"#dddddd\"/>\n<text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            up(y),
            up(y),
            LEFT - 6.0,
            up(y) + 4.0,
            label(y)
        );
        y += step;
    }
    let _ = writeln!(
        out,
        "<text x=\"14\" y=\"{:.1}\" transform=\"rotate(-90 14 {:.1})\" text-anchor=\"middle\">{}</text>",
        top + HIGH / 2.0,
        top + HIGH / 2.0,
        safe(&panel.y)
    );
    let tick = nice(end).1;
    let mut t = 0.0;
    while t <= end * 1.0001 {
        let _ = writeln!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\" stroke=\"#888888\"/>\n<text x=\"{0:.1}\" y=\"{3:.1}\" \
             text-anchor=\"middle\">{4}</text>",
            across(t),
            bottom,
            bottom + 4.0,
            bottom + 17.0,
            label(t)
        );
        t += tick;
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(LEFT, WIDTH - RIGHT),
        bottom + 32.0,
        safe(x)
    );
    for (t, word) in &panel.marks {
        let _ = writeln!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\" stroke=\"#777777\" stroke-dasharray=\"2 3\"/>\n\
             <text x=\"{3:.1}\" y=\"{4:.1}\" fill=\"#555555\" font-size=\"10\">{5}</text>",
            across(*t),
            top,
            bottom,
            across(*t) + 3.0,
            top + 9.0,
            word
        );
    }
    for line in &panel.lines {
        let points: Vec<String> = line.points.iter().map(|&(t, y)| format!("{:.1},{:.1}", across(t), up(y))).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"{}/>",
            points.join(" "),
            line.stroke.colour(),
            line.stroke.dash()
        );
        if line.stroke == Stroke::Measured && line.points.len() < 80 {
            for &(t, y) in &line.points {
                let _ =
                    writeln!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.4\" fill=\"#222222\"/>", across(t), up(y));
            }
        }
    }
}

/// The end of an axis and the step of its labels: 1, 2 or 5 times a power of ten, four to six of them.
fn nice(most: f64) -> (f64, f64) {
    let most = if most > 0.0 { most } else { 1.0 };
    let raw = most / 4.0;
    let power = 10_f64.powi(raw.log10().floor() as i32);
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|x| x * power).find(|step| *step >= raw).unwrap_or(raw);
    ((most / step).ceil() * step, step)
}

fn label(x: f64) -> String {
    let text = format!("{x:.3}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.to_owned()
}

fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
