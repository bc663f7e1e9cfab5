//! `slackwater chain`: the verdict first, numbers after it, and what is refused.

mod common;

use common::Folder;

#[test]
fn one_server_is_solved() {
    let folder = Folder::new();
    let text = folder.run("chain --arrivals 8").ended(0).out;
    assert!(text.starts_with("METASTABLE  it runs well for "), "{text}");
    assert!(text.contains("80.0 % loaded by first tries alone, 2121 states"), "{text}");
    let calm = folder.run("chain --arrivals 5 --retries 0").ended(0).out;
    assert!(calm.starts_with("STABLE  "), "{calm}");
    let json: serde_json::Value =
        serde_json::from_str(&folder.run("chain --queue 199 --orbit 39 --format json").ended(0).out).expect("JSON");
    assert_eq!(json["states"], 8000);
    let error = folder.run("chain --service 0").ended(2).err;
    assert!(error.contains("service rate 0 is out of range"), "{error}");
    let error = folder.run("chain --queue 100000 --orbit 100000").ended(2).err;
    assert!(error.contains("are too many"), "{error}");
}
