//! JSON as logs hold it, read without copying: [`object`] walks members and builds nothing, [`Json`] is a value whose
//! texts stay where they are.

mod value;
mod walk;

pub use self::value::{Json, Members};
pub use self::walk::{is_compact, object};
