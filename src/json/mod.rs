//! JSON as logs hold it, read without copying: [`object`] walks members and builds nothing, [`Json`] is a value whose
//! texts stay where they are.

mod members;
mod reader;
mod value;
mod walk;

pub use self::members::Members;
pub use self::value::Json;
pub use self::walk::{is_compact, object};
