//! Error codes: stable, so that they can be searched for, explained and filtered.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident $id:literal $title:literal $why:literal;)*) => {
        /// What is wrong with an input. A code keeps its number for ever.
        ///
        /// ```
        /// use slackwater_study::scenario::Code;
        /// assert_eq!(Code::OutOfRange.id(), "SW014");
        /// assert_eq!(Code::find("sw014"), Some(Code::OutOfRange));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!($id, ": ", $title, ".")] $variant,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The stable name, for example `SW014`.
            pub const fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// A few words.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// What it means and what to do, in one or two sentences.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $why,)* }
            }
        }
    };
}

codes! {
    FileNotFound "SW001" "file not found"
        "There is no file of that name. Built-in cases are given by their name, without a path.";
    FileUnreadable "SW002" "file cannot be read"
        "The file exists but the system refused to read it: check that it is a file, and its permissions.";
    FileTooLarge "SW003" "file too large"
        "A scenario is at most 1 MiB of text. A larger file is usually not a scenario.";
    NotUtf8 "SW004" "file is not UTF-8 text"
        "Scenario files are UTF-8. Save the file again with that encoding.";
    BrokenYaml "SW005" "not valid YAML"
        "The file cannot be read as YAML from the marked place on. The cause often stands just before it: a missing colon, quote or bracket.";
    TabIndent "SW006" "tab in the indentation"
        "YAML indents with spaces only. Replace each tab at the start of a line by two spaces.";
    OverIndented "SW007" "line indented too far"
        "A line that is indented further than a finished value continues that value. Give keys of one section the same indentation.";
    SeveralDocuments "SW008" "more than one document"
        "A scenario file holds one YAML document. Remove what follows the second `---`, or put it in a file of its own.";
    TooComplex "SW009" "too deep, too long, or too many aliases"
        "The file nests deeper, holds more values or repeats more aliases than a scenario can need; this guards against files made to exhaust memory.";
    Empty "SW010" "nothing in the file"
        "The file holds no key. Write `{}` for a scenario of defaults only.";
    NotAMap "SW011" "not a map of sections"
        "A scenario is sections with keys under them. The file holds a list or a single value instead.";
    UnitMissing "SW012" "key without its unit"
        "Keys of quantities end in their unit (`period_s`, `memory_bytes`), so that no number is read in the wrong one.";
    UnitTyped "SW013" "number with a unit"
        "The unit is part of the key; the value is a plain number in that unit.";
    OutOfRange "SW014" "outside the allowed range"
        "The number lies outside the range of its key. Ranges are wide; outside them the model has no meaning or no data.";
    NotFinite "SW015" "not a finite number"
        "NaN and infinities are refused, however they are spelt. Leave the key out if the value is not known.";
    NumberWanted "SW016" "a number is wanted"
        "The key takes a number and something else was given.";
    TextWanted "SW017" "text is wanted"
        "The key takes text and YAML read a number or a truth value. Put the value in quotes.";
    IntegerWanted "SW018" "a whole number is wanted"
        "The key counts things; a fraction of one has no meaning.";
    BooleanWanted "SW019" "true or false is wanted"
        "The key is a switch.";
    UnknownKey "SW020" "unknown key"
        "No key of this name exists, and a misspelt key must not be ignored in silence.";
    UnknownSection "SW021" "unknown section"
        "No section of this name exists at the top of a scenario.";
    DuplicateKey "SW022" "key given twice"
        "The same key stands twice in one file, and either could have been meant.";
    SectionGivenValue "SW023" "section given a value"
        "This name is a section: its keys stand under it, indented.";
    KeyGivenMap "SW024" "key given a section"
        "This name is a key: it takes a value, and nothing can stand under it.";
    BadName "SW025" "name with a forbidden character"
        "A name of your choice is 1 to 63 letters, digits, `-` or `_`.";
    UnknownWord "SW026" "unknown word"
        "The key takes one of a few words.";
    ListGiven "SW027" "list given, single value wanted"
        "The key takes one value.";
    ListWanted "SW028" "single value given, list wanted"
        "The key takes a list, in square brackets or one value a line with a dash.";
    ListTooLong "SW029" "list too long"
        "A list holds at most 16 values.";
    NoValue "SW030" "no value"
        "The key or section stands there with nothing behind it. Leave it out to get its default.";
    ClockWanted "SW031" "a time of day is wanted"
        "Times of day are written HH:MM or HH:MM:SS, from 00:00 to 23:59:59.";
    TextTooLong "SW032" "text too long or not one line"
        "Text is one line of at most 120 characters, without control characters.";
    SetWithoutEquals "SW033" "`--set` without key or `=`"
        "Write `--set KEY=VALUE`, for example `--set cluster.nodes=5000`.";
    NothingToExplain "SW034" "nothing of this name"
        "`explain` takes a key, the beginning of a key, or an error code.";
    Contradiction "SW035" "values that cannot hold together"
        "Each value is allowed by itself, but not all of them at once. The message names the keys.";
    AxisWanted "SW036" "no values to vary"
        "`--vary` takes KEY=a..b:n, KEY=a..b:n:log, KEY=a,b,c, or, with `--sample`, KEY=a..b or a distribution.";
    PointsWanted "SW037" "no points in the file"
        "`--points` takes a CSV file: keys in its first line, one point a line, a value in every field.";
    KeyMissing "SW038" "key missing"
        "A recording cannot be read without this key, and there is no default that would not be a guess.";
    BrokenTable "SW039" "not a table of the recording's kind"
        "A recording is CSV with the columns of its kind, one number a cell. The message names line and column.";
    Stopped "SW040" "stopped before its end"
        "Somebody who waited for the answer said stop. Nothing is wrong with the scenario: begin again.";
}

impl Code {
    /// The code of this name, in either case.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
