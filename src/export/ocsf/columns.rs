//! The OCSF attributes of the output as Parquet columns. Free-form attributes are text.

use arrow::datatypes::{DataType, Field, Fields, Schema};

/// All columns, ordered by name. [`super::record`] writes objects with the same members, which a test checks.
pub(super) fn schema() -> Schema {
    let user = || {
        vec![
            group("account", vec![text("uid")]),
            text("credential_uid"),
            text("name"),
            text("type"),
            int("type_id"),
            text("uid"),
            text("uid_alt"),
        ]
    };
    Schema::new(vec![
        int("activity_id"),
        text("activity_name"),
        group("actor", vec![text("app_name"), session(), group("user", user())]),
        api(),
        text("category_name"),
        int("category_uid"),
        text("class_name"),
        int("class_uid"),
        group("cloud", vec![group("account", vec![text("uid")]), text("provider"), text("region")]),
        list("enrichments", DataType::Struct(texts(&["data", "name", "provider", "type", "value"]))),
        group("http_request", vec![text("user_agent")]),
        truth("is_mfa"),
        text("message"),
        metadata(),
        text("raw_data"),
        group("service", vec![text("name")]),
        text("severity"),
        int("severity_id"),
        group("src_endpoint", vec![text("domain"), text("ip"), text("name"), text("svc_name")]),
        text("status"),
        text("status_code"),
        text("status_detail"),
        int("status_id"),
        long("time"),
        text("type_name"),
        long("type_uid"),
        text("unmapped"),
        group("user", user()),
    ])
}

fn session() -> Field {
    group("session", vec![long("created_time"), truth("is_mfa"), text("issuer"), text("uid")])
}

fn api() -> Field {
    group(
        "api",
        vec![
            text("operation"),
            group("request", vec![text("data"), text("uid")]),
            group("response", vec![text("data"), text("error"), text("message")]),
            group("service", vec![text("name")]),
        ],
    )
}

fn metadata() -> Field {
    let product = vec![group("feature", vec![text("name")]), text("name"), text("vendor_name"), text("version")];
    group(
        "metadata",
        vec![
            text("event_code"),
            group("product", product),
            list("profiles", DataType::Utf8),
            text("uid"),
            text("version"),
        ],
    )
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn texts(names: &[&str]) -> Fields {
    names.iter().map(|name| text(name)).collect()
}

fn int(name: &str) -> Field {
    Field::new(name, DataType::Int32, true)
}

fn long(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}

fn truth(name: &str) -> Field {
    Field::new(name, DataType::Boolean, true)
}

fn group(name: &str, members: Vec<Field>) -> Field {
    Field::new(name, DataType::Struct(members.into()), true)
}

fn list(name: &str, of: DataType) -> Field {
    Field::new_list(name, Field::new_list_field(of, true), true)
}
