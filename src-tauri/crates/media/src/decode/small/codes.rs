//! The Huffman codes of a JPEG's coded data (ITU T.81, F.2.2). Where only a part of a block is wanted, the codes of
//! the rest are stepped over, as many at a time as are seen at once.

/// How many bits are seen at once.
const WINDOW: u32 = 11;
const WINDOWS: usize = 1 << WINDOW;
/// Longest code, in bits.
const LONGEST: u32 = 16;
/// Coefficients of a block.
const BLOCK: u32 = 64;
/// Most bits of a difference to the block before (T.81, table F.1, of samples with eight bits).
const MOST_BITS: u8 = 11;
/// Marks a step that ends its block, beside what it advances.
const END: u8 = 0x80;

/// Coded data, bit by bit, up to the next marker.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// What was read and not used yet, from the highest bit on.
    bits: u64,
    /// How many of these there are.
    count: u32,
    /// How many bits at their end stand for data that is not there.
    lent: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            bits: 0,
            count: 0,
            lent: 0,
        }
    }

    /// Sees to it that more bits are there than the longest code with its number has, which is 31.
    #[inline]
    fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        let ahead = self.data.get(self.at..).unwrap_or_default();
        if let Some(four) = ahead.first_chunk::<4>() {
            let word = u32::from_be_bytes(*four);
            // None of the four is 0xff, behind which something else than data may stand.
            let holes = !word;
            if holes.wrapping_sub(0x0101_0101) & !holes & 0x8080_8080 == 0 {
                self.bits |= u64::from(word) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        self.fill_by_bytes();
    }

    #[inline(never)]
    fn fill_by_bytes(&mut self) {
        while self.count <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                (Some(0xff), _) | (None, _) => {
                    self.lent = self.lent.saturating_add(8);
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.bits |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    fn window(&self) -> usize {
        (self.bits >> (u64::BITS - WINDOW)) as usize
    }

    fn skip(&mut self, bits: u32) {
        self.bits <<= bits;
        self.count -= bits;
    }

    /// The number that stands in so many bits (T.81, figure F.12).
    fn number(&mut self, bits: u32) -> i32 {
        if bits == 0 {
            return 0;
        }
        let raw = (self.bits >> (u64::BITS - bits)) as i32;
        self.skip(bits);
        if raw < 1 << (bits - 1) {
            raw + 1 - (1 << bits)
        } else {
            raw
        }
    }

    /// Whether more was read than there is.
    pub fn over(&self) -> bool {
        self.count < self.lent
    }

    /// Goes on behind the restart marker with this number; none when it does not come now.
    pub fn restart(&mut self, number: u8) -> Option<()> {
        if self.over() || self.count - self.lent >= 8 {
            return None;
        }
        let marker = self.data.get(self.at..self.at + 2)?;
        if marker != [0xff, 0xd0 + number] {
            return None;
        }
        (self.bits, self.count, self.lent) = (0, 0, 0);
        self.at += 2;
        Some(())
    }
}

/// What the next code of a block says of its coefficients.
pub(super) enum Said {
    /// The rest are zero.
    End,
    /// Sixteen are zero.
    Zeros,
    /// So many are zero, and then comes this one.
    Value { zeros: u32, value: i32 },
}

/// How far one or several codes lead.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// Bits of the codes with their numbers; none where no whole code is seen.
    bits: u8,
    /// Coefficients that they stand for, at times with [`END`].
    advance: u8,
}

impl Step {
    /// The coefficient behind it.
    fn after(self, k: u32) -> u32 {
        k + u32::from(self.advance & !END)
    }

    const fn ends(self) -> bool {
        self.advance & END != 0
    }
}

/// The codes of one table.
pub(super) struct Table {
    /// For everything that can be seen at once the length of the first code and what it stands for; zero where
    /// the code is longer.
    codes: Box<[(u8, u8); WINDOWS]>,
    /// For the same as many codes as are seen whole, and the first of them.
    steps: Box<[[Step; 2]; WINDOWS]>,
    /// For each length the first code, and where what it stands for lies; how many there are.
    long: [(usize, usize, usize); LONGEST as usize + 1],
    values: Vec<u8>,
}

impl Table {
    /// The table with so many codes of each length from one bit on, which stand for these values (T.81, annex C).
    /// None when there are more codes than such lengths can have.
    pub fn new(counts: &[u8; LONGEST as usize], values: &[u8]) -> Option<Self> {
        let mut codes = Box::new([(0, 0); WINDOWS]);
        let mut long = [(0, 0, 0); LONGEST as usize + 1];
        let (mut code, mut index) = (0_usize, 0_usize);
        for (length, count) in (1..=LONGEST).zip(counts) {
            let count = usize::from(*count);
            if code + count > 1 << length {
                return None;
            }
            let these = values.get(index..index + count)?;
            long[length as usize] = (code, index, count);
            if length <= WINDOW {
                let each = 1 << (WINDOW - length);
                let seen = codes[code * each..].chunks_mut(each);
                for (seen, value) in seen.zip(these) {
                    seen.fill((length as u8, *value));
                }
            }
            index += count;
            code = (code + count) << 1;
        }
        let mut steps = Box::new([[Step::default(); 2]; WINDOWS]);
        for (window, steps) in steps.iter_mut().enumerate() {
            *steps = seen(&codes, window);
        }
        Some(Self {
            codes,
            steps,
            long,
            values: values.to_vec(),
        })
    }

    /// The length of the next code and what it stands for.
    #[inline]
    fn code(&self, bits: &Bits) -> Option<(u32, u8)> {
        let (length, value) = self.codes[bits.window()];
        if length > 0 {
            Some((u32::from(length), value))
        } else {
            self.long_code(bits)
        }
    }

    #[inline(never)]
    fn long_code(&self, bits: &Bits) -> Option<(u32, u8)> {
        (WINDOW + 1..=LONGEST).find_map(|length| {
            let code = (bits.bits >> (u64::BITS - length)) as usize;
            let (first, index, count) = self.long[length as usize];
            let nth = code.checked_sub(first).filter(|nth| *nth < count)?;
            self.values.get(index + nth).map(|value| (length, *value))
        })
    }

    /// How much the first coefficient of a block differs from that of the block before.
    pub fn difference(&self, bits: &mut Bits) -> Option<i32> {
        bits.fill();
        let (length, size) = self.code(bits)?;
        if size > MOST_BITS {
            return None;
        }
        bits.skip(length);
        Some(bits.number(u32::from(size)))
    }

    /// What the next code says of the other coefficients.
    #[inline]
    pub fn said(&self, bits: &mut Bits) -> Option<Said> {
        bits.fill();
        let (length, symbol) = self.code(bits)?;
        bits.skip(length);
        let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        match (zeros, size) {
            (0, 0) => Some(Said::End),
            (15, 0) => Some(Said::Zeros),
            (_, 0) => None,
            _ => Some(Said::Value {
                zeros,
                value: bits.number(size),
            }),
        }
    }

    /// Steps over the codes of the coefficients from `k` on.
    pub fn step_over(&self, bits: &mut Bits, mut k: u32) -> Option<()> {
        while k < BLOCK {
            bits.fill();
            let [all, first] = self.steps[bits.window()];
            // Behind the last coefficient the next block begins without a word.
            let after = all.after(k);
            let fits = after < BLOCK || (after == BLOCK && !all.ends());
            let step = if fits { all } else { first };
            if step.bits > 0 {
                bits.skip(u32::from(step.bits));
                if step.ends() {
                    return Some(());
                }
                k = step.after(k);
                continue;
            }
            match self.said(bits)? {
                Said::End => return Some(()),
                Said::Zeros => k += 16,
                Said::Value { zeros, .. } => k += zeros + 1,
            }
        }
        (k == BLOCK).then_some(())
    }
}

/// As many codes as are whole in what is seen, and the first of them. Of a number behind a code nothing has to be
/// seen.
fn seen(codes: &[(u8, u8); WINDOWS], window: usize) -> [Step; 2] {
    let (mut all, mut first) = (Step::default(), Step::default());
    loop {
        let taken = u32::from(all.bits);
        if taken >= WINDOW {
            break;
        }
        let (length, symbol) = codes[(window << taken) % WINDOWS];
        if length == 0 || taken + u32::from(length) > WINDOW {
            break;
        }
        let (zeros, size) = (symbol >> 4, symbol & 15);
        let more = match (zeros, size) {
            (0, 0) => END,
            (15, 0) => 16,
            (_, 0) => break,
            _ => zeros + 1,
        };
        if u32::from(all.advance) + u32::from(more & !END) >= BLOCK {
            break;
        }
        let whole = Step {
            bits: all.bits + length + size,
            advance: all.advance + more,
        };
        if all.bits == 0 {
            first = whole;
        }
        all = whole;
        if all.ends() {
            break;
        }
    }
    [all, first]
}
