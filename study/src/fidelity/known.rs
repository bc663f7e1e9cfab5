//! Rows of the given recordings that are known not to hold, and why.

use super::row::Row;

/// Recording, what is compared, by which engine, and why it does not hold.
const KNOWN: [(&str, &str, &str, &str); 2] = [
    (
        "storm-inflight-300x60",
        "recovered after the last agent stopped",
        "events",
        "the machine: the idle server's CPU differs by as much before and after the storm",
    ),
    (
        "herd-300",
        "from the kill until 99 % watch again",
        "events",
        "it ends in one of two ways: the same run again took 122 and 204 s",
    ),
];

/// Says why where a row does not hold.
pub(super) fn tell(rows: &mut [Row]) {
    for row in rows.iter_mut().filter(|row| row.pass == Some(false) && row.note.is_empty()) {
        let known =
            KNOWN.iter().find(|(truth, what, by, _)| row.truth == *truth && row.quantity == *what && row.by == *by);
        if let Some((.., why)) = known {
            (*why).clone_into(&mut row.note);
        }
    }
}
