//! `docs/questions.md`: each question is asked of the demo, by its command and by its query.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;

/// One question, as the page has it.
struct Question<'p> {
    title: &'p str,
    command: &'p str,
    query: &'p str,
    /// What the query's answer has in it.
    answers: Vec<&'p str>,
}

fn questions(page: &str) -> Vec<Question<'_>> {
    let between = |text: &'_ str, open: &str, close: &str| -> (usize, usize) {
        let start = text.find(open).unwrap() + open.len();
        (start, start + text[start..].find(close).unwrap())
    };
    page.split("\n## ")
        .skip(1)
        .map(|section| {
            let (command, query) =
                (between(section, "```sh\ncartographer ", "\n```"), between(section, "```sql\n", "```"));
            let demo = section.split("Demo: ").nth(1).unwrap();
            Question {
                title: section.lines().next().unwrap(),
                command: &section[command.0..command.1],
                query: &section[query.0..query.1],
                answers: demo.split('`').skip(1).step_by(2).collect(),
            }
        })
        .collect()
}

/// The words of a command line; `"…"` is one word.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    };
    quoted.flat_map(part).collect()
}

fn run(folder: &Path, arguments: &[String]) -> Output {
    Command::new(cargo_bin("cartographer"))
        .current_dir(folder)
        .env_remove("CARTOGRAPHER_DB")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn every_question_is_answered_on_the_demo() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/questions.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let demo = root.join("demo/trail.json.gz").display().to_string();
    let loaded = run(folder.path(), &["load", &demo, "--db", "case.duckdb"].map(str::to_owned));
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let questions = questions(&page);
    assert_eq!(questions.len(), 20);
    for question in &questions {
        // The case is the only one in the folder.
        let by_command = run(folder.path(), &words(question.command));
        let complaint = String::from_utf8_lossy(&by_command.stderr);
        assert!(by_command.status.success(), "{}: {complaint}", question.title);
        let sql = ["sql", "--format", "csv", question.query].map(str::to_owned);
        let by_query = run(folder.path(), &sql);
        let answer = String::from_utf8_lossy(&by_query.stdout);
        assert!(by_query.status.success(), "{}: {}", question.title, String::from_utf8_lossy(&by_query.stderr));
        assert!(!question.answers.is_empty(), "{}", question.title);
        // What is none is not named.
        let told = String::from_utf8_lossy(&by_command.stdout);
        let is_none = question.answers == ["0"];
        let is_file = question.command.contains(" -o ");
        let is_told = question.answers.iter().any(|expected| told.contains(expected));
        assert!(is_none || is_file || is_told, "{}: {:?} not in {told}", question.title, question.answers);
        for expected in &question.answers {
            assert!(answer.contains(expected), "{}: no {expected} in {answer}", question.title);
        }
    }
}
