//! Numbers as people read them: three digits, a unit, no false precision.

/// Digits that a reader can use.
const DIGITS: i32 = 3;
/// Shares below this are what rounding leaves of nothing.
const ROUNDING: f64 = 1e-12;
/// Smallest share shown as a number.
const SMALLEST: f64 = 1e-4;
const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 3600;
const DAY_S: u64 = 86_400;

/// The shortest text that reads back as the same number; empty where there is none.
pub(crate) fn exact(x: f64) -> String {
    if !x.is_finite() {
        return String::new();
    }
    let plain = x == 0.0 || (1e-5..1e15).contains(&x.abs());
    if plain { format!("{x}") } else { format!("{x:e}") }
}

/// Three digits, whole thousands set apart.
pub(crate) fn short(x: f64) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    let size = x.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-3) {
        return format!("{x:.2e}");
    }
    // The exponent after rounding, so that 999.6 counts as a thousand.
    let power = format!("{size:.2e}").rsplit('e').next().and_then(|power| power.parse::<i32>().ok()).unwrap_or(0);
    let decimals = usize::try_from(DIGITS - 1 - power.max(0)).unwrap_or(0);
    let text = format!("{size:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let text = if decimals == 0 { grouped(text) } else { text.to_owned() };
    if x < 0.0 && text != "0" { format!("-{text}") } else { text }
}

/// Digits of a whole number with a comma at each thousand.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count of things.
pub(crate) fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// A share in percent. A little is told from nothing, but not measured.
pub(crate) fn percent(share: f64) -> String {
    match share.abs() {
        size if size < ROUNDING => "0 %".to_owned(),
        size if size < SMALLEST && share > 0.0 => "<0.01 %".to_owned(),
        _ => format!("{} %", short(share * 100.0)),
    }
}

/// A value with its unit; a share, which has none, in percent, and seconds as a length of time.
pub(super) fn quantity(x: f64, unit: &str) -> String {
    match unit {
        "" => percent(x),
        "s" | "seconds" => duration(x),
        _ => format!("{} {unit}", short(x)),
    }
}

/// A length of time in at most two units: `45 s`, `4 min 30 s`, `2 h 5 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if !size.is_finite() {
        return "–".to_owned();
    }
    if size < 60.0 {
        return format!("{} s", short(seconds));
    }
    let s = size.round() as u64;
    let two = |big: u64, big_name: &str, small: u64, small_name: &str| {
        if small == 0 { format!("{big} {big_name}") } else { format!("{big} {big_name} {small} {small_name}") }
    };
    let text = match s {
        DAY_S.. => two(s / DAY_S, "d", s % DAY_S / HOUR_S, "h"),
        HOUR_S.. => two(s / HOUR_S, "h", s % HOUR_S / MINUTE_S, "min"),
        _ => two(s / MINUTE_S, "min", s % MINUTE_S, "s"),
    };
    if seconds < 0.0 { format!("-{text}") } else { text }
}

/// A difference of times, always with its sign; whole seconds, as published times have no finer ones.
pub(super) fn difference(seconds: f64) -> String {
    let seconds = if seconds.abs() < 1.0 { seconds } else { seconds.round() };
    if seconds > 0.0 { format!("+{}", duration(seconds)) } else { duration(seconds) }
}

/// Time since the start as `h:mm:ss`.
pub(super) fn elapsed(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "–".to_owned();
    }
    let s = seconds.abs().round() as u64;
    let sign = if seconds < 0.0 && s > 0 { "-" } else { "" };
    format!("{sign}{}:{:02}:{:02}", s / HOUR_S, s % HOUR_S / MINUTE_S, s % MINUTE_S)
}

/// A time of day `HH:MM:SS` as seconds since midnight.
pub(super) fn seconds_of_day(clock: &str) -> Option<f64> {
    let mut parts = clock.split(':').map(|part| part.parse::<u32>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().map_or(Some(0), |part| part)?;
    Some(f64::from(hours * 3600 + minutes * 60 + seconds))
}

/// Seconds since midnight of the first day as a time of day.
pub(super) fn clock(seconds: f64) -> String {
    let s = (seconds.rem_euclid(DAY_S as f64) as u64) % DAY_S;
    format!("{:02}:{:02}:{:02}", s / HOUR_S, s % HOUR_S / MINUTE_S, s % MINUTE_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits() {
        let typed = [0.0, 0.8004, 3.104, 12.345, 999.6, 1000.0, 7514.2, -0.0001, 2.5e16, 0.999_96];
        let texts = ["0", "0.8", "3.1", "12.3", "1,000", "1,000", "7,514", "-1.00e-4", "2.50e16", "1"];
        assert_eq!(typed.map(short), texts);
    }

    #[test]
    fn times() {
        let typed = [0.0, 45.0, 59.96, 61.0, 120.0, 3600.0, 3659.6, 90_061.0, -270.0];
        let texts = ["0 s", "45 s", "60 s", "1 min 1 s", "2 min", "1 h", "1 h 1 min", "1 d 1 h", "-4 min 30 s"];
        assert_eq!(typed.map(duration), texts);
        assert_eq!(seconds_of_day("15:12:30"), Some(54_750.0));
        assert_eq!(seconds_of_day("15:12"), Some(54_720.0));
        assert_eq!(seconds_of_day("noon"), None);
        assert_eq!(clock(54_750.0 + 86_400.0), "15:12:30");
        assert_eq!(clock(-60.0), "23:59:00");
        assert_eq!(elapsed(3725.4), "1:02:05");
    }

    #[test]
    fn shares_and_differences() {
        let shares = [0.0, -0.0, 1.6e-17, 5e-5, 0.0004, 0.8004, 3.104, -2.8749];
        assert_eq!(shares.map(percent), ["0 %", "0 %", "0 %", "<0.01 %", "0.04 %", "80 %", "310 %", "-287 %"]);
        assert_eq!([0.0, 0.4, 16.5, -270.2].map(difference), ["0 s", "+0.4 s", "+17 s", "-4 min 30 s"]);
        assert_eq!(quantity(1020.0, "s"), "17 min");
        assert_eq!(quantity(1020.0, "nodes"), "1,020 nodes");
    }

    #[test]
    fn exact_numbers_read_back() {
        for x in [0.1 + 0.2, 1e-300, 5e-324, f64::MAX, -0.0, 7514.25, 1e15, 123_456_789.123] {
            assert_eq!(exact(x).parse::<f64>().map(f64::to_bits), Ok(x.to_bits()), "{x:e}");
        }
        assert_eq!(exact(f64::NAN), "");
    }
}
