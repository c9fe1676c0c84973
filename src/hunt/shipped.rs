//! The hunts that ship with the program.

use include_dir::{Dir, include_dir};

use super::{Hunt, HuntError};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sql/hunts");

/// All shipped hunts, sorted by tactic and name.
///
/// # Errors
/// Returns the first error in a hunt.
pub fn shipped() -> Result<Vec<Hunt>, HuntError> {
    let folders = SHIPPED.dirs().flat_map(Dir::files);
    let hunts = folders.map(|file| {
        let path = file.path().to_string_lossy().replace('\\', "/");
        Hunt::parse(&path, file.contents_utf8().unwrap_or_default())
    });
    let mut hunts = hunts.collect::<Result<Vec<_>, _>>()?;
    hunts.sort_by(|a, b| (a.tactic, &a.id).cmp(&(b.tactic, &b.id)));
    Ok(hunts)
}
