//! A service mesh whose proxies get their configuration from a server they find by DNS.

/// What a proxy does once it cannot find its configuration server any more.
///
/// Stock Envoy keeps what it has; the account of the network cut-over reports that probes found no backend, which is
/// the other one.
///
/// ```
/// use slackwater_core::nodes::mesh::OnLoss;
/// assert_ne!(OnLoss::Keep, OnLoss::LoseBackends);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum OnLoss {
    /// It keeps its last configuration (stock Envoy). A proxy that starts meanwhile gets none.
    Keep,
    /// It forgets its backends: requests, probes of the kubelet among them, are refused.
    LoseBackends,
}

/// The mesh of a cluster.
///
/// ```
/// use slackwater_core::nodes::mesh::{Mesh, OnLoss};
/// let stock = Mesh { on_loss: OnLoss::Keep, refresh_s: 30.0, certificate_s: 86_400.0 };
/// assert_eq!(stock.losing(0.0, 1.0, 0.0), 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Mesh {
    /// What proxies do without their server.
    pub on_loss: OnLoss,
    /// Seconds between two looks for the server, seconds.
    pub refresh_s: f64,
    /// Life of a proxy's certificate, seconds; it is renewed after half of it.
    pub certificate_s: f64,
}

impl Mesh {
    /// Share of the proxies whose certificate is still valid `unsigned_s` after nobody renews them any more: each is
    /// renewed after half of its life, so that between half and all of it is left at the start.
    ///
    /// ```
    /// use slackwater_core::nodes::mesh::{Mesh, OnLoss};
    /// let mesh = Mesh { on_loss: OnLoss::Keep, refresh_s: 30.0, certificate_s: 86_400.0 };
    /// assert_eq!([0.0, 43_200.0, 64_800.0, 90_000.0].map(|s| mesh.certified(s)), [1.0, 1.0, 0.5, 0.0]);
    /// ```
    pub fn certified(&self, unsigned_s: f64) -> f64 {
        let half_s = self.certificate_s / 2.0;
        if half_s > 0.0 { ((self.certificate_s - unsigned_s) / half_s).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// Share of the configured proxies that lose their backends in a step of `dt_s`, `away_s` after the share
    /// `found` of looks for the server began to fail. Looks are spread evenly over the refresh time.
    ///
    /// # Formula
    /// The hazard of an even residual life on `[0, T]`: `dt / (T - t)`.
    ///
    /// ```
    /// use slackwater_core::nodes::mesh::{Mesh, OnLoss};
    /// let mesh = Mesh { on_loss: OnLoss::LoseBackends, refresh_s: 30.0, certificate_s: 86_400.0 };
    /// let left = (0..15).fold(1.0, |left, s| left * (1.0 - mesh.losing(f64::from(s), 1.0, 0.0)));
    /// assert!((left - 0.5_f64).abs() < 1e-12); // half of them in half the time
    /// assert_eq!(mesh.losing(40.0, 1.0, 0.0), 1.0);
    /// ```
    pub fn losing(&self, away_s: f64, dt_s: f64, found: f64) -> f64 {
        match self.on_loss {
            OnLoss::Keep => 0.0,
            OnLoss::LoseBackends => (dt_s / (self.refresh_s - away_s).max(dt_s)).min(1.0) * (1.0 - found).max(0.0),
        }
    }
}
