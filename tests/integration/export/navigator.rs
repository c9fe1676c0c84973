//! `export navigator`: a layer of ATT&CK Navigator.

use serde_json::Value;

use crate::export::{cartographer, demo};

#[test]
fn layer_has_techniques_with_clicks_and_principals() {
    let dir = demo();
    let layer = |args: &[&str]| -> Value {
        let mut all = vec!["export", "navigator", "-o", "-"];
        all.extend(args);
        let assert = cartographer(dir.path(), &all).assert().code(0);
        serde_json::from_slice(&assert.get_output().stdout).unwrap()
    };
    let whole = layer(&[]);
    assert_eq!(
        (whole["domain"].as_str(), whole["versions"]["layer"].as_str()),
        (Some("enterprise-attack"), Some("4.5"))
    );
    assert_eq!((whole["name"].as_str(), whole["versions"]["attack"].as_str()), (Some("case.duckdb"), Some("19")));
    let of = |layer: &Value, id: &str| {
        layer["techniques"].as_array().unwrap().iter().find(|one| one["techniqueID"] == id).cloned()
    };
    let keys = of(&whole, "T1098.001").unwrap();
    assert!(keys["score"].as_u64() >= Some(1) && keys["comment"].as_str().unwrap().contains("call"), "{keys}");
    assert!(keys["metadata"].to_string().contains("nadia"), "{keys}");
    let most = whole["techniques"].as_array().unwrap().iter().filter_map(|one| one["score"].as_u64()).max();
    assert_eq!(whole["gradient"]["maxValue"].as_u64(), most);
    let parent = of(&whole, "T1685").unwrap();
    assert_eq!(parent["showSubtechniques"], true, "sub-techniques are shown");
    let own = layer(&["--principal", "tomas"]);
    assert!(of(&own, "T1685.002").is_none() && of(&whole, "T1685.002").is_some());
}
