//! The rules: which status a function has, from when, and why.

use super::{Function, Setting};
use crate::dns::Dependence;
use crate::nodes::fault::Gone;
use crate::nodes::lease::RENEW_S;
use crate::nodes::mesh::OnLoss;

/// How well a function does.
///
/// ```
/// use slackwater_core::nodes::functions::Status;
/// assert!(Status::Works < Status::Frozen && Status::Degraded < Status::Stopped);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Status {
    /// As ever.
    Works,
    /// It goes on with what it knew at the start.
    Frozen,
    /// For some, or in part.
    Degraded,
    /// Not at all.
    Stopped,
}

/// What becomes of a function while something is gone.
///
/// ```
/// use slackwater_core::nodes::fault::{Fault, Gone};
/// use slackwater_core::nodes::functions::{Course, Function, Setting, Status};
/// let course = Course::of(Function::Tokens, Gone::of(Fault::Api(1.0), 1.0), &Setting::stock());
/// assert_eq!((course.at(600.0), course.at(1800.0), course.at(3601.0)), (Status::Works, Status::Degraded, Status::Stopped));
/// assert_eq!(course.until_s(600.0), Some(720.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Course {
    /// At the start.
    pub first: Status,
    /// Changes that follow: seconds since the start, in order, and the status from then on.
    pub then: [Option<(f64, Status)>; 2],
    /// Why, in a line.
    pub why: &'static str,
}

const fn all(first: Status, why: &'static str) -> Course {
    Course { first, then: [None, None], why }
}

const fn until(first: Status, s: f64, then: Status, why: &'static str) -> Course {
    Course { first, then: [Some((s, then)), None], why }
}

const fn through(first: Status, fades: f64, gone_s: f64, last: Status, why: &'static str) -> Course {
    Course { first, then: [Some((fades, Status::Degraded)), Some((gone_s, last))], why }
}

impl Course {
    /// Status `since_s` seconds after the start.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::Gone;
    /// use slackwater_core::nodes::functions::{Course, Function, Setting, Status};
    /// let healthy = Gone::default();
    /// assert!(Function::ALL.iter().all(|&of| Course::of(of, healthy, &Setting::stock()).at(1e9) == Status::Works));
    /// ```
    pub fn at(&self, since_s: f64) -> Status {
        let passed = self.then.iter().flatten().filter(|(from_s, _)| since_s >= *from_s);
        passed.fold(self.first, |_, (_, status)| *status)
    }

    /// When the status of the moment `since_s` ends by itself, seconds since the start; none if it stays.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::{Fault, Gone};
    /// use slackwater_core::nodes::functions::{Course, Function, Setting};
    /// let course = Course::of(Function::Leaders, Gone::of(Fault::Api(1.0), 1.0), &Setting::stock());
    /// assert_eq!((course.until_s(0.0), course.until_s(60.0)), (Some(8.0), None));
    /// ```
    pub fn until_s(&self, since_s: f64) -> Option<f64> {
        self.then.iter().flatten().map(|(from_s, _)| *from_s).find(|from_s| *from_s > since_s)
    }

