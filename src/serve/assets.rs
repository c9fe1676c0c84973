//! The page itself, shipped in the program.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};

/// What `web/` builds.
static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/dist");

/// Where the page keeps its state in the address, every address without a dot is the page.
pub(super) async fn asset(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let name = if path.contains('.') { path } else { "index.html" };
    let Some(file) = DIST.get_file(name) else {
        return (StatusCode::NOT_FOUND, format!("{} was not found.\n", uri.path())).into_response();
    };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let kind = if kind.type_() == mime_guess::mime::TEXT { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    ([(header::CONTENT_TYPE, kind)], file.contents()).into_response()
}
