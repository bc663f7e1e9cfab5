//! Distributions of uncertain inputs, by their quantiles.

/// What is believed about a number that nobody knows exactly.
///
/// ```
/// use slackwater_study::sweep::Distribution;
/// let size = Distribution::Uniform { low: 10.0, high: 20.0 };
/// assert_eq!(size.quantile(0.25), 12.5);
/// let rate = Distribution::LogNormal { median: 30.0, factor: 2.0 };
/// assert!((rate.quantile(0.5) - 30.0).abs() < 1e-9); // 68 % between 15 and 60
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Every value from `low` to `high` alike.
    Uniform {
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// Every ratio alike: the logarithm is uniform. Both ends are above 0.
    LogUniform {
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// Gauss.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, above 0.
        deviation: f64,
    },
    /// The logarithm is normal: 68 % lie between median / factor and median * factor.
    LogNormal {
        /// Median, above 0.
        median: f64,
        /// Above 1.
        factor: f64,
    },
    /// Rises in a straight line from `low` to `mode` and falls to `high`: three-point estimates.
    Triangular {
        /// Smallest value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Largest value.
        high: f64,
    },
}

impl Distribution {
    /// The value below which a share `u` of the probability lies, `u` strictly between 0 and 1.
    ///
    /// ```
    /// use slackwater_study::sweep::Distribution;
    /// let gauss = Distribution::Normal { mean: 0.0, deviation: 1.0 };
    /// assert!((gauss.quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
    /// let guess = Distribution::Triangular { low: 0.0, mode: 1.0, high: 3.0 };
    /// assert!((guess.quantile(1.0 / 3.0) - 1.0).abs() < 1e-12);
    /// ```
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Self::Uniform { low, high } => low + (high - low) * u,
            Self::LogUniform { low, high } => between_logarithms(low, high, u),
            Self::Normal { mean, deviation } => mean + deviation * normal(u),
            Self::LogNormal { median, factor } => median * libm::exp(libm::log(factor) * normal(u)),
            Self::Triangular { low, mode, high } => {
                let (whole, rising) = (high - low, mode - low);
                if whole <= 0.0 {
                    low
                } else if u * whole <= rising {
                    low + libm::sqrt(u * whole * rising)
                } else {
                    high - libm::sqrt((1.0 - u) * whole * (high - mode))
                }
            }
        }
    }
}

/// The value a share `t` of the way from `from` to `to`, in ratios; both above 0.
pub(super) fn between_logarithms(from: f64, to: f64, t: f64) -> f64 {
    from * libm::exp(libm::log(to / from) * t)
}

/// Quantile of the standard normal distribution.
///
/// # Formula
/// Algorithm AS 241 PPND16 (Wichura 1988, Applied Statistics 37:477): rational approximations, 1e-16 relative.
fn normal(p: f64) -> f64 {
    let ratio = |x: f64, above: &[f64], below: &[f64]| {
        let horner = |terms: &[f64]| terms.iter().rev().fold(0.0, |sum, term| sum * x + term);
        horner(above) / horner(below)
    };
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE.0, &CENTRE.1);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let x = if r <= 5.0 { ratio(r - 1.6, &FLANK.0, &FLANK.1) } else { ratio(r - 5.0, &TAIL.0, &TAIL.1) };
    if q < 0.0 { -x } else { x }
}

type Terms = ([f64; 8], [f64; 8]);

#[rustfmt::skip]
const CENTRE: Terms = (
    [3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
     45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7],
    [1.0, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751,
     21_213.794_301_586_597, 39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_545],
);
#[rustfmt::skip]
const FLANK: Terms = (
    [1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
     1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4],
    [1.0, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1,
     0.148_103_976_427_480_08, 0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9],
);
#[rustfmt::skip]
const TAIL: Terms = (
    [6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
     0.026_532_189_526_576_124, 1.242_660_947_388_078_4e-3, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7],
    [1.0, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615,
     7.868_691_311_456_133e-4, 1.846_318_317_510_054_7e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15],
);
