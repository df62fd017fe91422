//! All texts of a cloud object in one allocation: a table of their properties and lengths, then the texts themselves.
//!
//! Layout: length of the table, the table, the texts. An entry of the table is one character, the number of the
//! property, and the length of the text in bytes. Lengths are written in digits of six bits, the lowest first, 64 added
//! to every digit but the last: all of it is ASCII, so that the whole stays a `str` and nothing is checked when reading.

/// Texts with the numbers of their properties, sorted by these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts(Box<str>);

const MORE: u8 = 64;

impl Texts {
    /// Puts texts together; `parts` are sorted by property.
    pub(super) fn new<'t>(parts: impl Iterator<Item = (u8, &'t str)> + Clone) -> Self {
        let table_bytes: usize = parts.clone().map(|(_, text)| 1 + digits(text.len())).sum();
        let text_bytes: usize = parts.clone().map(|(_, text)| text.len()).sum();
        let mut whole = String::with_capacity(digits(table_bytes) + table_bytes + text_bytes);
        push_number(&mut whole, table_bytes);
        for (property, text) in parts.clone() {
            whole.push(char::from(property));
            push_number(&mut whole, text.len());
        }
        parts.for_each(|(_, text)| whole.push_str(text));
        Self(whole.into_boxed_str())
    }

    /// All texts, sorted by property.
    #[inline]
    pub(super) fn iter(&self) -> Iter<'_> {
        let mut bytes = self.0.as_bytes();
        let table_bytes = take_number(&mut bytes).unwrap_or_default();
        let start = self.0.len() - bytes.len();
        let table = bytes.get(..table_bytes).unwrap_or_default();
        Iter { table, texts: self.0.get(start + table_bytes..).unwrap_or_default() }
    }
}

/// See [`Texts::iter`].
#[derive(Debug, Clone)]
pub(super) struct Iter<'t> {
    table: &'t [u8],
    texts: &'t str,
}

impl<'t> Iterator for Iter<'t> {
    type Item = (u8, &'t str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (property, rest) = self.table.split_first()?;
        self.table = rest;
        let length = take_number(&mut self.table)?;
        let (text, rest) = self.texts.split_at_checked(length)?;
        self.texts = rest;
        Some((*property, text))
    }
}

fn digits(number: usize) -> usize {
    let bits = usize::BITS - number.leading_zeros();
    usize::try_from(bits.div_ceil(6).max(1)).unwrap_or(usize::MAX)
}

fn push_number(text: &mut String, mut number: usize) {
    loop {
        let digit = u8::try_from(number % 64).unwrap_or_default();
        number /= 64;
        if number == 0 {
            return text.push(char::from(digit));
        }
        text.push(char::from(digit | MORE));
    }
}

#[inline]
fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let (mut number, mut shift) = (0_usize, 0);
    loop {
        let (digit, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(*digit & (MORE - 1)).checked_shl(shift)?;
        if *digit & MORE == 0 {
            return Some(number);
        }
        shift += 6;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        let long = "ä".repeat(3000);
        for lengths in [vec![], vec![0], vec![63, 64], vec![4095, 4096, 5000, 1, 0]] {
            let parts: Vec<(u8, &str)> =
                (0..).zip(lengths.iter().map(|length| long.get(..length / 2 * 2).unwrap())).collect();
            let texts = Texts::new(parts.iter().copied());
            assert_eq!(texts.iter().collect::<Vec<_>>(), parts);
        }
        assert_eq!(Texts::default().iter().count(), 0);
    }

    #[test]
    fn the_number_of_digits_is_known_before() {
        for number in [0, 1, 63, 64, 4095, 4096, 1 << 20, usize::MAX] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!((text.len(), text.is_ascii()), (digits(number), true), "{number}");
            assert_eq!(take_number(&mut text.as_bytes()), Some(number));
        }
    }
}
