//! Files that arrive: counted and hashed, and kept only where they are small, so that a network can be
//! sent a file of any size.

/// Largest file that is kept, in bytes.
const KEPT: u64 = 16 << 20;

/// A file, or a piece of one.
#[derive(Debug, Clone, Default)]
pub struct Received {
    size: u64,
    hash: blake3::Hasher,
    kept: Vec<u8>,
}

impl PartialEq for Received {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size && self.hash.finalize() == other.hash.finalize()
    }
}

impl Eq for Received {}

impl Received {
    /// A piece of a file that is so large as a whole.
    #[must_use]
    pub fn of(piece: &[u8], whole: u64) -> Self {
        let mut received = Self::default();
        received.take(piece, whole);
        received
    }

    /// More of it; `whole` is the size of the whole file, or the least that is known of it.
    pub fn take(&mut self, piece: &[u8], whole: u64) {
        self.size += piece.len() as u64;
        self.hash.update(piece);
        if whole.max(self.size) <= KEPT {
            self.kept.extend_from_slice(piece);
        } else {
            self.kept = Vec::new();
        }
    }

    /// Bytes that arrived.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its bytes; none of a large file.
    #[must_use]
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// Its BLAKE3 hash, as digits.
    #[must_use]
    pub fn hash(&self) -> String {
        self.hash.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_counted_and_hashed_but_not_kept() {
        let piece = vec![7; 1 << 20];
        let mut large = Received::default();
        (0..20).for_each(|_| large.take(&piece, 20 << 20));
        assert_eq!((large.size(), large.kept().len()), (20 << 20, 0));
        let whole = vec![7; 20 << 20];
        assert_eq!(large.hash(), blake3::hash(&whole).to_hex().to_string());
        let small = Received::of(&piece, 1 << 20);
        assert_eq!(small.kept(), piece);
    }
}
