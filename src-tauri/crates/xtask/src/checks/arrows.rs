//! Which crate may depend on which. The design's arrows, read back from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Result, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use crate::workspace;

/// What each crate of the product may depend on inside the workspace when it ships.
const ARROWS: &[(&str, &[&str])] = &[
    ("almanac-model", &[]),
    ("almanac-store", &["almanac-model"]),
    ("almanac-scale", &["almanac-model"]),
    ("almanac-media", &["almanac-model", "almanac-scale"]),
    ("almanac-networks", &["almanac-model", "almanac-media"]),
    (
        "almanac-publisher",
        &[
            "almanac-model",
            "almanac-store",
            "almanac-networks",
            "almanac-media",
        ],
    ),
    (
        "almanac-app",
        &[
            "almanac-model",
            "almanac-store",
            "almanac-networks",
            "almanac-media",
            "almanac-publisher",
        ],
    ),
    ("almanac-server", &["almanac-app", "almanac-model"]),
    (
        "almanac-headless",
        &["almanac-app", "almanac-model", "almanac-server"],
    ),
    (
        "almanac",
        &["almanac-app", "almanac-model", "almanac-server"],
    ),
    ("emptywindow", &[]),
];

/// Crates that do input or output; `model` must not reach any, however far away.
const INPUT_OUTPUT: &[&str] = &[
    "tokio",
    "sqlx",
    "sqlx-core",
    "reqwest",
    "hyper",
    "tauri",
    "zbus",
    "axum",
];

/// Crates that only some may name, whatever the kind of dependency that ships.
const RESERVED: &[(&str, &[&str])] = &[
    ("sqlx", &["almanac-store"]),
    ("reqwest", &["almanac-networks", "almanac-app"]),
];

/// Fails with the list of broken rules.
pub fn check() -> Result<()> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace::path("Cargo.toml"))
        .exec()?;
    let broken = broken_rules(&metadata);
    if broken.is_empty() {
        return Ok(());
    }
    bail!("{}", broken.join("\n"))
}

fn broken_rules(metadata: &Metadata) -> Vec<String> {
    let members = metadata.workspace_packages();
    let names: BTreeSet<&str> = members
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let closures = Closures::new(metadata);
    let mut broken = Vec::new();
    for package in &members {
        let shipped = direct(package);
        if let Some((_, allowed)) = ARROWS
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
        {
            for other in shipped.iter().filter(|name| names.contains(**name)) {
                if !allowed.contains(other) {
                    broken.push(format!("{} must not depend on {other}", package.name));
                }
            }
        }
        for (crate_name, owners) in RESERVED {
            let test_support = is_test_support(package);
            if shipped.contains(crate_name)
                && !owners.contains(&package.name.as_str())
                && !test_support
            {
                broken.push(format!("{} must not use {crate_name}", package.name));
            }
        }
        let reach = closures.of(&package.id);
        if package.name == "almanac-model" {
            for name in INPUT_OUTPUT.iter().filter(|name| reach.contains(**name)) {
                broken.push(format!(
                    "model must do no input or output, but reaches {name}"
                ));
            }
        }
        if in_crates_folder(package) && reach.contains("tauri") {
            broken.push(format!(
                "{} is under crates/ and must not reach tauri",
                package.name
            ));
        }
    }
    for (name, _) in ARROWS {
        // A renamed crate must not slip out of the rules.
        if !names.contains(name) {
            broken.push(format!(
                "the rules name {name}, which is not in the workspace"
            ));
        }
    }
    broken
}

/// Crates that never ship may reach past the rules to look at things from outside.
fn is_test_support(package: &Package) -> bool {
    package.name == "almanac-testkit" || package.manifest_path.as_str().contains("/tests/")
}

fn in_crates_folder(package: &Package) -> bool {
    package.manifest_path.as_str().contains("src-tauri/crates/")
}

/// Names of the dependencies that end up in what ships.
fn direct(package: &Package) -> BTreeSet<&str> {
    package
        .dependencies
        .iter()
        // An optional one belongs to a feature for tests; the program that ships asks for none.
        .filter(|dependency| dependency.kind == DependencyKind::Normal && !dependency.optional)
        .map(|dependency| dependency.name.as_str())
        .collect()
}

/// What each package reaches through normal dependencies.
struct Closures<'a> {
    names: BTreeMap<&'a PackageId, &'a str>,
    edges: BTreeMap<&'a PackageId, Vec<&'a PackageId>>,
}

impl<'a> Closures<'a> {
    fn new(metadata: &'a Metadata) -> Self {
        let names = metadata
            .packages
            .iter()
            .map(|package| (&package.id, package.name.as_str()))
            .collect();
        let edges = metadata
            .resolve
            .iter()
            .flat_map(|resolve| &resolve.nodes)
            .map(|node| {
                let normal = node.deps.iter().filter(|dep| {
                    dep.dep_kinds
                        .iter()
                        .any(|kind| kind.kind == DependencyKind::Normal)
                });
                (&node.id, normal.map(|dep| &dep.pkg).collect())
            })
            .collect();
        Self { names, edges }
    }

    fn of(&self, start: &'a PackageId) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([start]);
        while let Some(id) = queue.pop_front() {
            for next in self.edges.get(id).into_iter().flatten() {
                if seen.insert(*next) {
                    queue.push_back(next);
                }
            }
        }
        seen.into_iter()
            .filter_map(|id| self.names.get(id).copied())
            .collect()
    }
}
