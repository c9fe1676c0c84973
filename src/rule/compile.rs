//! Compiles rule files for a [`super::RuleSet`]: parses the TOML, compiles its contents, and reports all errors.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::condition::Condition;
use super::extract::Extract;
use super::path::Path;
use super::schema::{Basis, ConditionToml, GenerationToml, ProvenanceToml, RequestToml, RequestsToml, RuleToml};
use super::shape::{OutcomeCondition, Parameters, Shape};
use super::template::Template;
use super::{Provenance, Rule, RuleError, RuleText, caller};

/// Collects the errors in one file, with their lines.
pub(crate) struct ErrorCollector<'t> {
    text: &'t RuleText,
    errors: Vec<RuleError>,
}

impl<'t> ErrorCollector<'t> {
    pub(crate) const fn new(text: &'t RuleText) -> Self {
        Self { text, errors: Vec::new() }
    }

    pub(crate) fn add(&mut self, at: usize, key: &str, problem: impl Into<String>) {
        let line = self.text.text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let error = RuleError { file: self.text.file.clone(), line, key: key.to_owned(), problem: problem.into() };
        self.errors.push(error);
    }

    /// The value, or `None` after recording the error at `at`.
    pub(crate) fn take<T>(&mut self, at: usize, key: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|problem| self.add(at, key, problem)).ok()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The number of errors so far.
    pub(crate) const fn count(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn into_errors(self) -> Vec<RuleError> {
        self.errors
    }
}

/// The contents of one file, compiled as far as possible without the other files.
pub(super) struct Compiled {
    /// The rule, followed by its generations.
    pub(super) rules: Vec<(RuleToml, Rule)>,
    pub(super) shapes: Vec<(Shape, usize)>,
}

/// Compiles one file.
pub(super) fn file(text: &RuleText) -> Result<Compiled, Vec<RuleError>> {
    let mut collector = ErrorCollector::new(text);
    let compiled =
        if text.holds_requests() { requests_file(text, &mut collector) } else { rule_file(text, &mut collector) };
    let errors = collector.into_errors();
    match compiled {
        Some(compiled) if errors.is_empty() => Ok(compiled),
        _ => Err(errors),
    }
}

pub(crate) fn parse<T: DeserializeOwned>(text: &RuleText, collector: &mut ErrorCollector<'_>) -> Option<T> {
    toml::from_str(&text.text)
        .map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            collector.add(at, key_at(&text.text, at), error.message().trim());
        })
        .ok()
}

/// The key in the line that contains the offset `at`.
fn key_at(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    line.split_once('=').map_or_else(|| line.trim(), |(key, _)| key.trim())
}

fn requests_file(text: &RuleText, collector: &mut ErrorCollector<'_>) -> Option<Compiled> {
    let toml: RequestsToml = parse(text, collector)?;
    Some(Compiled { rules: Vec::new(), shapes: shapes(&toml.request, collector) })
}

fn rule_file(text: &RuleText, collector: &mut ErrorCollector<'_>) -> Option<Compiled> {
    let toml: RuleToml = parse(text, collector)?;
    let shapes = shapes(&toml.request, collector);
    let rule = rule(text, &toml, collector)?;
    let mut generations: Vec<(RuleToml, Rule)> = Vec::new();
    for generation in &toml.generation {
        let mut compiled = self::generation(&toml, &rule, generation.get_ref());
        let same = generations.iter().filter(|(_, other)| other.generation == compiled.1.generation).count();
        if same > 0 {
            compiled.1.id = format!("{}-{}", compiled.1.id, same + 1);
        }
        generations.push(compiled);
    }
    Some(Compiled { rules: std::iter::once((toml, rule)).chain(generations).collect(), shapes })
}

/// A generation is compiled to a separate rule that is not listed. Its signals are assigned to the page. A page's calls
/// may have changed more than once in a year.
fn generation(toml: &RuleToml, rule: &Rule, generation: &GenerationToml) -> (RuleToml, Rule) {
    let window = generation.window.unwrap_or(toml.window);
    let parts = RuleToml {
        anchor: generation.anchor.clone(),
        required: generation.required.clone(),
        optional: generation.optional.clone(),
        generation: Vec::new(),
        ..toml.clone()
    };
    let compiled = Rule {
        id: format!("{}@{}", rule.id, generation.year),
        ccc_label: None,
        before_s: window.before,
        after_s: window.after,
        provenance: Provenance {
            basis: generation.basis.unwrap_or_default(),
            years: vec![generation.year],
            references: rule.provenance.references.clone(),
        },
        generation: Some(generation.year),
        ..rule.clone()
    };
    (parts, compiled)
}

