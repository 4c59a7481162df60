//! Every path and link that a document names must exist.

use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail};

use super::project_files;
use crate::workspace;

/// Looks through every Markdown file of the project.
pub fn check() -> Result<()> {
    let files = project_files()?;
    let tops: Vec<&str> = files
        .iter()
        .filter_map(|file| file.split_once('/').map(|(top, _)| top))
        .collect();
    let mut missing = Vec::new();
    for document in files
        .iter()
        .filter(|file| Path::new(file).extension().is_some_and(|kind| kind == "md"))
    {
        let text = std::fs::read_to_string(workspace::path(document))?;
        let folder = Path::new(document).parent().unwrap_or(Path::new(""));
        for (line, named) in named_paths(&text) {
            let exists = match named {
                Named::Link(path) => is_ours(&files, &folder.join(path)),
                Named::Path(path) => !starts_in(path, &tops) || is_ours(&files, Path::new(path)),
            };
            if !exists {
                missing.push(format!("{document}:{line} names {}", named.text()));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("these do not exist:\n{}", missing.join("\n"))
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Named<'a> {
    /// The target of `[words](target)`, relative to the document.
    Link(&'a str),
    /// A path in back quotes, relative to the root.
    Path(&'a str),
}

impl<'a> Named<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Link(path) | Self::Path(path) => path,
        }
    }
}

/// Whether this is a file of the project or a folder with one. What a build leaves behind is not:
/// a document that names it would be right on one machine and wrong on a fresh one.
fn is_ours(files: &[String], path: &Path) -> bool {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    files.iter().any(|file| Path::new(file).starts_with(&plain))
}

fn starts_in(path: &str, tops: &[&str]) -> bool {
    path.split_once('/')
        .is_some_and(|(top, _)| tops.contains(&top))
}

/// The paths a document names, with their line, leaving out blocks of code.
fn named_paths(text: &str) -> Vec<(usize, Named<'_>)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        found.extend(links(line).map(|link| (index + 1, Named::Link(link))));
        found.extend(quoted(line).map(|path| (index + 1, Named::Path(path))));
    }
    found
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    // Text between the first and second, third and fourth … back quote.
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| text.contains('/') && !text.contains(|c: char| "<>*{}$ …:(".contains(c)))
        .map(|text| text.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_quoted_paths_are_found_and_code_blocks_are_not_read() {
        let text = "See [the map](docs/map.md#top) and `ui/src/lib`.\n```\n`a/b`\n```\n\
                    [out](https://example.com) `cargo xtask run` `networks/src/<network>/mod.rs`";
        assert_eq!(
            named_paths(text),
            [
                (1, Named::Link("docs/map.md")),
                (1, Named::Path("ui/src/lib"))
            ]
        );
    }

    #[test]
    fn only_what_is_kept_with_the_project_counts_as_there() {
        let files = ["docs/map.md".to_owned(), "ui/src/app.ts".to_owned()];
        let ours = |path: &str| is_ours(&files, Path::new(path));
        assert!(ours("docs/map.md") && ours("docs/../ui/src") && ours("./ui"));
        assert!(!ours("ui/dist") && !ours("ui/sr") && !ours("docs/map"));
    }

    #[test]
    fn a_quoted_path_counts_only_when_it_starts_in_a_folder_of_ours() {
        assert!(starts_in("ui/src", &["ui", "docs"]));
        assert!(!starts_in("text/plain", &["ui", "docs"]));
    }
}
