//! The line for a turn of the run queue, in which a short request waits though the CPU it needs is next to nothing.
//!
//! Go keeps what is ready to run in two queues (`findRunnable` in runtime/proc.go): a local one, where a list that has
//! written a piece of 4 KiB waits to write the next, and a global one for what the network has brought. The global one gets one
//! turn in 61 while the local one is not empty. So it is a line of its own, served once in [`Cpu::turn_s`] CPU-seconds
//! however little those in it need. Everybody whose connection has something to read stands in it: short requests, those
//! that are turned away, and each list, as its client goes on telling the server how much it has read.

use super::cpu::Cpu;
use crate::lane::Lane;

/// Turns that a new connection needs before the turn of its first request: one to be accepted, one for the first message
/// of TLS 1.3 (Go, `net/http` `Server.Serve` and `crypto/tls` `Conn.serverHandshake`; the last message of the client comes
/// with the request).
///
/// ```
/// assert_eq!(slackwater_core::server::turns::CONNECT_TURNS, 2.0);
/// ```
pub const CONNECT_TURNS: f64 = 2.0;

impl Cpu<f64> {
    /// The same CPU on which somebody who waits for the network gets his turn every `turn_s` CPU-seconds.
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// assert_eq!(Cpu::new(2.0, 0.0).with_turns(0.02).turn_s, 0.02);
    /// ```
    #[must_use]
    pub fn with_turns(mut self, turn_s: f64) -> Self {
        self.turn_s = turn_s;
        self
    }
}

impl<L: Lane> Cpu<L> {
    /// Seconds until something that has come over the network is looked at, while each running request is served at
    /// `speed` and `line` others wait for the same.
    ///
    /// # Formula
    /// turn (b + line min(1, b)) / cores: b requests running beside one, and nobody waits for his turn where nobody runs.
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// let quota = Cpu::new(0.6, 0.0).with_turns(0.006);
    /// assert_eq!(quota.turns_s(0.6, 9.0), 0.0); // alone
    /// assert!((quota.turns_s(0.6 / 37.0, 0.0) - 36.0 * 0.01).abs() < 1e-12); // beside 36 lists
    /// assert!((quota.turns_s(0.6 / 37.0, 64.0) - 100.0 * 0.01).abs() < 1e-12); // and 64 short requests before it
    /// ```
    #[inline(always)]
    pub fn turns_s(&self, speed: L, line: L) -> L {
        let (zero, one) = (L::zero(), L::one());
        if !L::any(self.turn_s) {
            return zero;
        }
        let beside_s = (one.over(speed, zero) - one / self.speed).max(zero);
        let kept = (beside_s * self.speed).min(one) * (one + self.growth);
        self.turn_s * (beside_s + line * kept / (self.servers * self.speed))
    }

    /// How many stand in that line after a step in which `joined` came, each of them for `turns_s` seconds.
    ///
    /// # Formula
    /// Little's law: line / turns a second leave, taken at the end of the step.
    ///
    /// ```
    /// use slackwater_core::server::cpu::Cpu;
    /// let quota = Cpu::new(0.6, 0.0).with_turns(0.006);
    /// let line = (0..400).fold(0.0, |line, _| quota.line(line, 10.0, 0.25, 0.5));
    /// assert!((line - 40.0 * 0.5).abs() < 1e-9); // 40 a second, half a second each
    /// assert_eq!(quota.line(20.0, 1.0, 0.25, 0.0), 0.0);
    /// ```
    #[inline(always)]
    pub fn line(&self, line: L, joined: L, dt_s: L, turns_s: L) -> L {
        (line + joined) * turns_s.over(turns_s + dt_s, L::zero())
    }
}
