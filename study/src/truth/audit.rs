//! What an audit log says of lists that were answered: received, dispatched, ended.

use super::folder::Folder;
use serde::Deserialize;

/// A LIST as the server saw it. Times in seconds since the first one was received.
///
/// ```
/// use slackwater_study::truth::{Kind, Truth};
/// let truth = Truth::built_in()?;
/// let served = truth.runs.iter().find_map(|run| match &run.kind {
///     Kind::Storm(storm) => Some(storm.served.len()),
///     _ => None,
/// });
/// assert_eq!(served, Some(489)); // 258 in time, the others for clients that had given up
/// # Ok::<(), slackwater_study::scenario::InputError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Served {
    /// Received.
    pub received_s: f64,
    /// Waited for seats, seconds.
    pub waited_s: f64,
    /// Ended.
    pub ended_s: f64,
}

#[derive(Deserialize)]
struct Event {
    stage: String,
    verb: String,
    user: User,
    #[serde(rename = "responseStatus")]
    status: Option<Status>,
    #[serde(rename = "requestReceivedTimestamp")]
    received: String,
    #[serde(rename = "stageTimestamp")]
    ended: String,
    #[serde(default)]
    annotations: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct User {
    username: String,
}

#[derive(Deserialize)]
struct Status {
    code: Option<u32>,
}

/// Lists of a ServiceAccount that were answered, in the order of their arrival; nothing if the log cannot be read: it
/// refines the calibration, and no prediction needs it.
pub(super) fn served(folder: &Folder, name: &str) -> Vec<Served> {
    let Ok(text) = folder.text(name) else { return Vec::new() };
    let mut all: Vec<Served> = text.lines().filter_map(one).collect();
    all.sort_by(|a, b| a.received_s.total_cmp(&b.received_s));
    let first_s = all.first().map_or(0.0, |served| served.received_s);
    for served in &mut all {
        served.received_s -= first_s;
        served.ended_s -= first_s;
    }
    all
}

fn one(line: &str) -> Option<Served> {
    if !line.contains("\"list\"") {
        return None;
    }
    let event: Event = serde_json::from_str(line).ok()?;
    let answered = event.status.and_then(|status| status.code) == Some(200);
    let agent = event.user.username.starts_with("system:serviceaccount:");
    if event.stage != "ResponseComplete" || event.verb != "list" || !answered || !agent {
        return None;
    }
    let waited = event.annotations.get("apiserver.latency.k8s.io/apf-queue-wait");
    Some(Served {
        received_s: clock_s(&event.received)?,
        waited_s: waited.and_then(|text| duration_s(text)).unwrap_or(0.0),
        ended_s: clock_s(&event.ended)?,
    })
}

/// Seconds since 1970 of `2026-11-22T02:00:28.250233Z`.
fn clock_s(text: &str) -> Option<f64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.split('-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let mut parts = time.split(':');
    let (hours, minutes) = (parts.next()?.parse::<f64>().ok()?, parts.next()?.parse::<f64>().ok()?);
    let seconds = parts.next()?.parse::<f64>().ok()?;
    // Days from the civil calendar (Hinnant, chrono-compatible low-level date algorithms).
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days as f64 * 86_400.0 + hours * 3600.0 + minutes * 60.0 + seconds)
}

/// Seconds of a duration as Go prints it: `1m3.5s`, `14.9s`, `59.869µs`.
fn duration_s(text: &str) -> Option<f64> {
    let mut sum = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(unit_at);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "µs" | "us" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * scale;
        rest = next;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::{clock_s, duration_s};

    #[test]
    fn times_as_kubernetes_writes_them() {
        assert_eq!(clock_s("1970-01-02T00:00:01.500000Z"), Some(86_401.5));
        assert_eq!(clock_s("2026-11-22T02:00:28.250233Z"), Some(1_795_312_828.250_233));
        assert_eq!(clock_s("yesterday"), None);
        assert_eq!(duration_s("1m3.5s"), Some(63.5));
        assert!(duration_s("59.869µs").is_some_and(|x| (x - 59.869e-6).abs() < 1e-12));
        assert_eq!(duration_s("5 parsecs"), None);
    }
}
