//! Real trails with manual labels. Scores which clicks of a trail are right, like `tools/clicks.py`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use arrow::record_batch::RecordBatch;
use cartographer::batch::SessionColumns;
use cartographer::matching::{SessionRows, map};
use cartographer::read;
use cartographer::rule::RuleSet;
use cartographer::signal::{ConfidenceFeatures, Kind, Signal};
use cartographer::trail::{Filter, Trail as Loaded};
use fancy_regex::Regex;
use rayon::ThreadPoolBuilder;
use serde_json::Value;

/// A click that an expert identified in a trail, or a burst of background activity.
#[derive(Debug)]
struct Label {
    kind: String,
    what: String,
    events: BTreeSet<String>,
    accept: Regex,
}

/// A labeled trail.
#[derive(Debug)]
pub(crate) struct Trail {
    pub(crate) name: String,
    events: Vec<RecordBatch>,
    /// The rows of each console session, as batch and row indices.
    sessions: Vec<(String, Vec<(usize, usize)>)>,
    labels: Vec<Label>,
}

/// A signal, and whether it is right according to the labels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JudgedSignal {
    pub(crate) confidence: f64,
    pub(crate) evidence: Option<ConfidenceFeatures>,
    pub(crate) right: bool,
}

/// The score for a trail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Score {
    pub(crate) clicks: usize,
    pub(crate) signals: usize,
    pub(crate) right: usize,
    pub(crate) good: usize,
    pub(crate) grouping: f64,
    /// Like `f1`, but clicks are counted by their overlap with the best signal, regardless of its description.
    pub(crate) overlap: f64,
    pub(crate) judged: Vec<JudgedSignal>,
    pub(crate) misses: Vec<String>,
}

impl Score {
    pub(crate) fn f1(&self) -> f64 {
        let (recall, precision) = (per(self.right, self.clicks), per(self.good, self.signals));
        if recall + precision > 0.0 { 2.0 * recall * precision / (recall + precision) } else { 0.0 }
    }

    pub(crate) fn ratio(&self) -> f64 {
        per(self.signals, self.clicks)
    }

