//! What is typed after `--down` and `--for`.

use crate::scenario::{Code, InputError, nearest_word};
use slackwater_core::nodes::fault::Fault;

/// Settings for what was typed after `--down`: words of [`Fault::WORDS`] separated by commas, `:K` behind those that
/// can be counted.
///
/// # Errors
/// A word that is none, a count that is none, or counts that differ.
///
/// ```
/// use slackwater_study::outage::typed;
/// assert_eq!(typed("master:1")?, ["outage.down=[master]", "outage.count=1"]);
/// assert_eq!(typed("api,dns")?, ["outage.down=[api, dns]"]);
/// assert!(typed("dns:2").is_err() && typed("moon").is_err());
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
pub fn typed(down: &str) -> Result<Vec<String>, InputError> {
    let refuse =
        |message: String, help: String| Err(InputError::new(Code::UnknownWord, message).key("outage.down").help(&help));
    let (mut words, mut count, mut whole): (Vec<&str>, Option<u32>, Option<&str>) = (Vec::new(), None, None);
    for part in down.split(',') {
        let (word, typed) = part.split_once(':').map_or((part, None), |(word, typed)| (word, Some(typed)));
        let word = word.trim();
        // As people say it.
        let word = if word == "masters" { "master" } else { word };
        let Some(fault) = Fault::read(word, 1.0) else {
            let near = nearest_word(Fault::WORDS.iter().copied(), word);
            let help = near
                .map_or(format!("write one of {}", Fault::WORDS.join(", ")), |near| format!("did you mean `{near}`?"));
            return refuse(format!("`{}` cannot be down", shown(word)), help);
        };
        words.push(word);
        let Some(typed) = typed else {
            whole = whole.or(fault.counts().then_some(word));
            continue;
        };
        if !fault.counts() {
            return refuse(format!("`{word}` is down as a whole or not at all"), format!("write --down {word}"));
        }
        let Some(k) = typed.trim().parse::<u32>().ok().filter(|k| *k > 0) else {
            let help = format!("write --down {word}:1, or --down {word} for all of them");
            return refuse(format!("`{}` is no number of them", shown(typed)), help);
        };
        if count.is_some_and(|count| count != k) {
            return refuse("two counts that differ".to_owned(), "give all of them the same count".to_owned());
        }
        count = Some(k);
    }
    if let (Some(k), Some(word)) = (count, whole) {
        let help = format!("write {word}:{k}, or the number of all of them behind each");
        return refuse(format!("`{word}` has no count, and another has"), help);
    }
    let mut settings = vec![format!("outage.down=[{}]", words.join(", "))];
    settings.extend(count.map(|count| format!("outage.count={count}")));
    Ok(settings)
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// Seconds of a length of time such as `90s`, `10m`, `1.5h` or `2d`; a bare number is seconds.
///
/// ```
/// use slackwater_study::outage::seconds;
/// assert_eq!((seconds("10m"), seconds("90"), seconds("1.5h"), seconds("2d")), (Some(600.0), Some(90.0), Some(5400.0), Some(172_800.0)));
/// assert_eq!((seconds("ten"), seconds("-5m"), seconds("inf"), seconds("")), (None, None, None, None));
/// ```
pub fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, unit_s) = match text.char_indices().last()? {
        (at, 's') => (&text[..at], 1.0),
        (at, 'm') => (&text[..at], 60.0),
        (at, 'h') => (&text[..at], 3600.0),
        (at, 'd') => (&text[..at], 86_400.0),
        _ => (text, 1.0),
    };
    number.trim().parse::<f64>().ok().map(|x| x * unit_s).filter(|s| s.is_finite() && *s > 0.0)
}
