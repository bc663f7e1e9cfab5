//! Sweeps of built-in cases, as typed.

use slackwater_study::cases::find;
use slackwater_study::sweep::{Design, Words};

/// Verdicts alone, over a case with more keys set.
pub(crate) fn sweep(case: &str, set: &[&str], vary: &[&str], sample: &str) -> Design {
    let file = find(case).expect("a case").file().expect("it reads");
    let typed = file.values().map(|(key, value, _)| format!("{key}={value}"));
    let set = typed.chain(set.iter().map(|&set| set.to_owned())).collect();
    let vary = vary.iter().map(|&typed| typed.to_owned()).collect();
    let words = Words { set, vary, sample: Some(sample.to_owned()), verdict_only: true, ..Words::default() };
    Design::of(words).unwrap_or_else(|error| panic!("{error}"))
}
