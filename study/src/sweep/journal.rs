//! What a sweep has solved so far, beside its result: appended block by block, so that a killed sweep can go on.
//!
//! A first line of JSON says which sweep it is. A block is its first row and its count (8 bytes each, little end first),
//! a checksum of what follows, and the answers: a byte a verdict, 8 bytes a number. What a kill left of a last
//! block is cut off.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use twox_hash::XxHash64;

use super::column::COLUMNS;
use super::design::Words;
use super::engine::Answer;

const HEAD: usize = 24;
/// Byte of a safe row; others are the index of a gate.
const SAFE: u8 = 0xff;

/// Why a journal cannot be gone on with.
///
/// ```
/// use slackwater_study::sweep::JournalError;
/// assert_eq!(JournalError::Locked.to_string(), "another sweep is writing there");
/// ```
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another program has it open.
    #[error("another sweep is writing there")]
    Locked,
    /// It belongs to another sweep.
    #[error("it belongs to another sweep: {0}")]
    Other(String),
}

/// An open journal.
///
/// ```
/// use slackwater_study::sweep::{Answer, Journal, Words};
/// let path = std::env::temp_dir().join(format!("journal-{}", std::process::id()));
/// let words = Words { verdict_only: true, ..Words::default() };
/// let mut journal = Journal::begin(&path, &words)?;
/// journal.append(&[Answer { gate: None, numbers: vec![] }, Answer { gate: Some(0), numbers: vec![] }])?;
/// drop(journal); // the sweep is killed
/// let mut journal = Journal::resume(&path, &words)?.ok_or("no journal")?;
/// assert_eq!(journal.rows(), 2);
/// let mut safe = 0;
/// journal.read(|_, answers| Ok(safe += answers.iter().filter(|answer| answer.safe()).count()))?;
/// assert_eq!(safe, 1);
/// assert!(Journal::resume(&path, &Words { seed: 1, ..words }).is_err()); // another sweep
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Journal {
    file: File,
    start: u64,
    rows: u64,
    numbers: usize,
}

impl Journal {
    /// Begins a journal, over whatever stood there.
    ///
    /// # Errors
    /// A file that cannot be written or that another program holds.
    pub fn begin(path: &Path, words: &Words) -> Result<Self, JournalError> {
        let mut file = open(path)?;
        file.set_len(0)?;
        let mut line = serde_json::to_vec(words).map_err(io::Error::other)?;
        line.push(b'\n');
        file.write_all(&line)?;
        Ok(Self { file, start: line.len() as u64, rows: 0, numbers: numbers(words) })
    }