    /// The course of `function` while `gone` is gone.
    ///
    /// ```
    /// use slackwater_core::nodes::fault::{Fault, Gone};
    /// use slackwater_core::nodes::functions::{Course, Function, Setting, Status};
    /// let gone = Gone::of(Fault::Masters(1.0), 3.0);
    /// assert_eq!(Course::of(Function::Scheduling, gone, &Setting::stock()).first, Status::Works); // M6
    /// ```
    pub fn of(function: Function, gone: Gone, setting: &Setting) -> Self {
        use Status::{Degraded, Frozen, Stopped, Works};
        let (blind, silent) = (gone.from_nodes(), gone.writes());
        let works = all(Works, "");
        match function {
            Function::RunningPods if blind => all(Works, "containers and kernel rules need no API"),
            Function::ClusterDns => names(gone, setting),
            Function::Endpoints if blind => all(Frozen, "traffic still goes to dead pods"),
            Function::Endpoints if gone.controllers => all(Frozen, "nobody writes endpoints"),
            Function::Mesh => mesh(gone, setting),
            Function::ContainerRestart if gone.dns && setting.mesh.is_some() => {
                all(Degraded, "a restarted proxy does not find its server, so its pod does not start")
            }
            Function::ContainerRestart if blind => all(Works, "by the kubelet alone; the status is not reported"),
            Function::KubeletRestart if blind => {
                all(Degraded, "containers stay; pods of the API wait, static pods go on")
            }
            Function::NodeReboot if blind => {
                all(Stopped, "pods of the API do not come back, static pods do: do not reboot")
            }
            Function::DnsAfterReboot if blind => all(Stopped, "no kube-proxy and no pods there until the API is back"),
            Function::DnsAfterReboot if gone.dns => all(Stopped, "its cache is empty"),
            Function::PressureEviction if silent => all(Stopped, "killed, not replaced"),
            Function::PressureEviction if gone.network => all(Stopped, "killed; nobody hears of it"),
            Function::PressureEviction | Function::Scheduling if gone.scheduler => {
                all(Stopped, "pods are made and wait for a node")
            }
            Function::PressureEviction | Function::Scheduling if gone.controllers => all(Stopped, "nobody makes pods"),
            Function::Scheduling if silent => all(Stopped, "work that runs goes on, no new work is given out"),
            Function::Scheduling if gone.network => all(Degraded, "only to machines that the masters still hear of"),
            Function::Autoscaling if silent => all(Stopped, "the old size stays while load rises"),
            Function::Autoscaling if gone.network => all(Stopped, "no metrics from the nodes, so no change"),
            Function::Autoscaling if gone.controllers || gone.scheduler => all(Stopped, "the old size stays"),
            Function::NodeFailure if silent || gone.controllers => {
                all(Stopped, "nobody looks; the clock starts anew after")
            }
            // Leases that were renewed just before run for the whole grace.
            Function::NodeFailure if gone.network => {
                until(Works, setting.grace_s - RENEW_S, Degraded, "every node that is cut off counts as gone")
            }
            Function::Leaders if silent => through(Works, 8.0, 10.0, Stopped, "leaders give up and exit"),
            Function::Leaders if gone.controllers || gone.scheduler => all(Stopped, "the process is gone"),
            Function::Writes if silent => all(Stopped, "nothing can be written"),
            Function::Webhooks if silent => all(Stopped, "nothing to admit"),
            Function::Webhooks if gone.network && setting.webhook => {
                all(Stopped, "the masters do not reach its pods: nothing that it must admit is written")
            }
            Function::Writes if gone.network && setting.webhook => {
                all(Degraded, "what a webhook must admit is not written")
            }
            Function::Webhooks if gone.dns && setting.webhook => all(Works, "called by the address of its service"),
            Function::KubectlGet if gone.api => all(Stopped, "crictl on the node works"),
            Function::KubectlGet if gone.etcd => match setting.liveness_s {
                Some(s) => until(Degraded, s, Stopped, "from watch caches, until the probe restarts the server"),
                None => all(Degraded, "from watch caches only"),
            },
            Function::KubectlExec if silent => all(Stopped, "crictl on the node works"),
            Function::KubectlExec if gone.network => all(Stopped, "the API server does not reach the kubelets"),
            Function::Logs if blind && setting.logs_collected => all(Works, "where they are collected"),
            Function::Logs if blind => all(Stopped, "on the nodes only: they are not collected"),
            Function::NewResources if silent || gone.controllers => all(Frozen, "those there are stay, none is added"),
            Function::NewResources if gone.network => all(Frozen, "controllers on nodes do not reach the API"),
            Function::Tokens if blind => {
                let life_s = setting.token_life_s;
                let first_s = life_s - life_s * Setting::TOKEN_REFRESH;
                through(Works, first_s, life_s, Stopped, "not refreshed; each runs until it expires")
            }
            Function::NodeCertificates if blind => {
                let life_s = setting.certificate_life_s;
                let first_s = life_s - life_s * Setting::ROTATED_BY;
                through(Works, first_s, life_s, Stopped, "not rotated; each runs until it expires")
            }
            Function::PodNetwork if blind && setting.address_from_api => {
                all(Stopped, "existing interfaces stay; addresses come from the API or a cloud")
            }
            Function::PodNetwork if blind => all(Works, "addresses from the node; existing interfaces stay"),
            Function::ClusterState if gone.data => all(Stopped, "lost: restore a backup as soon as possible"),
            Function::ClusterState if silent => all(Frozen, "kept, and nothing is added"),
            _ => works,
        }
    }
}

fn names(gone: Gone, setting: &Setting) -> Course {
    use Status::{Degraded, Frozen, Works};
    if gone.dns || setting.dns_lost >= 1.0 {
        return expiring(setting, "caches hide it until their entries expire");
    }
    if setting.dns_lost > 0.0 {
        return all(Degraded, "servers on masters that are down are gone, and still asked");
    }
    if !gone.from_nodes() {
        return if gone.controllers { all(Frozen, "nobody writes endpoints") } else { all(Works, "") };
    }
    match setting.dns {
        Dependence::Memory => all(Frozen, "answers from memory; a restarted server says SERVFAIL"),
        Dependence::Restart => all(Degraded, "frozen; servers that are lost do not come back"),
        Dependence::Live => expiring(setting, "each miss asks the API; caches hide it"),
    }
}

/// Entries of even age run out, from when expired ones are no longer handed out.
fn expiring(setting: &Setting, why: &'static str) -> Course {
    let (fades_s, gone_s) = (setting.dns_stale_s, setting.dns_stale_s + setting.dns_cache_s);
    if fades_s > 0.0 {
        return through(Status::Frozen, fades_s, gone_s, Status::Stopped, why);
    }
    until(Status::Degraded, gone_s, Status::Stopped, why)
}

fn mesh(gone: Gone, setting: &Setting) -> Course {
    use Status::{Degraded, Frozen, Stopped, Works};
    let Some(mesh) = setting.mesh else { return all(Works, "none") };
    match mesh.on_loss {
        OnLoss::LoseBackends if gone.dns => {
            until(Degraded, mesh.refresh_s, Stopped, "proxies that do not find their server lose their backends")
        }
        // Certificates are renewed after half of their life.
        OnLoss::Keep if gone.dns => {
            through(Frozen, mesh.certificate_s / 2.0, mesh.certificate_s, Stopped, "new proxies get nothing")
        }
        _ if gone.from_nodes() => through(
            Frozen,
            mesh.certificate_s / 2.0,
            mesh.certificate_s,
            Stopped,
            "kept; no injection, no certificates",
        ),
        _ => all(Works, ""),
    }
}
