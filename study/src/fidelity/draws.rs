//! How much of what the fluid's queues miss is the draw.

use super::queues::{allowed, another, by_means, numbers, seen, with_other_requests};
use super::vectors::cases;
use crate::events::replay::replay;
use crate::trial::queues::fluid;
use crate::truth::Folder;

/// Rows of `queueset.json` under other draws: three a case and draw, each the worst of its flows.
///
/// ```
/// use slackwater_study::fidelity::Draws;
/// assert_eq!(Draws { rows: 69, missed_by_fluid: 8, missed_by_means: 9 }.rows, 69);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draws {
    /// Rows.
    pub rows: usize,
    /// Those that the fluid is outside the bound of.
    pub missed_by_fluid: usize,
    /// Those that the real queues are outside of, when each request lasts as long as those of its flow on average: what
    /// the fluid knows.
    pub missed_by_means: usize,
}

impl Draws {
    /// The cases of a folder as they are, and then with other requests and other hands, so many times. Takes some 0.8 s a
    /// time.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, in words.
    ///
    /// ```no_run
    /// use slackwater_study::fidelity::Draws;
    /// use slackwater_study::truth::Folder;
    /// let draws = Draws::of(&Folder::built_in(), 13)?;
    /// println!("{} of {}", draws.missed_by_fluid, draws.rows);
    /// # Ok::<(), String>(())
    /// ```
    pub fn of(folder: &Folder, times: u64) -> Result<Self, String> {
        let mut all = Self::default();
        for draw in 0..times {
            for case in cases(folder)? {
                let mut scenario = case.scenario;
                if draw > 0 {
                    scenario = with_other_requests(&scenario, draw);
                    scenario.flows.iter_mut().for_each(|flow| flow.hash = another(flow.hash, draw));
                }
                let Ok(by_fluid) = fluid(&scenario) else { continue };
                let failed = || format!("{}: cannot be replayed", case.name);
                let truth = replay(&scenario).map_err(|_| failed())?;
                let means = by_means(&scenario).ok_or_else(failed)?;
                for at in 0..3 {
                    let of = |all: [f64; 3]| all.get(at).copied().unwrap_or_default();
                    let (mut fluid_missed, mut means_missed) = (false, false);
                    for ((truth, said), mean) in truth.flows.iter().zip(&by_fluid.flows).zip(&means.flows) {
                        let known = of(seen(truth));
                        let allowed = allowed(known, at, by_fluid.step_s);
                        fluid_missed |= (of(numbers(said)) - known).abs() > allowed;
                        means_missed |= (of(seen(mean)) - known).abs() > allowed;
                    }
                    all.rows += 1;
                    all.missed_by_fluid += usize::from(fluid_missed);
                    all.missed_by_means += usize::from(means_missed);
                }
            }
        }
        Ok(all)
    }
}
