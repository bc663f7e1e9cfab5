//! Facts about a cluster that decide what goes on working.

use crate::dns::Dependence;
use crate::nodes::lease::GRACE_S;
use crate::nodes::mesh::Mesh;

/// Facts about a cluster that decide what goes on working.
///
/// ```
/// use slackwater_core::nodes::functions::Setting;
/// assert_eq!(Setting::stock().token_life_s, 3600.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Setting {
    /// How DNS servers depend on the API.
    pub dns: Dependence,
    /// Life of an entry in the cache nearest to the application, seconds.
    pub dns_cache_s: f64,
    /// How long an entry is handed out after that, seconds.
    pub dns_stale_s: f64,
    /// Life of a service account token, seconds. It is refreshed at [`Setting::TOKEN_REFRESH`] of it.
    pub token_life_s: f64,
    /// Life of a kubelet's client certificate, seconds. It is rotated at 70 to 90 % of it.
    pub certificate_life_s: f64,
    /// Seconds after which a liveness probe restarts an API server whose etcd does not answer; nothing without one.
    pub liveness_s: Option<f64>,
    /// The service mesh, if there is one.
    pub mesh: Option<Mesh>,
    /// Whether new pods get their address from the API or a cloud, not from their node.
    pub address_from_api: bool,
    /// Whether logs are collected somewhere else.
    pub logs_collected: bool,
    /// Whether a webhook in the cluster must admit what is written.
    pub webhook: bool,
    /// Share of the DNS servers that is on masters which are down.
    pub dns_lost: f64,
    /// Seconds without news after which a node counts as gone.
    pub grace_s: f64,
}

impl Setting {
    /// Share of a token's life after which it is refreshed (kubelet `token_manager.go`).
    ///
    /// ```
    /// assert_eq!(slackwater_core::nodes::functions::Setting::TOKEN_REFRESH, 0.8);
    /// ```
    pub const TOKEN_REFRESH: f64 = 0.8;
    /// Latest share of its life at which a kubelet's certificate is rotated (client-go `certificate_manager.go`).
    ///
    /// ```
    /// assert_eq!(slackwater_core::nodes::functions::Setting::ROTATED_BY, 0.9);
    /// ```
    pub const ROTATED_BY: f64 = 0.9;

    /// Stock CoreDNS with caches of 30 s, tokens of an hour, certificates of a year, no mesh, no webhook, logs not
    /// collected.
    ///
    /// ```
    /// use slackwater_core::nodes::functions::Setting;
    /// assert!(Setting::stock().mesh.is_none());
    /// ```
    pub fn stock() -> Self {
        Self {
            dns: Dependence::Memory,
            dns_cache_s: 30.0,
            dns_stale_s: 0.0,
            token_life_s: 3600.0,
            certificate_life_s: 365.0 * 86_400.0,
            liveness_s: Some(80.0),
            mesh: None,
            address_from_api: false,
            logs_collected: false,
            webhook: false,
            dns_lost: 0.0,
            grace_s: GRACE_S,
        }
    }
}
