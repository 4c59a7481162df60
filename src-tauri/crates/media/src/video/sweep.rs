//! Versions of videos are large: the oldest go when all together take too much of the disk. They are
//! made again when they are needed.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::edited::folders;
use crate::error::MediaError;
use crate::library::Library;

/// Most bytes that versions of videos may take together.
pub const MAX_VERSIONS_BYTES: u64 = 5_000_000_000;

impl Library {
    /// Removes the oldest versions of videos until all of them take at most so many bytes.
    pub fn forget_versions(&self, most: u64) -> Result<(), MediaError> {
        let sweep = || -> std::io::Result<()> {
            let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
            for shard in folders(&self.root.join("edited"))? {
                for of_file in folders(&shard)? {
                    for file in fs::read_dir(&of_file)? {
                        let path = file?.path();
                        if path.extension().is_some_and(|e| e == "mp4") {
                            let about = fs::metadata(&path)?;
                            all.push((about.modified()?, about.len(), path));
                        }
                    }
                }
            }
            all.sort();
            let mut taken: u64 = all.iter().map(|file| file.1).sum();
            for (_, bytes, path) in all {
                if taken <= most {
                    break;
                }
                fs::remove_file(path)?;
                taken -= bytes;
            }
            Ok(())
        };
        sweep().map_err(|e| MediaError::io("The folder of edited videos", e))
    }
}
