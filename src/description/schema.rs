//! The published JSON Schema, drawn from the same types that read.

use serde_json::{Map, Value, json};

use super::Description;

/// Where the definitions of an environment's parts stand beside those of the description.
const LAID_OVER: &str = "laid-over-";

/// `portcullis.schema.json` (JSON Schema 2020-12), with a line break at its end.
pub fn schema() -> String {
    let root = schemars::SchemaGenerator::default().into_root_schema_for::<Description>();
    let mut root = root.to_value();
    add_environment(&mut root);
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

/// An environment has the description's keys, none of them required, and null removes.
fn add_environment(root: &mut Value) {
    let definitions = root.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut laid: Map<String, Value> = definitions
        .iter()
        .filter(|(name, _)| *name != "Environment")
        .map(|(name, schema)| (format!("{LAID_OVER}{name}"), loosened(schema)))
        .collect();
    laid.insert("Environment".to_owned(), environment(root));
    if let Some(definitions) = root.get_mut("$defs").and_then(Value::as_object_mut) {
        definitions.extend(laid);
    }
}

fn environment(root: &Value) -> Value {
    let keys = root.get("properties").and_then(Value::as_object);
    let mut properties: Map<String, Value> = keys
        .into_iter()
        .flatten()
        .filter(|(key, _)| !matches!(key.as_str(), "name" | "environments"))
        .map(|(key, schema)| (key.clone(), removable(loosened(schema))))
        .collect();
    let forbidden = json!({
        "type": "array",
        "items": {"type": "string", "pattern": crate::stack::SettingName::PATTERN},
        "description": "Settings that must not exist in this environment.",
    });
    properties.insert("forbidden_settings".to_owned(), forbidden);
    json!({
        "type": ["object", "null"],
        "description": "Laid over the description: maps merge, lists and single values replace, null removes.",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The same schema with nothing required, null allowed for every key, and references to parts
/// that are loosened likewise.
fn loosened(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => Value::Array(items.iter().map(loosened).collect()),
        Value::Object(keys) => {
            let kept = keys.iter().filter(|(key, _)| *key != "required");
            Value::Object(
                kept.map(|(key, value)| (key.clone(), loosened_key(key, value))).collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

fn loosened_key(key: &str, value: &Value) -> Value {
    match (key, value) {
        ("$ref", Value::String(target)) => {
            json!(target.replacen("#/$defs/", &format!("#/$defs/{LAID_OVER}"), 1))
        }
        ("properties" | "patternProperties", Value::Object(keys)) => {
            let loose =
                |(key, schema): (&String, &Value)| (key.clone(), removable(loosened(schema)));
            Value::Object(keys.iter().map(loose).collect())
        }
        ("additionalProperties", Value::Object(_)) => removable(loosened(value)),
        ("enum" | "examples" | "description" | "pattern", _) => value.clone(),
        _ => loosened(value),
    }
}

/// The same schema, or null; the description stays outside, where editors look for it.
fn removable(mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|keys| keys.remove("description"));
    let mut either = json!({"anyOf": [schema, {"type": "null"}]});
    if let (Some(keys), Some(description)) = (either.as_object_mut(), description) {
        keys.insert("description".to_owned(), description);
    }
    either
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let text = schema.to_string();
        let targets = text.split("\"#/$defs/").skip(1).map(|rest| rest.split('"').next().unwrap());
        let mut seen = 0;
        for target in targets {
            assert!(schema["$defs"].get(target).is_some(), "{target}");
            seen += 1;
        }
        assert!(seen > 20);
    }

    #[test]
    fn every_key_has_a_description() {
        fn walk(value: &Value, at: &str) {
            for (key, schema) in value["properties"].as_object().into_iter().flatten() {
                let described = schema["description"].as_str().is_some_and(|text| !text.is_empty());
                assert!(described, "{at}.{key}");
            }
        }
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        walk(&schema, "");
        schema["$defs"].as_object().unwrap().iter().for_each(|(name, def)| walk(def, name));
    }

    #[test]
    fn the_published_schema_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/portcullis.schema.json");
        let published = std::fs::read_to_string(path).unwrap_or_default();
        if published != schema() {
            std::fs::write(path, schema()).unwrap();
            panic!("portcullis.schema.json was out of date and has been written anew");
        }
    }
}
