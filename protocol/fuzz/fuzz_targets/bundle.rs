//! Fuzzes bundles, whole and edited.

#![no_main]

#[expect(dead_code, reason = "this fuzzer calls one function of the module")]
#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::bundle(data));
