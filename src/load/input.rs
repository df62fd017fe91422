//! Opening of inputs: wildcards, standard input, compressed files. Gives bytes with a look at their start.
//!
//! Nothing here knows encodings or formats; nothing opens anything but what the user named.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::{Arc, OnceLock};

use flate2::read::MultiGzDecoder;

use super::LoadError;
use super::zstandard::{Frames, is_zstandard};

/// How much of an input is looked at before it is read (`input-formats` section 2).
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// Bytes of one input, decompressed.
pub(super) type Bytes = Box<dyn Read + Send>;

/// The files that an argument names: itself, or what its wildcards match, sorted.
pub(super) fn expand(path: &str) -> Result<Vec<String>, LoadError> {
    let literal = path == "-"
        || super::ldap::is_live(path)
        || !path.contains(['*', '?', '['])
        || std::fs::metadata(path).is_ok();
    if literal {
        return Ok(vec![path.to_owned()]);
    }
    let unusable = |problem: String, advice: &str| LoadError::Unusable {
        path: path.to_owned(),
        line: None,
        problem,
        advice: advice.to_owned(),
    };
    let matches = glob::glob(path).map_err(|error| {
        unusable(format!("the pattern is not valid: {}", error.msg), "Name the file without wildcards.")
    })?;
    let mut files = Vec::new();
    for entry in matches {
        let found = entry.map_err(|error| LoadError::Io {
            path: error.path().display().to_string(),
            error: error.into(),
        })?;
        if !found.is_dir() {
            files.push(found.to_string_lossy().into_owned());
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(unusable("the pattern matches no file".into(), "Check the directory and the ending."));
    }
    Ok(files)
}

/// An opened input.
pub(super) struct Opened {
    /// The name of its compression.
    pub(super) compression: Option<&'static str>,
    /// Its first [`HEAD_BYTES`].
    pub(super) head: Vec<u8>,
    /// All of it.
    pub(super) bytes: Bytes,
    /// What `bytes` finds out at its end.
    pub(super) cut: Cut,
}

/// Whether compressed data broke off, known when it was read to its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Cut(Arc<OnceLock<(u64, String)>>);

impl Cut {
    /// The sentence about it.
    pub(super) fn message(&self) -> Option<String> {
        let (bytes, error) = self.0.get()?;
        Some(format!(
            "the compressed file breaks off or is damaged after {bytes} bytes of text ({error}): what was read until \
             there counts, the rest is missing"
        ))
    }
}

/// Decompressed bytes as far as there are any.
struct UntilCut<R> {
    inner: R,
    position: u64,
    cut: Cut,
}

impl<R: Read> Read for UntilCut<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cut.0.get().is_some() {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Ok(count) => {
                self.position += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() != io::ErrorKind::Interrupted && self.position > 0 => {
                let _ = self.cut.0.set((self.position, error.to_string()));
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }
}

/// Opens an input; `-` is standard input. Compressed content is recognized by its first bytes, not by the name.
pub(super) fn open(path: &str) -> Result<Opened, LoadError> {
    let failed = |error| LoadError::Io { path: path.to_owned(), error };
    let raw: Bytes = if path == "-" {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).map_err(failed)?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(LoadError::Unusable {
                path: path.to_owned(),
                line: None,
                problem: "this is a directory".into(),
                advice: "Name the files in it, for example with a wildcard such as *.ldf.".into(),
            });
        }
        Box::new(file)
    };
    let cut = Cut::default();
    let (head, bytes) = peek(raw).map_err(failed)?;
    let until_cut = |inner: Bytes| Box::new(UntilCut { inner, position: 0, cut: cut.clone() });
    let (compression, (head, bytes)) = match head.as_slice() {
        [0x1f, 0x8b, ..] => {
            let members = MultiGzDecoder::new(BufReader::with_capacity(1 << 18, bytes));
            (Some("gzip"), peek(until_cut(Box::new(members))).map_err(failed)?)
        }
        start if is_zstandard(start) => {
            (Some("zstd"), peek(until_cut(Box::new(Frames::new(bytes)))).map_err(failed)?)
        }
        _ => (None, (head, bytes)),
    };
    Ok(Opened { compression, head, bytes, cut })
}

/// The first bytes, and a reader that gives them again.
fn peek(mut bytes: Bytes) -> io::Result<(Vec<u8>, Bytes)> {
    let mut head = Vec::new();
    bytes.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let whole = Cursor::new(head.clone()).chain(bytes);
    Ok((head, Box::new(whole)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn content(path: &std::path::Path) -> Vec<u8> {
        let mut opened = open(&path.to_string_lossy()).unwrap();
        let mut all = Vec::new();
        opened.bytes.read_to_end(&mut all).unwrap();
        assert_eq!(opened.cut.message(), None);
        all
    }

    #[test]
    fn gzip_of_several_members_is_read_whatever_the_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("export.ldf");
        let mut bytes = Vec::new();
        for part in ["dn: CN=a\n\n", "dn: CN=b\n"] {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(part.as_bytes()).unwrap();
            bytes.extend(writer.finish().unwrap());
        }
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(content(&path), b"dn: CN=a\n\ndn: CN=b\n");
    }

    #[test]
    fn zstandard_of_several_frames_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("export.zst");
        let skipped = [[0x50, 0x2a, 0x4d, 0x18].as_slice(), &[3, 0, 0, 0], b"abc"].concat();
        let mut bytes = skipped.clone();
        for part in ["dn: CN=a\n\n", "dn: CN=b\n"] {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            bytes.extend(ruzstd::encoding::compress_to_vec(part.as_bytes(), level));
            bytes.extend(&skipped);
        }
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(content(&path), b"dn: CN=a\n\ndn: CN=b\n");
    }

    #[test]
    fn compressed_data_that_breaks_off_gives_what_there_is() {
        use std::fmt::Write as _;
        let mut text = String::new();
        for number in 0..20_000_u32 {
            let _ = writeln!(text, "dn: CN=Object {number}\ninfo: {}\n", number.wrapping_mul(2_654_435_761));
        }
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text.as_bytes()).unwrap();
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let zstandard = ruzstd::encoding::compress_to_vec(text.as_bytes(), level);
        let directory = tempfile::tempdir().unwrap();
        for bytes in [writer.finish().unwrap(), zstandard] {
            let path = directory.path().join("cut");
            std::fs::write(&path, &bytes[..bytes.len() * 3 / 4]).unwrap();
            let mut opened = open(&path.to_string_lossy()).unwrap();
            let mut all = Vec::new();
            opened.bytes.read_to_end(&mut all).unwrap();
            assert!(all.len() > text.len() / 2 && text.as_bytes().starts_with(&all), "{}", all.len());
            assert!(opened.cut.message().unwrap().contains(&format!("after {} bytes", all.len())));
        }
    }

    #[test]
    fn wildcards_are_expanded_in_sorted_order_and_must_match() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["b.ldf", "a.ldf", "c.csv"] {
            std::fs::write(directory.path().join(name), "x").unwrap();
        }
        let pattern = directory.path().join("*.ldf").to_string_lossy().into_owned();
        let names = expand(&pattern).unwrap();
        assert!(names.len() == 2 && names[0].ends_with("a.ldf") && names[1].ends_with("b.ldf"));
        let error = expand(&directory.path().join("*.json").to_string_lossy()).unwrap_err();
        assert!(error.to_string().contains("matches no file"));
    }
}
