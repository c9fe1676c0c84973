//! The secret that lets a browser in: made anew for each run and kept nowhere, unless a file is named to keep it in.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// How many bytes a token has.
const BYTES: usize = 32;

/// A secret of 256 random bits. Its text is what the URL carries.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// If the system gives no random bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0; BYTES];
        getrandom::fill(&mut bits)?;
        Ok(Self(hex::encode(bits)))
    }

    /// The one that the file at `path` has. If there is no such file, it is made with a new token, for its owner only.
    ///
    /// # Errors
    /// If the file cannot be read or made, has something else in it, or can be read by others.
    pub fn kept_in(path: &Path) -> Result<Self, TokenError> {
        let failed = |source| TokenError::File { path: path.to_owned(), source };
        match fs::read_to_string(path) {
            Ok(text) => {
                if is_open_to_others(path).map_err(failed)? {
                    return Err(TokenError::Exposed(path.to_owned()));
                }
                let text = text.trim();
                let is_token = hex::decode(text).is_ok_and(|bytes| bytes.len() == BYTES);
                if is_token { Ok(Self(text.to_owned())) } else { Err(TokenError::NoToken(path.to_owned())) }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let token = Self::random()?;
                let mut file = create_private(path).map_err(failed)?;
                writeln!(file, "{}", token.0).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(token)
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(TokenError::NoToken(path.to_owned())),
            Err(error) => Err(failed(error)),
        }
    }

    /// Its text: 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether that is it. How long the answer takes tells nothing: the hashes are compared.
    pub(super) fn is(&self, given: &str) -> bool {
        Sha256::digest(&self.0) == Sha256::digest(given)
    }
}

/// Why there is no token.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The file cannot be read or made.
    #[error("cannot read or create {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file has something else in it.
    #[error("{} does not contain a token of 64 hexadecimal digits", .0.display())]
    NoToken(PathBuf),
    /// Others can read the file.
    #[error("{} can be read or written by other users", .0.display())]
    Exposed(PathBuf),
    /// The system gives no random bits.
    #[error("the system provides no random numbers for a token")]
    Random(#[from] getrandom::Error),
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

/// Where there are no modes, the folder decides who may read the file.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

impl fmt::Debug for Token {
    /// Keeps the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike_and_none_is_told() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(one.is(one.as_str()) && !one.is(other.as_str()) && !one.is(""));
        assert_eq!(one.as_str().len(), 64);
        assert_eq!(format!("{one:?}"), "Token");
    }

    #[test]
    fn a_token_in_a_file_stays_the_same_and_is_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let first = Token::kept_in(&path).unwrap();
        assert_eq!(first.as_str(), Token::kept_in(&path).unwrap().as_str());
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", first.as_str()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(Token::kept_in(&path), Err(TokenError::Exposed(_))));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        for other in ["", "secret", "abcdef", &"g".repeat(64)] {
            fs::write(&path, other).unwrap();
            assert!(matches!(Token::kept_in(&path), Err(TokenError::NoToken(_))), "{other:?}");
        }
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(Token::kept_in(&path), Err(TokenError::NoToken(_))));
        assert!(matches!(Token::kept_in(folder.path()), Err(TokenError::File { .. })));
    }
}
