//! The screen's types are those of the program.

#[test]
fn the_screens_types_are_generated_from_these() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../ui/src/lib/api/generated.ts"
    );
    let there = std::fs::read_to_string(path).unwrap();
    // Not assert_eq: the texts are long, and the remedy matters more than the difference.
    assert!(
        there == app::typescript::generate(),
        "ui/src/lib/api/generated.ts is out of date. Run: cargo xtask types"
    );
}
