//! The file that keeps an access token across restarts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use cartographer::read::file;
use cartographer::serve::Token;

use super::fail::WithAdvice;

/// The token in the file. If the file does not exist, it is created with a new token, and is accessible only to its owner.
pub(crate) fn kept_in(path: &Path) -> Result<Token> {
    match file::regular(path).and_then(file::read) {
        Ok(bytes) => {
            if is_open_to_others(path)? {
                bail!(WithAdvice::new(
                    format!("{} can be read or written by other users", path.display()),
                    "Make it private with `chmod 600`, or use another file.",
                ));
            }
            Token::parse(String::from_utf8_lossy(&bytes).trim()).with_context(|| {
                WithAdvice::new(
                    format!("{} does not contain a token of 64 hexadecimal digits", path.display()),
                    "Use another file, or remove this one; a new token is then created in its place.",
                )
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let token = random()?;
            let written = create_private(path)
                .and_then(|mut file| writeln!(file, "{}", token.as_str()).and_then(|()| file.sync_all()));
            written.with_context(|| cannot("create", path))?;
            Ok(token)
        }
        Err(error) => Err(error).with_context(|| cannot("read", path)),
    }
}

/// A new token.
pub(crate) fn random() -> Result<Token> {
    Token::random().context("the system could not provide random numbers for a token")
}

fn cannot(what: &str, path: &Path) -> WithAdvice {
    WithAdvice::new(format!("cannot {what} {}", path.display()), "Check that the folder exists and is writable.")
}

/// A new file that only its owner can read and write.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

/// On platforms without file modes, the folder determines who can read the file.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_file_is_reused_and_private_to_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let first = kept_in(&path).unwrap();
        assert_eq!(first.as_str(), kept_in(&path).unwrap().as_str());
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", first.as_str()));
        let error = |path: &Path| kept_in(path).unwrap_err().to_string();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            mode(0o640);
            assert!(error(&path).ends_with("can be read or written by other users"));
            mode(0o600);
        }
        for other in [b"".as_slice(), b"secret", b"\xff\xfe"] {
            fs::write(&path, other).unwrap();
            assert!(error(&path).contains("does not contain a token"), "{other:?}");
        }
        assert!(error(&folder.path().join("no/such/folder")).starts_with("cannot create"));
    }
}
