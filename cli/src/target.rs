//! A file to write, checked before the work and written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, shown};

/// Where a result goes.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// A file: written beside it, then put in its place.
    Replace,
    /// A device or pipe: it cannot be replaced.
    Into(File),
}

impl Target {
    /// Checks that the file can be written; leaves nothing behind.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let cannot = |error: &io::Error, help: &str| Failure::system("cannot write", path, error, help);
        let refused = |why: &str, help: &str| Failure::refused(format!("cannot write {}: {why}", shown(path)), help);
        // A link stays, and what it points to is written.
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
                path.to_owned()
            }
            Err(error) => return Err(cannot(&error, "check where the path leads")),
        };
        match fs::metadata(&real) {
            Ok(found) if found.is_dir() => return Err(refused("it is a folder", "name a file in it")),
            Ok(found) if !found.is_file() => {
                let file = OpenOptions::new().write(true).open(&real);
                let file = file.map_err(|error| cannot(&error, "check that you may write to it"))?;
                return Ok(Self { path: real, way: Way::Into(file) });
            }
            Ok(found) if found.permissions().readonly() => {
                return Err(refused("it is read-only", "name another file, or make this one writable"));
            }
            _ => {}
        }
        if real.file_name().is_none() || ends_in_separator(path) {
            return Err(refused("it names no file", "name a file"));
        }
        let (scratch, file) = Scratch::beside(&real)
            .map_err(|error| cannot(&error, "check that the folder exists and that you may write in it"))?;
        drop((file, scratch));
        Ok(Self { path: real, way: Way::Replace })
    }

    /// Whether this is the same file as `other`.
    pub(crate) fn is(&self, other: &Path) -> bool {
        let full = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok();
        full(&self.path).is_some_and(|own| full(other) == Some(own))
    }

    /// The file itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a device or pipe, which takes what comes and cannot be replaced.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.way, Way::Into(_))
    }

    /// Writes the file; if that fails, what was there before is still there.
    pub(crate) fn write(self, fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> Result<(), Failure> {
        let path = self.path.clone();
        self.fill(fill).map_err(|error| Failure::system("cannot write", &path, &error, "nothing was left behind"))
    }

    fn fill(self, fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> io::Result<()> {
        match self.way {
            Way::Into(mut file) => fill(&mut file),
            Way::Replace => {
                let (scratch, mut file) = Scratch::beside(&self.path)?;
                fill(&mut file)?;
                if let Ok(found) = fs::metadata(&self.path) {
                    file.set_permissions(found.permissions())?;
                }
                drop(file);
                scratch.keep(&self.path)
            }
        }
    }
}

/// A file of our own beside another, removed unless kept.
struct Scratch {
    path: PathBuf,
    kept: bool,
}

impl Scratch {
    fn beside(path: &Path) -> io::Result<(Self, File)> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Short, so that a name of the longest allowed length still has room.
        let stem: String = name.chars().take(20).collect();
        for number in 0..100 {
            let scratch = path.with_file_name(format!(".{stem}.{}-{number}.tmp", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&scratch) {
                Ok(file) => return Ok((Self { path: scratch, kept: false }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn keep(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing can be done about a folder that lets files in but not out.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}
