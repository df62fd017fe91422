//! Zstandard data as `zstd` reads it: any number of frames one after the other, frames to be skipped among them.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::input::Bytes;

/// Decoded at a time.
const STEP_BYTES: usize = 256 << 10;
/// A last block without content, and room for a checksum: what ends a frame.
const END_OF_FRAME: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Whether data starts like Zstandard: a frame, or one of the sixteen kinds of frames to be skipped (RFC 8878
/// sections 3.1.1 and 3.1.2, read 2026-11-20).
pub(super) fn is_zstandard(head: &[u8]) -> bool {
    matches!(head, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Reader of all frames.
pub(super) struct Frames {
    rest: BufReader<Bytes>,
    decoder: Box<FrameDecoder>,
    within: bool,
    /// What stopped the decoding, told when everything decoded before it was handed out.
    failed: Option<io::Error>,
}

impl Frames {
    pub(super) fn new(bytes: Bytes) -> Self {
        let rest = BufReader::with_capacity(1 << 18, bytes);
        Self { rest, decoder: Box::new(FrameDecoder::new()), within: false, failed: None }
    }

    /// Starts the next frame with content; false at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.rest.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.rest) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.rest.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(invalid(&error)),
            }
        }
    }

    fn decode(&mut self) {
        let step = BlockDecodingStrategy::UptoBytes(STEP_BYTES);
        if let Err(error) = self.decoder.decode_blocks(&mut self.rest, step) {
            self.failed = Some(invalid(&error));
            // The decoder holds back a window of text until the frame ends; ended by us, it gives that too. Where it
            // cannot even do that, there is nothing to be had.
            let _ = self.decoder.decode_blocks(END_OF_FRAME.as_slice(), BlockDecodingStrategy::All);
        }
    }
}

fn invalid(error: &FrameDecoderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.within {
                self.within = self.next_frame()?;
                if !self.within {
                    return Ok(0);
                }
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if self.decoder.is_finished() {
                self.within = false;
            } else {
                self.decode();
            }
        }
    }
}
