//! The published JSON Schema, drawn from the same types that read.

use super::Description;

/// `portcullis.schema.json`, with a line break at its end.
pub fn schema() -> String {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<Description>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
