//! Whose turn it is among the queues of a level, by their claims and by who came first.

use slackwater_core::flowcontrol::queues::{Heads, Queue, Seats, give};

/// Ten requests of one seat that came while the level went from 0 to `newest`.
fn queue(id: u16, next: f64, newest: f64) -> Queue<f64> {
    let all = Queue { requests: 10.0, seats: 10.0, asks: 10.0, cost: 10.0, charge: 0.03, ..Queue::empty(id, next) };
    Queue { age: 10.0, oldest: 0.0, newest, ..all }
}

#[test]
fn a_queue_claims_nothing_from_before_its_next_head_came() {
    // The first was owed much. But its fifth request came when the level was at 5, and the other queue waits since 4.5.
    let mut queues = [queue(0, 0.0, 10.0), Queue { oldest: 4.5, ..queue(1, 4.5, 4.5) }];
    give(&mut queues, Seats { progress: 10.0, ..Seats::free(8.0) });
    let [first, second] = queues.map(|queue| queue.started);
    assert!((4.0..=5.0).contains(&first) && (first + second - 8.0).abs() < 1e-12, "{first} and {second}");
    assert!(queues[0].next >= 4.5);
}

#[test]
fn a_burst_keeps_its_claim_to_the_last() {
    // All came at once: whoever is next came as early as the first.
    let mut queues = [queue(0, 0.0, 0.0), Queue { oldest: 4.5, ..queue(1, 4.5, 4.5) }];
    give(&mut queues, Seats { progress: 10.0, ..Seats::free(8.0) });
    assert_eq!(queues.map(|queue| queue.started), [8.0, 0.0]);
}

#[test]
fn the_head_has_a_width_of_its_own() {
    // One of eight seats before nine of one: with seven free it holds up the others, with nine it starts.
    let mixed = Queue { seats: 17.0, asks: 17.0, cost: 17.0, ..queue(0, 0.0, 0.0) };
    let heads = Heads { requests: 1.0, seats: 8.0, asks: 8.0, cost: 8.0 };
    for (free, started, idle) in [(7.0, 0.0, 7.0), (9.0, 9.0, 0.0)] {
        let mut queues = [Queue { heads, ..mixed }];
        let seats = Seats { executing: 1.0, alike: 0.0, limit: 20.0, ..Seats::free(free) };
        assert_eq!((give(&mut queues, seats), queues[0].started), (idle, started), "{free} free");
    }
}

#[test]
fn what_a_part_of_a_request_leaves_free_the_next_one_takes() {
    // Of eight seats four are held by one request and 1.2 by what is left of another, which ended somewhere in this step.
    let wide = Queue { seats: 40.0, asks: 40.0, cost: 40.0, ..queue(0, 0.0, 0.0) };
    let seats = Seats { executing: 1.3, parts: 1.2, limit: 8.0, ..Seats::free(2.8) };
    for (alike, free) in [(1.0, 2.8), (0.0, 2.8), (1.0, 2.9)] {
        let mut queues = [wide];
        give(&mut queues, Seats { alike, free, ..seats });
        assert!((queues[0].started - 2.8).abs() < 1e-9, "{} started with {free} free", queues[0].started);
    }
    // Two seats that no part of a request belongs to are no use to four.
    let mut queues = [wide];
    give(&mut queues, Seats { parts: 0.0, limit: 10.0, ..Seats::free(2.0) });
    assert_eq!(queues[0].started, 0.0);
}

#[test]
fn who_is_wider_than_the_limit_follows_another_without_a_pause() {
    // Three tenths of the one before are left.
    let giant = Queue { seats: 80.0, asks: 80.0, cost: 60.0, ..queue(0, 0.0, 0.0) };
    let mut queues = [giant];
    give(&mut queues, Seats { executing: 0.3, limit: 6.0, ..Seats::free(4.2) });
    assert!((queues[0].started - 4.2).abs() < 1e-9, "{}", queues[0].started);
}
