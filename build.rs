//! Rebuilds when a migration, template, message or asset changes; they are embedded.

fn main() {
    for folder in ["migrations", "templates", "locales", "static"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
