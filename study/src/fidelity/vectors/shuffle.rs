//! `shuffle.json`: hands of queues and hashes of flows; `dropped.json`: what a rejected request is told.

use super::tally::{Tally, list, narrow};
use serde_json::Value;
use slackwater_core::flowcontrol::retry_after::RetryAfter;
use slackwater_core::flowcontrol::shuffle::{Dealer, flow_hash, required_entropy_bits};

pub(super) fn compare(case: &Value, tally: &mut Tally) -> Option<()> {
    let (input, out) = (&case["in"], &case["out"]);
    match case["kind"].as_str()? {
        "deal" => {
            let (deck, hand) = (narrow(&input["deck_size"])?, narrow(&input["hand_size"])?);
            let hash = input["hash"].as_str()?;
            let dealt = Dealer::new(deck, hand).ok()?.deal(hash.parse().ok()?);
            let got: Vec<u64> = dealt.iter().map(|queue| u64::from(*queue)).collect();
            let expected: Option<Vec<u64>> = list(&out["hand"])?.iter().map(Value::as_u64).collect();
            let same = Some(&got) == expected.as_ref();
            tally.note(same, || format!("hand of {hash}: {got:?}, expected {}", out["hand"]));
        }
        "new-dealer" => {
            let (deck, hand) = (narrow(&input["deck_size"])?, narrow(&input["hand_size"])?);
            let refused = Dealer::new(deck, hand).is_err();
            tally.note(refused != out["error"].is_null(), || format!("{hand} of {deck}: refused {refused}"));
            if !out["required_entropy_bits"].is_null() {
                let bits = u64::from(required_entropy_bits(deck, hand));
                tally.whole(&format!("{hand} of {deck}: bits"), bits, &out["required_entropy_bits"]);
            }
        }
        "hash" => {
            let hash = flow_hash(input["flow_schema"].as_str()?, &[input["flow_distinguisher"].as_str()?]);
            tally.note(Some(hash.to_string().as_str()) == out["hash"].as_str(), || {
                format!("hash {hash}, expected {}", out["hash"])
            });
        }
        _ => return None,
    }
    Some(())
}

pub(super) fn retry_after(case: &Value, tally: &mut Tally) -> Option<()> {
    let mut retry_after = RetryAfter::default();
    let answers = list(&case["out"]["retry_after_s"])?;
    for (entry, answer) in list(&case["in"]["second_and_drops"])?.iter().zip(answers) {
        retry_after.record(entry[0].as_u64()?, entry[1].as_u64()?);
        tally.whole(&format!("second {}", entry[0]), retry_after.seconds().into(), answer);
    }
    Some(())
}