/// The recording years for rules that do not state their provenance.
const FIRST_YEARS: [u16; 2] = [2023, 2024];

fn provenance(toml: Option<&Spanned<ProvenanceToml>>, collector: &mut ErrorCollector<'_>) -> Provenance {
    let Some(stated) = toml else {
        return Provenance { basis: Basis::Observed, years: FIRST_YEARS.to_vec(), references: Vec::new() };
    };
    let (at, stated) = (stated.span().start, stated.get_ref().clone());
    match stated.basis {
        Basis::Observed if stated.years.is_empty() => {
            collector.add(at, "provenance.years", "expected the years of the recordings, found none");
        }
        Basis::Documented if stated.references.is_empty() => {
            collector.add(at, "provenance.references", "expected at least one AWS documentation URL, found none");
        }
        _ => {}
    }
    for reference in stated.references.iter().filter(|reference| !reference.starts_with("https://")) {
        collector.add(at, "provenance.references", format!("expected an https:// URL, found `{reference}`"));
    }
    Provenance { basis: stated.basis, years: stated.years, references: stated.references }
}

fn rule(text: &RuleText, toml: &RuleToml, collector: &mut ErrorCollector<'_>) -> Option<Rule> {
    check_id(text, &toml.id, collector);
    check_attack(&toml.attack, collector);
    let title = template(&toml.title, "title", collector);
    let summary = template(&toml.summary, "summary", collector);
    let url = toml.url.as_ref().map(|url| template(url, "url", collector));
    let extracts = extracts(toml, collector);
    let id = toml.id.get_ref().clone();
    Some(Rule {
        service: id.split('/').next().unwrap_or_default().to_owned(),
        id,
        title: toml.title.get_ref().clone(),
        summary: toml.summary.get_ref().clone(),
        kind: toml.kind,
        provenance: provenance(toml.provenance.as_ref(), collector),
        console_path: toml.console_path.clone(),
        attack: toml.attack.iter().map(|technique| technique.get_ref().clone()).collect(),
        ccc_label: toml.ccc_label.clone(),
        file: text.file.clone(),
        generic: toml.generic,
        alone: toml.alone,
        recurs: toml.recurs,
        rare: toml.rare,
        every_region: toml.every_region,
        before_s: toml.window.before,
        after_s: toml.window.after,
        title_template: title?,
        summary_template: summary?,
        url_template: url.flatten(),
        extracts,
        ..Rule::default()
    })
}

fn check_id(text: &RuleText, id: &Spanned<String>, collector: &mut ErrorCollector<'_>) {
    let expected = text.id();
    if *id.get_ref() != expected {
        collector.add(
            id.span().start,
            "id",
            format!("expected the file's path, `{expected}`, found `{}`", id.get_ref()),
        );
    }
}

fn check_attack(attack: &[Spanned<String>], collector: &mut ErrorCollector<'_>) {
    for technique in attack {
        if !is_technique(technique.get_ref()) {
            let problem =
                format!("expected an ATT&CK technique ID such as `T1087.004`, found `{}`", technique.get_ref());
            collector.add(technique.span().start, "attack", problem);
        }
    }
}

fn is_technique(id: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = id.strip_prefix('T') else { return false };
    number.split_once('.').map_or_else(|| digits(number, 4), |(technique, sub)| digits(technique, 4) && digits(sub, 3))
}

fn template(text: &Spanned<String>, key: &str, collector: &mut ErrorCollector<'_>) -> Option<Template> {
    if text.get_ref().trim().is_empty() {
        collector.add(text.span().start, key, "expected a string, found none");
    }
    collector.take(text.span().start, key, Template::parse(text.get_ref()))
}

fn extracts(toml: &RuleToml, collector: &mut ErrorCollector<'_>) -> Vec<Extract> {
    let compile = |(name, extract): (&String, &Spanned<super::schema::ExtractToml>),
                   collector: &mut ErrorCollector<'_>| {
        collector.take(extract.span().start, &format!("extract.{name}"), Extract::compile(name, extract.get_ref()))
    };
    toml.extract.iter().filter_map(|entry| compile(entry, collector)).collect()
}

