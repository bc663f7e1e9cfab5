//! The numbers that tell one machine from another.

use serde::{Deserialize, Serialize};

/// A number, how well it is known, and from what.
///
/// ```
/// use slackwater_study::learn::Constant;
/// let base_s = Constant { value: 0.001, low: 0.0008, high: 0.0012, source: "cost.csv".into() };
/// assert!(base_s.low < base_s.value && base_s.value < base_s.high);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constant {
    /// Value.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// What it was fitted on, or where it is from.
    pub source: String,
}

impl Constant {
    pub(super) fn around(value: f64, by: f64, source: &str) -> Self {
        Self { value, low: value - by, high: value + by, source: source.to_owned() }
    }
}

/// What a request costs on one kind of machine.
///
/// ```
/// use slackwater_study::learn::Calibration;
/// let given = Calibration::given()?;
/// // 3,000 pods of 4 kB as JSON take about a quarter of a CPU-second.
/// let list_s = given.list_cpu_s(3000.0, 12.06e6, false, 1.0);
/// assert!((0.2..0.3).contains(&list_s));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// CPU-seconds of any request.
    pub base_s: Constant,
    /// CPU-seconds per object scanned.
    pub object_s: Constant,
    /// CPU-seconds per byte returned as JSON.
    pub json_byte_s: Constant,
    /// CPU-seconds per byte returned as protobuf.
    pub protobuf_byte_s: Constant,
    /// Scatter of CPU between rows of like requests, share: what ticks do not explain.
    pub scatter: Constant,
    /// CPU-seconds on etcd of a request that reads it.
    pub etcd_base_s: Constant,
    /// CPU-seconds on etcd per byte returned out of the watch cache (progress requests while it runs).
    pub etcd_byte_s: Constant,
    /// How much dearer CPU is under a quota of less than a core than on a whole one.
    pub quota_factor: Constant,
    /// Growth of CPU per request in the company of many others.
    pub growth: Constant,
    /// Memory of a running LIST, as a multiple of the bytes of its objects in etcd.
    pub memory_factor: Constant,
    /// Memory of an idle API server without objects, bytes.
    pub memory_base: Constant,
    /// Memory per byte of objects in etcd that an idle API server keeps.
    pub memory_per_byte: Constant,
    /// Cores an API server takes when nobody asks it anything.
    pub idle_cores: Constant,
    /// CPU-seconds from the start of the process until it takes requests.
    pub start_s: Constant,
}

/// CPU-seconds of a rejected request on a whole core: TLS, authentication, audit. Assumed, as `api_server.reject_cpu_s`.
pub(crate) const REJECT_S: f64 = 0.0002;

const GIVEN: &str = include_str!("../../truth/calibration.json");

impl Calibration {
    /// The constants of the given recordings, as they stand in the binary; a test fits them again.
    ///
    /// # Errors
    /// None: a test reads it.
    pub fn given() -> Result<Self, serde_json::Error> {
        serde_json::from_str(GIVEN)
    }

    /// CPU under this quota as a multiple of that on a whole core.
    ///
    /// ```
    /// use slackwater_study::learn::Calibration;
    /// let given = Calibration::given()?;
    /// assert_eq!(given.dearer(1.0), 1.0);
    /// assert_eq!(given.dearer(0.6), given.quota_factor.value);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn dearer(&self, cores: f64) -> f64 {
        // A quota that is no whole number of cores is enforced by pauses; the caches are cold after each.
        if cores.fract() == 0.0 { 1.0 } else { self.quota_factor.value }
    }

    /// CPU-seconds of a LIST that scans `objects` and returns `bytes`, on a server of `cores` cores.
    pub fn list_cpu_s(&self, objects: f64, bytes: f64, protobuf: bool, cores: f64) -> f64 {
        let byte_s = if protobuf { self.protobuf_byte_s.value } else { self.json_byte_s.value };
        (self.base_s.value + self.object_s.value * objects + byte_s * bytes) * self.dearer(cores)
    }

    /// CPU-seconds of each object in a list of objects of `bytes` bytes, on a server of `cores` cores.
    ///
    /// ```
    /// use slackwater_study::learn::Calibration;
    /// let given = Calibration::given()?;
    /// assert!(given.object_cpu_s(3003.0, true, 1.0) < given.object_cpu_s(4020.0, false, 1.0));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn object_cpu_s(&self, bytes: f64, protobuf: bool, cores: f64) -> f64 {
        self.list_cpu_s(1.0, bytes, protobuf, cores) - self.base_s.value * self.dearer(cores)
    }

    /// CPU-seconds of the request of a cost table: a path with its query, `pods` pods in the cluster, `bytes` returned.
    ///
    /// ```
    /// use slackwater_study::learn::Calibration;
    /// let given = Calibration::given()?;
    /// let path = "/api/v1/pods?resourceVersion=0";
    /// assert_eq!(given.law_s(path, 3000.0, 12e6, false, 1.0), given.list_cpu_s(3000.0, 12e6, false, 1.0));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn law_s(&self, path: &str, pods: f64, bytes: f64, protobuf: bool, cores: f64) -> f64 {
        self.list_cpu_s(super::cost::scanned(path, pods), bytes, protobuf, cores)
    }

    /// CPU-seconds of a GET of one object of `bytes` bytes, on a server of `cores` cores.
    ///
    /// ```
    /// use slackwater_study::learn::Calibration;
    /// let given = Calibration::given()?;
    /// assert!(given.get_cpu_s(4020.0, false, 1.0) < 0.002);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn get_cpu_s(&self, bytes: f64, protobuf: bool, cores: f64) -> f64 {
        self.list_cpu_s(0.0, bytes, protobuf, cores)
    }
}
