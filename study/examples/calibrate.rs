//! Prints the constants fitted on the given recordings: the content of `truth/calibration.json`.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fitted = slackwater_study::learn::fit(&slackwater_study::truth::Truth::built_in()?.runs)?;
    #[allow(clippy::print_stdout)]
    {
        println!("{}", serde_json::to_string_pretty(&fitted)?);
    }
    Ok(())
}
