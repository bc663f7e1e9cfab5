//! Which sweep a file of results came from.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::sweep::design::Words;

/// Longest line looked at: a scenario is at most 1 MiB.
const LONGEST: u64 = 1 << 22;

impl Words {
    /// The sweep a file of results came from; none if it is no file of results.
    ///
    /// # Errors
    /// A file that cannot be read.
    ///
    /// ```
    /// use slackwater_study::sweep::{Design, Form, Words};
    /// let design = Design::of(Words { vary: vec!["cluster.nodes=10,20".into()], ..Words::default() })?;
    /// let path = std::env::temp_dir().join(format!("result-{}.csv", std::process::id()));
    /// Form::Csv.table(&design, None, std::fs::File::create(&path)?)?.end()?;
    /// assert_eq!(Words::found_in(&path)?.as_ref(), Some(design.words()));
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn found_in(path: &Path) -> io::Result<Option<Self>> {
        let mut file = BufReader::new(File::open(path)?);
        if file.fill_buf()?.starts_with(b"PAR1") {
            return Ok(of_parquet(file.into_inner()));
        }
        // A file of another kind need not be text.
        let mut lines = file.take(LONGEST).lines().map_while(Result::ok).peekable();
        if lines.peek().is_some_and(|line| line.starts_with(FIRST)) {
            return Ok(of_lines(lines.take_while(|line| line.starts_with("# "))));
        }
        Ok(lines.next().and_then(|line| of_json(&line)))
    }
}

/// How the first line of a table in CSV begins; the version follows.
const FIRST: &str = "# slackwater sweep ";

/// The sweep in words as comments, one a line.
pub(super) fn lines(words: &Words) -> String {
    let mut text = format!("{FIRST}{}\n", words.slackwater);
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "# {name} {}", value.replace(char::is_control, " "));
    };
    line("scenario", &words.scenario);
    words.set.iter().for_each(|set| line("set", set));
    words.vary.iter().for_each(|vary| line("vary", vary));
    if let Some(sample) = &words.sample {
        line("sample", sample);
    }
    if let Some(print) = &words.points {
        line("points", &serde_json::to_string(print).unwrap_or_default());
    }
    line("seed", &words.seed.to_string());
    line("verdict_only", &words.verdict_only.to_string());
    line("rows", &words.rows.to_string());
    text
}

fn of_lines(lines: impl Iterator<Item = String>) -> Option<Words> {
    let mut words = Words::default();
    for line in lines {
        if let Some(version) = line.strip_prefix(FIRST) {
            version.clone_into(&mut words.slackwater);
            continue;
        }
        let (name, value) = line.strip_prefix("# ")?.split_once(' ')?;
        match name {
            "scenario" => value.clone_into(&mut words.scenario),
            "set" => words.set.push(value.to_owned()),
            "vary" => words.vary.push(value.to_owned()),
            "sample" => words.sample = Some(value.to_owned()),
            "points" => words.points = Some(serde_json::from_str(value).ok()?),
            "seed" => words.seed = value.parse().ok()?,
            "verdict_only" => words.verdict_only = value.parse().ok()?,
            "rows" => words.rows = value.parse().ok()?,
            _ => {}
        }
    }
    Some(words)
}

fn of_json(text: &str) -> Option<Words> {
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.as_object_mut()?.remove("interrupted_after");
    serde_json::from_value(value).ok()
}

fn of_parquet(file: File) -> Option<Words> {
    let reader = SerializedFileReader::new(file).ok()?;
    let pairs = reader.metadata().file_metadata().key_value_metadata()?;
    of_json(pairs.iter().find(|pair| pair.key == "slackwater")?.value.as_ref()?)
}