    /// The sum of two scores, without grouping and overlap, which are averages over trails.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.clicks += other.clicks;
        self.signals += other.signals;
        self.right += other.right;
        self.good += other.good;
        self.judged.extend(&other.judged);
        self
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are a few hundred clicks")]
pub(crate) fn per(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Trail {
    /// The labeled trails in a folder.
    pub(crate) fn all(root: &Path) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
        let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        folders.iter().filter(|folder| folder.join("labels.json").exists()).map(|folder| Self::open(folder)).collect()
    }

    fn open(folder: &Path) -> Self {
        let inputs = ["CloudTrail", "events", "events.jsonl"].map(|name| folder.join(name));
        let input = inputs.iter().find(|path| path.exists()).unwrap().display().to_string();
        let threads = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let loaded = Loaded::read(read::discover(&[input]), &Filter::default(), &threads).unwrap();
        let mapped = loaded.map(&RuleSet::shipped().unwrap(), &threads).unwrap();
        let console = console_sessions(&mapped.sessions);
        let mut sessions: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, batch) in loaded.events.iter().enumerate() {
            let ids = texts(batch, "session_id");
            for row in (0..batch.num_rows()).filter(|row| console.contains(&ids[*row])) {
                sessions.entry(ids[row].clone()).or_default().push((at, row));
            }
        }
        let labels: Value = serde_json::from_slice(&std::fs::read(folder.join("labels.json")).unwrap()).unwrap();
        Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            events: loaded.events,
            sessions: sessions.into_iter().collect(),
            labels: labels
                .as_array()
                .unwrap()
                .iter()
                .filter(|label| label["kind"] != "unknown")
                .map(Label::read)
                .collect(),
        }
    }

    /// The signals that the rules find in it.
    pub(crate) fn signals(&self, rules: &RuleSet) -> Vec<Signal> {
        let columns: Vec<SessionColumns<'_>> =
            self.events.iter().map(|batch| SessionColumns::of(batch).unwrap()).collect();
        let session = |(id, places): &(String, Vec<(usize, usize)>)| {
            let rows = places.iter().map(|(batch, row)| columns[*batch].row(*row)).collect();
            map(rules, &SessionRows { session_id: id, rows })
        };
        self.sessions.iter().flat_map(session).collect()
    }

    /// Scores the signals against the labels.
    pub(crate) fn score(&self, rules: &RuleSet) -> Score {
        let signals = self.signals(rules);
        let label_of: HashMap<&str, usize> = self
            .labels
            .iter()
            .enumerate()
            .flat_map(|(at, label)| label.events.iter().map(move |event| (event.as_str(), at)))
            .collect();
        let mut signal_of: HashMap<&str, usize> = HashMap::new();
        for (at, signal) in signals.iter().enumerate() {
            signal_of.extend(signal.events.iter().map(|member| (member.event_id.as_str(), at)));
        }
        let seen = |signal: &Signal| -> BTreeSet<String> {
            signal
                .events
                .iter()
                .map(|member| member.event_id.clone())
                .filter(|event| label_of.contains_key(event.as_str()))
                .collect()
        };
        let (mut right, mut overlap, mut good, mut misses) = (0, 0.0, BTreeSet::new(), Vec::new());
        let clicks: Vec<&Label> = self.labels.iter().filter(|label| label.kind != "background").collect();
        for label in &clicks {
            let mut best: Option<(bool, f64, usize)> = None;
            for at in label.events.iter().filter_map(|event| signal_of.get(event.as_str())).collect::<BTreeSet<_>>() {
                let seen = seen(&signals[*at]);
                let both = label.events.intersection(&seen).count();
                let iou = per(both, label.events.union(&seen).count());
                let words = format!("{}\n{}", signals[*at].title, signals[*at].summary);
                let matches = iou >= 0.5 && label.accept.is_match(&words).unwrap();
                if best.is_none_or(|best| (matches, iou) > (best.0, best.1)) {
                    best = Some((matches, iou, *at));
                }
            }
            match best {
                Some((true, iou, at)) => {
                    right += 1;
                    overlap += iou;
                    good.insert(at);
                }
                Some((false, iou, at)) => {
                    overlap += iou / 2.0;
                    misses.push(format!("{}: {:.2} {} | {}", label.what, iou, signals[at].title, signals[at].summary));
                }
                None => misses.push(format!("{}: nothing", label.what)),
            }
        }
        let is_labeled = |signal: &&Signal| signal.kind != Kind::Background && !seen(signal).is_empty();
        let labeled = signals.iter().filter(is_labeled).count();
        let judged = signals.iter().enumerate().filter(|(_, signal)| is_labeled(signal)).map(|(at, signal)| {
            JudgedSignal { confidence: signal.confidence, evidence: signal.evidence, right: good.contains(&at) }
        });
        Score {
            clicks: clicks.len(),
            signals: labeled,
            right,
            good: good.len(),
            grouping: bcubed(&label_of, &signal_of),
            overlap: overlap / f64::from(u32::try_from(clicks.len().max(1)).unwrap()),
            judged: judged.collect(),
            misses,
        }
    }
}

impl Label {
    fn read(label: &Value) -> Self {
        let text = |name: &str| label[name].as_str().unwrap_or_default();
        Self {
            kind: text("kind").to_owned(),
            what: format!("{} {} › {}", text("first_time"), text("service"), text("page")),
            events: label["event_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect(),
            accept: Regex::new(&format!("(?i){}", text("accept"))).unwrap(),
        }
    }
}

/// B-cubed F1: measures whether the events of one click are grouped together, and separated from others.
fn bcubed(label_of: &HashMap<&str, usize>, signal_of: &HashMap<&str, usize>) -> f64 {
    let cluster = |event: &str| signal_of.get(event).map_or_else(|| event.to_owned(), usize::to_string);
    let (mut labels, mut signals, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (event, label) in label_of {
        *labels.entry(*label).or_insert(0_usize) += 1;
        *signals.entry(cluster(event)).or_insert(0_usize) += 1;
        *both.entry((*label, cluster(event))).or_insert(0_usize) += 1;
    }
    let all = label_of.len().max(1);
    let (mut precision, mut recall) = (0.0, 0.0);
    for (event, label) in label_of {
        let together = both[&(*label, cluster(event))];
        precision += per(together, signals[&cluster(event)]) * per(1, all);
        recall += per(together, labels[label]) * per(1, all);
    }
    2.0 * precision * recall / (precision + recall).max(1e-9)
}

fn console_sessions(sessions: &[RecordBatch]) -> BTreeSet<String> {
    use arrow::array::AsArray;
    let mut console = BTreeSet::new();
    for batch in sessions {
        let ids = texts(batch, "session_id");
        let flags = batch.column_by_name("console").unwrap().as_boolean();
        console.extend((0..batch.num_rows()).filter(|row| flags.value(*row)).map(|row| ids[row].clone()));
    }
    console
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    use arrow::array::AsArray;
    let column = batch.column_by_name(name).unwrap().as_string::<i32>();
    (0..batch.num_rows()).map(|row| column.value(row).to_owned()).collect()
}
