//! What a disk holds after the power went at some point.

use std::collections::BTreeMap;

use crate::vfs::Event;

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What became of the writes that were not synced yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// None reached the disk.
    Lost,
    /// All did, in order.
    Kept,
    /// All did, but only the first sectors of the last one.
    Torn,
    /// Any sectors of any of them, chosen by this number.
    Scattered(u64),
}

#[derive(Debug, Clone)]
enum Pending {
    Write { offset: usize, data: Vec<u8> },
    Truncate(usize),
}

#[derive(Debug, Clone, Default)]
struct File {
    /// As of the last sync; none when it was never synced.
    safe: Option<Vec<u8>>,
    pending: Vec<Pending>,
}

/// A disk on which events happen one after the other.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
    acknowledged: u64,
}

impl Disk {
    /// The next event happens.
    pub fn happen(&mut self, event: &Event) {
        match event {
            Event::Write { file, offset, data } => self.file(file).pending.push(Pending::Write {
                offset: *offset as usize,
                data: data.clone(),
            }),
            Event::Truncate { file, size } => {
                self.file(file)
                    .pending
                    .push(Pending::Truncate(*size as usize));
            }
            Event::Sync { file } => {
                let file = self.file(file);
                let mut bytes = file.safe.take().unwrap_or_default();
                for pending in file.pending.drain(..) {
                    apply(&mut bytes, &pending, |_| true);
                }
                file.safe = Some(bytes);
            }
            // A deletion may come to the disk at once; that is the worse case for a log.
            Event::Delete { file } => {
                self.files.remove(file);
            }
            Event::Acknowledged(number) => self.acknowledged = *number,
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        self.files.entry(name.to_owned()).or_default()
    }

    /// The last change that was reported as saved.
    #[must_use]
    pub const fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// The fates that differ at this point. A torn write of less than two sectors is no write.
    #[must_use]
    pub fn fates(&self, seed: u64) -> Vec<Fate> {
        let pending = || self.files.values().flat_map(|f| &f.pending);
        if pending().next().is_none() {
            return vec![Fate::Kept];
        }
        let mut fates = vec![Fate::Lost, Fate::Kept, Fate::Scattered(seed)];
        let long = |p: &Pending| matches!(p, Pending::Write { data, .. } if data.len() > SECTOR);
        if self
            .files
            .values()
            .filter_map(|f| f.pending.last())
            .any(long)
        {
            fates.push(Fate::Torn);
        }
        fates
    }

    /// The files after a cut at this point.
    #[must_use]
    pub fn after_cut(&self, fate: Fate) -> Files {
        let mut chance = Chance(match fate {
            Fate::Scattered(seed) => seed,
            _ => 0,
        });
        let mut files = Files::new();
        for (name, file) in &self.files {
            if file.safe.is_none() && fate == Fate::Lost {
                continue;
            }
            let mut bytes = file.safe.clone().unwrap_or_default();
            let last = file.pending.len().saturating_sub(1);
            for (index, pending) in file.pending.iter().enumerate() {
                match fate {
                    Fate::Lost => {}
                    Fate::Kept => apply(&mut bytes, pending, |_| true),
                    Fate::Torn => {
                        let half = match pending {
                            Pending::Write { data, .. } => data.len().div_ceil(SECTOR) / 2,
                            Pending::Truncate(_) => 0,
                        };
                        apply(&mut bytes, pending, |sector| index < last || sector < half);
                    }
                    Fate::Scattered(_) => apply(&mut bytes, pending, |_| chance.coin()),
                }
            }
            files.insert(name.clone(), bytes);
        }
        files
    }
}

/// Applies a write, those of its sectors that are wanted; a truncation is one sector.
fn apply(bytes: &mut Vec<u8>, pending: &Pending, mut wanted: impl FnMut(usize) -> bool) {
    match pending {
        Pending::Truncate(size) => {
            if wanted(0) {
                bytes.resize(*size, 0);
            }
        }
        Pending::Write { offset, data } => {
            // Sectors lie on the disk's raster, not on the write's.
            let mut done = 0;
            let mut sector = 0;
            while done < data.len() {
                let position = offset + done;
                let length = (SECTOR - position % SECTOR).min(data.len() - done);
                if wanted(sector) {
                    let end = position + length;
                    if bytes.len() < end {
                        bytes.resize(end, 0);
                    }
                    bytes[position..end].copy_from_slice(&data[done..done + length]);
                }
                done += length;
                sector += 1;
            }
        }
    }
}

/// A small generator of coins (xorshift); runs must be the same every time.
struct Chance(u64);

impl Chance {
    fn coin(&mut self) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(offset: u64, data: &[u8]) -> Event {
        Event::Write {
            file: "f".to_owned(),
            offset,
            data: data.to_vec(),
        }
    }

    #[test]
    fn only_what_was_synced_is_sure() {
        let mut disk = Disk::default();
        disk.happen(&write(0, b"first"));
        assert!(disk.after_cut(Fate::Lost).is_empty());
        disk.happen(&Event::Sync {
            file: "f".to_owned(),
        });
        disk.happen(&write(0, b"F"));
        assert_eq!(disk.after_cut(Fate::Lost)["f"], b"first");
        assert_eq!(disk.after_cut(Fate::Kept)["f"], b"First");
    }

    #[test]
    fn a_torn_write_keeps_its_first_sectors() {
        let mut disk = Disk::default();
        disk.happen(&write(0, &[1; 1024]));
        disk.happen(&Event::Sync {
            file: "f".to_owned(),
        });
        disk.happen(&write(0, &[2; 1024]));
        let torn = &disk.after_cut(Fate::Torn)["f"];
        assert_eq!((torn[0], torn[511], torn[512], torn[1023]), (2, 2, 1, 1));
    }
}
