//! Prints `docs/api.md`, for `cargo xtask types`.

#![expect(clippy::print_stdout, reason = "it prints")]

fn main() {
    print!("{}", server::page::markdown());
}