    /// Goes on with a journal; none if there is none.
    ///
    /// # Errors
    /// A journal of another sweep: scenario, axes, points, seed or version differ.
    pub fn resume(path: &Path, words: &Words) -> Result<Option<Self>, JournalError> {
        if !path.exists() {
            return Ok(None);
        }
        let file = open(path)?;
        let mut line = Vec::new();
        BufReader::new(&file).read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            // Killed before the first line was whole: nothing is lost.
            return Ok(None);
        }
        let found: Words =
            serde_json::from_slice(&line).map_err(|_| JournalError::Other("no sweep wrote it".into()))?;
        if let Some(difference) = difference(&found, words) {
            return Err(JournalError::Other(difference));
        }
        let mut journal = Self { start: line.len() as u64, rows: 0, numbers: numbers(words), file };
        let end = journal.read(|_, _| Ok(()))?;
        journal.file = file_of(&mut journal, end)?;
        Ok(Some(journal))
    }

    /// Rows in it; they are the first of the sweep.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Appends answers.
    ///
    /// # Errors
    /// Those of the file, for example a full disc.
    pub fn append(&mut self, answers: &[Answer]) -> io::Result<()> {
        if answers.is_empty() {
            return Ok(());
        }
        let mut body: Vec<u8> = answers.iter().map(|answer| answer.gate.unwrap_or(SAFE)).collect();
        for number in answers.iter().flat_map(|answer| &answer.numbers) {
            body.extend(number.unwrap_or(f64::NAN).to_le_bytes());
        }
        let count = answers.len() as u64;
        let mut block = Vec::with_capacity(HEAD + body.len());
        for number in [self.rows, count, XxHash64::oneshot(count, &body)] {
            block.extend(number.to_le_bytes());
        }
        block.extend(body);
        self.file.write_all(&block)?;
        self.rows += count;
        Ok(())
    }

    /// Reads all answers in order, block by block; returns where the last whole block ends.
    ///
    /// # Errors
    /// Those of the file and of `take`.
    pub fn read(&mut self, mut take: impl FnMut(u64, &[Answer]) -> io::Result<()>) -> io::Result<u64> {
        let mut from = BufReader::new(self.file.try_clone()?);
        let mut end = from.seek(SeekFrom::Start(self.start))?;
        let mut rows = 0;
        while let Some(answers) = self.block(&mut from, rows)? {
            end = from.stream_position()?;
            take(rows, &answers)?;
            rows += answers.len() as u64;
        }
        self.rows = rows;
        self.file.seek(SeekFrom::Start(end))?;
        Ok(end)
    }

    fn block(&self, from: &mut impl Read, row: u64) -> io::Result<Option<Vec<Answer>>> {
        let mut head = [0; HEAD];
        if !filled(from, &mut head)? {
            return Ok(None);
        }
        let mut words = head.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
        let mut next = || words.next().unwrap_or_default();
        let (first, count, hash) = (next(), next(), next());
        // A block is at most some thousand rows; a larger count was never written.
        if first != row || count == 0 || count > 1 << 20 {
            return Ok(None);
        }
        let mut body = vec![0; count as usize * (1 + 8 * self.numbers)];
        if !filled(from, &mut body)? || XxHash64::oneshot(count, &body) != hash {
            return Ok(None);
        }
        let (gates, numbers) = body.split_at(count as usize);
        let mut numbers = numbers.chunks_exact(8).map(|x| f64::from_le_bytes(x.try_into().unwrap_or_default()));
        let answers = gates.iter().map(|&gate| Answer {
            gate: (gate != SAFE).then_some(gate),
            numbers: numbers.by_ref().take(self.numbers).map(|x| (!x.is_nan()).then_some(x)).collect(),
        });
        Ok(Some(answers.collect()))
    }
}

fn numbers(words: &Words) -> usize {
    if words.verdict_only { 0 } else { COLUMNS.len() }
}

fn open(path: &Path) -> Result<File, JournalError> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(JournalError::Locked),
        // A file system without locks is no reason not to work.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// Cuts off what a kill left of a block.
fn file_of(journal: &mut Journal, end: u64) -> io::Result<File> {
    journal.file.set_len(end)?;
    journal.file.seek(SeekFrom::Start(end))?;
    journal.file.try_clone()
}

/// Whether the buffer could be filled.
fn filled(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The first thing in which two sweeps differ.
fn difference(found: &Words, wanted: &Words) -> Option<String> {
    let differ = |what: &str, found: String, wanted: String| {
        (found != wanted).then(|| format!("its {what} was `{found}`, and is `{wanted}` now"))
    };
    let points = |words: &Words| {
        words.points.as_ref().map_or_else(String::new, |p| format!("{} ({} rows, {:x})", p.path, p.rows, p.hash))
    };
    differ("version", found.slackwater.clone(), wanted.slackwater.clone())
        .or_else(|| differ("scenario", found.set.join(" "), wanted.set.join(" ")))
        .or_else(|| differ("--vary", found.vary.join(" "), wanted.vary.join(" ")))
        .or_else(|| {
            differ("--sample", found.sample.clone().unwrap_or_default(), wanted.sample.clone().unwrap_or_default())
        })
        .or_else(|| differ("--seed", found.seed.to_string(), wanted.seed.to_string()))
        .or_else(|| differ("--points", points(found), points(wanted)))
        .or_else(|| differ("--verdict-only", found.verdict_only.to_string(), wanted.verdict_only.to_string()))
        .or_else(|| (found != wanted).then(|| "something else differs".to_owned()))
}
