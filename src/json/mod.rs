//! JSON as logs hold it, read without copying: [`object`] walks members and builds nothing, [`Document`] is a text read
//! into values that stay where they are.

mod document;
mod members;
mod reader;
mod value;
mod walk;

pub use self::document::Document;
pub use self::members::{Elements, Members};
pub use self::value::Json;
pub use self::walk::{is_compact, object};
