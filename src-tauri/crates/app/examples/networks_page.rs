//! Prints the page about the networks, from the catalogue.

use networks::Registry;
use networks::catalogue::page;
use networks::registry::Config;

fn main() {
    let registry = Registry::new(Config::new("docs"));
    let registry = registry.map(|r| page::page(&r.entries()));
    print!("{}", registry.unwrap_or_default());
}
