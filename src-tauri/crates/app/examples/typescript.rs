//! Prints the TypeScript types of all commands.

fn main() {
    print!("{}", app::typescript::generate());
}
