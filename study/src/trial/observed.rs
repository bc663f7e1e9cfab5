//! What somebody outside sees of a trial, second by second.

/// Requests of one class in each second, over all API servers. Every list has one entry a second.
///
/// ```
/// use slackwater_study::trial::ClassSeries;
/// let series = ClassSeries { answered: vec![2.0, 2.0], latency_sum_s: vec![1.0, 3.0], ..ClassSeries::default() };
/// assert_eq!(series.mean_latency_s(0, 2), Some(1.0));
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ClassSeries {
    /// Name of the class.
    pub name: String,
    /// Requests sent.
    pub sent: Vec<f64>,
    /// Answers that came in this second.
    pub answered: Vec<f64>,
    /// Requests told to come back later (429) in this second.
    pub rejected: Vec<f64>,
    /// Requests their client gave up on in this second.
    pub timed_out: Vec<f64>,
    /// Requests that met no server or lost it, in this second.
    pub refused: Vec<f64>,
    /// Requests outstanding at the end of the second.
    pub in_flight: Vec<f64>,
    /// Clients that hold a watch at the end of the second.
    pub watching: Vec<f64>,
    /// Seconds from send to answer, summed over the answers that came in this second.
    pub latency_sum_s: Vec<f64>,
}

impl ClassSeries {
    /// Mean latency of the answers in the seconds `from` to `to` (not included); nothing if there were none.
    pub fn mean_latency_s(&self, from: usize, to: usize) -> Option<f64> {
        let sum = |values: &[f64]| values.iter().take(to).skip(from).sum::<f64>();
        let answered = sum(&self.answered);
        (answered > 0.0).then(|| sum(&self.latency_sum_s) / answered)
    }
}

/// A whole trial as seen from outside.
///
/// ```
/// use slackwater_study::trial::Observed;
/// assert!(Observed::default().restarts_s.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Observed {
    /// Classes in the order of the scenario.
    pub classes: Vec<ClassSeries>,
    /// Cores used by all API servers in each second.
    pub cores: Vec<f64>,
    /// Memory of one API server at the end of each second, bytes.
    pub bytes: Vec<f64>,
    /// Share of each second in which an API server answers nobody although its process lives.
    pub thrashing: Vec<f64>,
    /// When API servers were killed or restarted, seconds.
    pub restarts_s: Vec<f64>,
}

impl Observed {
    /// Seconds with work all the time below which nothing is said of the cores there were.
    const ENOUGH: usize = 10;

    /// Cores that there were for requests: the mean over all seconds through which a request of class `at` was with the
    /// server from beginning to end, so that there was always work. Nothing where such seconds are few.
    ///
    /// ```
    /// use slackwater_study::trial::{ClassSeries, Observed};
    /// let lists = ClassSeries { in_flight: vec![3.0; 20], answered: vec![1.0; 20], ..ClassSeries::default() };
    /// let busy = Observed { classes: vec![lists], cores: vec![0.5; 20], ..Observed::default() };
    /// assert_eq!((busy.cores_given(0), busy.cores_given(1)), (Some(0.5), None));
    /// ```
    pub fn cores_given(&self, at: usize) -> Option<f64> {
        let class = self.classes.get(at)?;
        let of = |list: &[f64], second: usize| list.get(second).copied().unwrap_or(0.0);
        let stayed = |second: usize| {
            let ended = [&class.answered, &class.rejected, &class.timed_out, &class.refused];
            of(&class.in_flight, second - 1) - ended.map(|list| of(list, second)).iter().sum::<f64>()
        };
        let busy: Vec<f64> = (1..self.cores.len())
            .filter(|&second| stayed(second) >= 1.0)
            .map(|second| of(&self.cores, second))
            .collect();
        (busy.len() >= Self::ENOUGH).then(|| busy.iter().sum::<f64>() / busy.len() as f64)
    }
}
