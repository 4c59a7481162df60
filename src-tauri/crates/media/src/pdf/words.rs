//! The words a PDF is written in (ISO 32000-1, 7.2 and 7.3), as far as its number of pages needs them.

/// How deep lists and dictionaries may lie in each other.
const DEEPEST: u32 = 32;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(i64),
    /// Another object, by its number.
    Reference(u32),
    Name(Vec<u8>),
    List(Vec<Self>),
    Dictionary(Vec<(Vec<u8>, Self)>),
    /// Nothing.
    Null,
    /// A string, a fraction or a truth.
    Other,
}

impl Value {
    /// What a dictionary has under a name; none where it has nothing, and of anything else.
    pub fn get(&self, name: &[u8]) -> Option<&Self> {
        let Self::Dictionary(pairs) = self else {
            return None;
        };
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value).filter(|v| **v != Self::Null)
    }

    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A number that cannot be negative.
    pub fn size(&self) -> Option<usize> {
        self.number().and_then(|n| usize::try_from(n).ok())
    }

    pub fn reference(&self) -> Option<u32> {
        match self {
            Self::Reference(number) => Some(*number),
            _ => None,
        }
    }
}

/// Reads word by word.
pub(super) struct Words<'a> {
    bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Words<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over white space and comments.
    pub fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ' => self.at += 1,
                b'%' => {
                    let line = self.rest();
                    let end = line.iter().position(|b| matches!(b, b'\n' | b'\r'));
                    self.at += end.unwrap_or(line.len());
                }
                _ => return,
            }
        }
    }

    /// Goes behind these bytes when they come now.
    pub fn takes(&mut self, bytes: &[u8]) -> bool {
        let there = self.rest().starts_with(bytes);
        if there {
            self.at += bytes.len();
        }
        there
    }

    /// Goes behind a word when it comes next.
    pub fn word(&mut self, word: &[u8]) -> Option<()> {
        self.skip_space();
        self.takes(word).then_some(())
    }

    /// The next value, a number.
    pub fn number(&mut self) -> Option<i64> {
        self.skip_space();
        let digits = self.while_it_is(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// The next value.
    pub fn value(&mut self) -> Option<Value> {
        self.value_at(0)
    }

    fn while_it_is(&mut self, good: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|b| !good(*b)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn value_at(&mut self, depth: u32) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'<' if self.rest().starts_with(b"<<") => {
                self.at += 2;
                self.dictionary(depth)
            }
            b'<' => {
                self.while_it_is(|b| b != b'>');
                self.takes(b">").then_some(Value::Other)
            }
            b'(' => self.string(),
            b'[' => {
                self.at += 1;
                self.list(depth)
            }
            b'/' => {
                self.at += 1;
                Some(Value::Name(self.while_it_is(is_regular).to_vec()))
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => Some(self.number_or_reference()),
            byte if is_regular(byte) => Some(match self.while_it_is(is_regular) {
                b"null" => Value::Null,
                _ => Value::Other,
            }),
            _ => None,
        }
    }

    fn number_or_reference(&mut self) -> Value {
        let written = self.while_it_is(is_regular);
        let number = std::str::from_utf8(written).ok();
        let Some(number) = number.and_then(|n| n.parse::<i64>().ok()) else {
            return Value::Other;
        };
        // `12 0 R` is another object, `12 0` are two numbers.
        let behind = self.at;
        let generation = self.number().is_some();
        self.skip_space();
        let refers = generation && self.while_it_is(is_regular) == b"R";
        match u32::try_from(number) {
            Ok(number) if refers => Value::Reference(number),
            _ => {
                self.at = behind;
                Value::Number(number)
            }
        }
    }

    fn dictionary(&mut self, depth: u32) -> Option<Value> {
        let mut pairs = Vec::new();
        loop {
            self.skip_space();
            if self.takes(b">>") {
                return Some(Value::Dictionary(pairs));
            }
            if !self.takes(b"/") {
                return None;
            }
            let key = self.while_it_is(is_regular).to_vec();
            pairs.push((key, self.value_at(depth + 1)?));
        }
    }

    fn list(&mut self, depth: u32) -> Option<Value> {
        let mut values = Vec::new();
        loop {
            self.skip_space();
            if self.takes(b"]") {
                return Some(Value::List(values));
            }
            values.push(self.value_at(depth + 1)?);
        }
    }

    fn string(&mut self) -> Option<Value> {
        let mut open = 0_u32;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Some(Value::Other);
            }
        }
        None
    }
}

fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t'
            | b'\n'
            | 0x0c
            | b'\r'
            | b' '
            | b'('
            | b')'
            | b'<'
            | b'>'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'/'
            | b'%'
    )
}
