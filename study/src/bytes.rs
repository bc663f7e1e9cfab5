//! Bytes in the units of Kubernetes' quantities.

/// Bytes of a MiB.
pub(crate) const MIB: f64 = 1_048_576.0;
/// Bytes of a GiB.
pub(crate) const GIB: f64 = 1024.0 * MIB;
