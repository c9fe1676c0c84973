//! The page itself, which is embedded in the program.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};

/// The files that `web/` builds.
static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/dist");

/// Because the page keeps its state in the path, every path without a dot returns the page.
pub(super) async fn asset(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let name = if path.contains('.') { path } else { "index.html" };
    let Some(file) = DIST.get_file(name) else {
        return (StatusCode::NOT_FOUND, format!("{} was not found.\n", uri.path())).into_response();
    };
    ([(header::CONTENT_TYPE, content_type(name))], file.contents()).into_response()
}

/// The type of a file that `web/` builds.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
