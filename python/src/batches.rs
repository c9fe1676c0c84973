//! Batches and schemas, exchanged with pyarrow through Arrow's C data interface without copying.

use arrow::array::{Array, StructArray};
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow::record_batch::RecordBatch;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// A batch that is exchanged with Python.
pub(crate) struct Batch(pub(crate) RecordBatch);

/// A schema that is passed to Python.
pub(crate) struct PythonSchema(pub(crate) Schema);

#[expect(clippy::needless_pass_by_value, reason = "so that it can be passed to map_err")]
fn exception(error: ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The address of a struct that pyarrow fills or empties.
fn address<T>(of: &mut T) -> usize {
    (&raw mut *of).addr()
}

impl<'py> FromPyObject<'_, 'py> for Batch {
    type Error = PyErr;

    /// Takes a `pyarrow.RecordBatch`, or a value with `__arrow_c_array__`, which pyarrow converts to one.
    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let pyarrow = value.py().import("pyarrow")?;
        let value = if value.is_instance(&pyarrow.getattr("RecordBatch")?)? {
            value.to_owned()
        } else if value.hasattr("__arrow_c_array__")? {
            pyarrow.call_method1("record_batch", (value,))?
        } else {
            return Err(PyTypeError::new_err(format!(
                "expected a pyarrow.RecordBatch, not {}",
                value.get_type().name()?
            )));
        };
        let (mut array, mut schema) = (FFI_ArrowArray::empty(), FFI_ArrowSchema::empty());
        value.call_method1("_export_to_c", (address(&mut array), address(&mut schema)))?;
        #[expect(unsafe_code, reason = "data exported by another library cannot be checked")]
        // SAFETY: pyarrow has filled both structs, as its method states, and they are released when they are dropped.
        let mut data = unsafe { from_ffi(array, &schema) }.map_err(exception)?;
        // pyarrow may use a smaller alignment than Rust's types require.
        data.align_buffers();
        Ok(Self(RecordBatch::from(StructArray::from(data))))
    }
}

impl<'py> IntoPyObject<'py> for Batch {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let (mut array, mut schema) = to_ffi(&StructArray::from(self.0).to_data()).map_err(exception)?;
        let class = py.import("pyarrow")?.getattr("RecordBatch")?;
        class.call_method1("_import_from_c", (address(&mut array), address(&mut schema)))
    }
}

impl<'py> IntoPyObject<'py> for PythonSchema {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let mut schema = FFI_ArrowSchema::try_from(&self.0).map_err(exception)?;
        py.import("pyarrow")?.getattr("Schema")?.call_method1("_import_from_c", (address(&mut schema),))
    }
}
