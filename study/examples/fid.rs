//! Rows as text, for those who tune the model.
fn main() {
    let truth = match std::env::args().nth(1) {
        Some(dir) => slackwater_study::truth::Truth::read(dir.as_ref()),
        None => slackwater_study::truth::Truth::built_in(),
    };
    let truth = truth.unwrap_or_else(|e| panic!("{}", e.render(false)));
    let calibration = slackwater_study::learn::Calibration::given().unwrap();
    for row in slackwater_study::fidelity::rows(&truth, &calibration) {
        let n = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{x:.3}"));
        let b = row.bound.map_or(String::new(), |b| format!("{:.3} {}", b.value, b.unit));
        #[allow(clippy::print_stdout)]
        {
            println!(
                "{:20} {:45} {:6} {:>10} {:>10} {:>9} {:18} {} {}",
                row.truth,
                row.quantity,
                row.by,
                n(row.measured),
                n(row.predicted),
                n(row.error),
                b,
                row.pass.map_or("", |p| if p { "ok" } else { "FAIL" }),
                row.note
            );
        }
    }
}
