//! Which sweep a file of results came from.

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
    pub fn found_in(path: &Path) -> io::Result<Option<Self>> {
        let mut file = BufReader::new(File::open(path)?);
        if file.fill_buf()?.starts_with(b"PAR1") {
            return Ok(of_parquet(file.into_inner()));
        }
        let mut lines = file.take(LONGEST).lines();
        // A file of another kind need not be text.
        let mut next = || lines.next().and_then(Result::ok).unwrap_or_default();
        let first = next();
        let line = if first.starts_with("# slackwater ") { next().split_off(2.min(first.len())) } else { first };
        Ok(of_json(&line))
    }
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
