//! `Rules` and `Mapper`.

use std::collections::BTreeMap;
use std::sync::Arc;

use cartographer::batch::SignalBatches;
use cartographer::lake::{self, LakeError};
use cartographer::rule::{RuleSet, RuleText, pack};
use pyo3::prelude::*;

use crate::batches::Batch;
use crate::error::{RuleError, exception, warn_of};

/// Compiled rules: the shipped rules and your own.
#[pyclass(frozen, module = "cloudtrail_cartographer")]
pub(crate) struct Rules(pub(crate) Arc<RuleSet>);

#[pymethods]
impl Rules {
    /// `files` contains your own rules: it maps each path, relative to the rules folder, to the file's text.
    #[new]
    #[pyo3(signature = (files = None))]
    fn new(py: Python<'_>, files: Option<BTreeMap<String, String>>) -> PyResult<Self> {
        let own = files.unwrap_or_default().into_iter();
        let own = own.map(|(path, text)| RuleText { file: path.clone(), path, text }).collect();
        match py.detach(|| RuleSet::compile(RuleText::shipped_under(own))) {
            Ok(rules) => Ok(Self(Arc::new(rules))),
            Err(errors) => {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                Err(RuleError::new_err(lines.join("\n")))
            }
        }
    }

    /// The files in the installed rule packs.
    #[staticmethod]
    fn installed() -> PyResult<BTreeMap<String, String>> {
        match pack::installed() {
            Ok(packs) => {
                let texts = packs.into_iter().flat_map(|pack| pack.texts);
                Ok(texts.filter(|text| !text.is_spec()).map(|text| (text.path, text.text)).collect())
            }
            Err(errors) => {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                Err(RuleError::new_err(lines.join("\n")))
            }
        }
    }

    /// A hash of the text of all rules.
    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    fn __len__(&self) -> usize {
        self.0.rules().len()
    }
}

/// Maps sessions batch by batch. The rows of each session must be consecutive.
#[pyclass(module = "cloudtrail_cartographer")]
pub(crate) struct Mapper(lake::Mapper);

#[pymethods]
impl Mapper {
    #[new]
    fn new(rules: &Rules) -> Self {
        Self(lake::Mapper::new(Arc::clone(&rules.0)))
    }

    /// Takes the next rows, and returns the signals of any sessions that are now complete.
    fn push(&mut self, py: Python<'_>, batch: Batch) -> PyResult<Batch> {
        let (batch, known) = (batch.0, self.0.damaged().values);
        let mapped = py.detach(|| wide(self.0.push(&batch)))?;
        warn_of(py, self.0.damaged(), known)?;
        Ok(mapped)
    }

    /// Processes the remaining rows and returns the signals for the last session.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Batch> {
        py.detach(|| wide(self.0.finish()))
    }
}

fn wide(batches: Result<SignalBatches, LakeError>) -> PyResult<Batch> {
    let wide = batches.and_then(|batches| lake::wide(&batches));
    wide.map(Batch).map_err(exception)
}
