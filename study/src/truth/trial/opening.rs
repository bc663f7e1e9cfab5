//! From a list to a watch, as the load generator's informers go.

use super::{Builder, name};
use crate::truth::run::Sender;
use slackwater_core::clients::retry::Retry;
use slackwater_core::flowcontrol::list_query::{ListQuery, ObjectStats, Version};
use slackwater_core::flowcontrol::seats::Request as Estimated;
use slackwater_core::system::scenario::{Arrivals, Class, Label};

impl Builder<'_> {
    /// The requests that open a watch, classes 1, 2 and 3 of a herd.
    ///
    /// A client asks for a fresh resource version by a LIST that returns nothing: as wide as a list to flow control, and
    /// it scans every object. Then it watches from there. It does not look whether it was answered (`rvNow` in lab.go), so
    /// one that was turned away watches from no version: it is sent every object, as many seats as a list has wait for it
    /// until that is done (`legacyWatch` in `list_work_estimator.go` of k8s.io/apiserver 0.35 and later), and if it is
    /// turned away once more it lists again. It counts as open when all is sent.
    pub(super) fn opening(&self, sender: &Sender, list: &Class<f64>) -> [Class<f64>; 3] {
        let (objects, cores, protobuf) = (&self.plane.objects, self.plane.api_server.cores, sender.ask.protobuf);
        let one = |label: &str, cpu_s: f64, seats: f64| Class {
            label: Label { name: name(label), verb: name(label), ..list.label.clone() },
            arrivals: Arrivals::Opens,
            cpu_base_s: cpu_s,
            bytes_base: 0.0,
            seats,
            retry: Retry::none(),
            ..list.clone()
        };
        let version_s = self.calibration.list_cpu_s(objects.pods, 0.0, protobuf, cores);
        let version = Class { opens: Some(2), otherwise: Some(3), ..one("version", version_s, list.seats) };
        let query = ListQuery { version: Version::Unset, ..ListQuery::default() };
        let average_bytes = objects.protobuf_bytes as u64;
        let stats = ObjectStats::Known { count: objects.pods as u64, average_bytes };
        let seats =
            if self.scenario.flow_control { self.seats(Estimated::Watch(query, stats), list.level) } else { 1.0 };
        let watch = one("watch", self.calibration.get_cpu_s(0.0, protobuf, cores), 1.0);
        [version, watch, one("watch of all", list.cpu_base_s, seats)]
    }
}
