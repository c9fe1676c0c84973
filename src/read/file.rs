//! Files that an argument or the name of a case leads to.
//!
//! What is at such a path may have been put there by someone else. Opening a pipe waits for a writer, a device may never
//! end, and a link may lead anywhere.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read at once, in bytes. Databases of addresses are the largest such files.
const MAX_BYTES: u64 = 2 << 30;

/// The contents of a file that an argument names. A pipe, such as `<(…)`, is read to its end; a device or a socket is refused.
///
/// # Errors
/// On an I/O error, or if there are more than 2 GiB.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path).is_ok_and(|metadata| is_device(&metadata)) {
        return Err(io::Error::other("it is a device or a socket"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 2 GiB"));
    }
    Ok(bytes)
}

/// Like [`read`], for text.
///
/// # Errors
/// See [`read`], or if the contents are not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not valid UTF-8"))
}

/// The path, unless it leads to something that exists and is not a regular file.
///
/// # Errors
/// If it does.
pub fn regular(path: &Path) -> io::Result<&Path> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is not a regular file")),
        _ => Ok(path),
    }
}

/// Waits for the lock on a file, which is created if it does not exist. The lock is held until the returned file is dropped.
///
/// # Errors
/// On an I/O error, or if the path is a link or not a regular file: following a link could create a file anywhere.
pub fn lock(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other(format!("the lock file {} is not a regular file", path.display())));
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.lock()?;
    Ok(file)
}

/// Whether it is a device or a socket.
#[cfg(unix)]
pub(super) fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let kind = metadata.file_type();
    kind.is_char_device() || kind.is_block_device() || kind.is_socket()
}

#[cfg(not(unix))]
pub(super) const fn is_device(_: &Metadata) -> bool {
    false
}
