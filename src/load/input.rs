//! Opening of inputs: wildcards, standard input, compressed files. Gives bytes with a look at their start.
//!
//! Nothing here knows encodings or formats; nothing opens anything but what the user named.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::LoadError;

/// How much of an input is looked at before it is read (`input-formats` section 2).
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// Bytes of one input, decompressed.
pub(super) type Bytes = Box<dyn Read + Send>;

/// The files that an argument names: itself, or what its wildcards match, sorted.
pub(super) fn expand(path: &str) -> Result<Vec<String>, LoadError> {
    let literal = path == "-" || !path.contains(['*', '?', '[']) || std::fs::metadata(path).is_ok();
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

/// Opens an input and gives the name of its compression, its first [`HEAD_BYTES`] and a reader of the whole; `-` is
/// standard input. Compressed content is recognized by its first bytes, not by the name.
pub(super) fn open(path: &str) -> Result<(Option<&'static str>, Vec<u8>, Bytes), LoadError> {
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
    let (head, rest) = peek(raw).map_err(failed)?;
    let buffered = |rest| BufReader::with_capacity(1 << 18, rest);
    let (name, plain): (_, Bytes) = match head.as_slice() {
        [0x1f, 0x8b, ..] => ("gzip", Box::new(MultiGzDecoder::new(buffered(rest)))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("zstd", Box::new(ZstdFrames::Between(buffered(rest)))),
        _ => return Ok((None, head, rest)),
    };
    peek(plain).map_err(failed).map(|(head, bytes)| (Some(name), head, bytes))
}

/// The first bytes, and a reader that gives them again.
fn peek(mut bytes: Bytes) -> io::Result<(Vec<u8>, Bytes)> {
    let mut head = Vec::new();
    bytes.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let whole = Cursor::new(head.clone()).chain(bytes);
    Ok((head, Box::new(whole)))
}

/// Zstandard data: any number of frames one after the other, as `zstd` reads concatenated files.
enum ZstdFrames {
    Between(BufReader<Bytes>),
    Within(Box<StreamingDecoder<BufReader<Bytes>, ruzstd::decoding::FrameDecoder>>),
    Ended,
}

impl Read for ZstdFrames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::Ended) {
                Self::Ended => return Ok(0),
                Self::Between(mut rest) => {
                    if rest.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let decoder = StreamingDecoder::new(rest)
                        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
                    *self = Self::Within(Box::new(decoder));
                }
                Self::Within(mut decoder) => {
                    let count = decoder.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        *self = Self::Within(decoder);
                        return Ok(count);
                    }
                    *self = Self::Between(decoder.into_inner());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn content(path: &std::path::Path) -> Vec<u8> {
        let (_, _, mut rest) = open(&path.to_string_lossy()).unwrap();
        let mut all = Vec::new();
        rest.read_to_end(&mut all).unwrap();
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
        let mut bytes = Vec::new();
        for part in ["dn: CN=a\n\n", "dn: CN=b\n"] {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            bytes.extend(ruzstd::encoding::compress_to_vec(part.as_bytes(), level));
        }
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(content(&path), b"dn: CN=a\n\ndn: CN=b\n");
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