fn shapes(requests: &[Spanned<RequestToml>], collector: &mut ErrorCollector<'_>) -> Vec<(Shape, usize)> {
    requests.iter().filter_map(|request| Some((shape(request, collector)?, request.span().start))).collect()
}

fn shape(request: &Spanned<RequestToml>, collector: &mut ErrorCollector<'_>) -> Option<Shape> {
    let (at, toml) = (request.span().start, request.get_ref());
    let call = toml.call.get_ref();
    if call != "*" && !is_call(call) {
        collector.add(
            toml.call.span().start,
            "call",
            format!("expected a call such as `iam:ListUsers`, found `{call}`"),
        );
    }
    let caller = match &toml.caller {
        None => caller::CallerCondition::Any,
        Some(names) => {
            collector.take(names.span().start, "caller", caller::CallerCondition::parse(names.get_ref().iter()))?
        }
    };
    let agent = match &toml.agent {
        None => None,
        Some(test) => Some(collector.take(test.span().start, "agent", Condition::compile(test.get_ref()))?),
    };
    Some(Shape {
        call: call.clone(),
        name: toml.name.clone(),
        caller,
        agent,
        parameters: collector.take(at, "request", parameters(toml))?,
        conditions: conditions(&toml.conditions, "where", collector),
        text: toml.text.clone(),
        response: conditions(&toml.response, "response", collector),
        outcome: collector.take(at, "error", outcome(toml))?,
    })
}

/// Whether a text has the form `service:Call`.
pub(super) fn is_call(call: &str) -> bool {
    call.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty()
            && !name.is_empty()
            && !call.contains(char::is_whitespace)
            && !name.contains([':', '/', '|'])
    })
}

fn parameters(toml: &RequestToml) -> Result<Parameters, String> {
    let stated = [toml.no_parameters, toml.exactly.is_some(), !toml.members.is_empty()];
    if stated.iter().filter(|stated| **stated).count() > 1 {
        return Err("expected one of no_parameters, exactly and members, found several".to_owned());
    }
    if let Some(exactly) = &toml.exactly {
        let value = serde_json::to_value(exactly).map_err(|error| error.to_string())?;
        return Ok(Parameters::Exactly(value.into()));
    }
    if toml.no_parameters {
        return Ok(Parameters::None);
    }
    Ok(if toml.members.is_empty() { Parameters::Any } else { Parameters::Members(sorted(&toml.members)) })
}

fn sorted(sets: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut sets = sets.to_vec();
    for set in &mut sets {
        set.sort_unstable();
    }
    sets
}

fn outcome(toml: &RequestToml) -> Result<OutcomeCondition, String> {
    match (&toml.error, toml.succeeded) {
        (Some(_), true) => Err("expected either error or succeeded, found both".to_owned()),
        (Some(code), false) => Ok(OutcomeCondition::Failed(code.clone())),
        (None, succeeded) => Ok(if succeeded { OutcomeCondition::Succeeded } else { OutcomeCondition::Any }),
    }
}

fn conditions(
    toml: &indexmap::IndexMap<String, Spanned<ConditionToml>>,
    key: &str,
    collector: &mut ErrorCollector<'_>,
) -> Vec<(Path, Condition)> {
    let mut compiled = Vec::new();
    for (path, condition) in toml {
        let key = format!("{key}.{path}");
        let at = condition.span().start;
        let path = collector.take(at, &key, Path::parse(path));
        let condition = collector.take(at, &key, Condition::compile(condition.get_ref()));
        compiled.extend(path.zip(condition));
    }
    compiled
}

/// Groups the shapes in all files by call, most specific first. A call that only rules mention gets a plain shape.
pub(super) fn index_shapes(shapes: impl IntoIterator<Item = Shape>) -> BTreeMap<String, Vec<Shape>> {
    let mut by_call: BTreeMap<String, Vec<Shape>> = BTreeMap::new();
    for shape in shapes {
        by_call.entry(shape.call.clone()).or_default().push(shape);
    }
    for shapes in by_call.values_mut() {
        shapes.sort_by(|a, b| b.specificity().cmp(&a.specificity()).then_with(|| a.name.cmp(&b.name)));
    }
    by_call
}
