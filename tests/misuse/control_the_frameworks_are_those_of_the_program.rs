//! Control: compiles, with the same `serde` as the program, or the refusals above prove nothing.
use fairdraw::vault::FileSystem;

#[derive(serde::Serialize)]
pub struct Line {
    system: FileSystem,
}

pub fn write(system: &FileSystem) -> (String, minijinja::Value) {
    let json = serde_json::to_string(system).unwrap_or_default();
    (json, minijinja::Value::from(minijinja::value::Serde(system)))
}
