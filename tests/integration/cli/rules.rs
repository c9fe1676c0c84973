//! `rules`, `completions` and `man`.

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

use crate::cli::cartographer;

#[test]
fn rules_can_be_listed_shown_and_checked() {
    let dir = TempDir::new().unwrap();
    let columns = "id,kind,service,title,attack,provenance,ccc_label,file\n";
    cartographer(dir.path(), &["rules", "list", "--format", "csv"])
        .assert()
        .code(0)
        .stdout(predicates::str::starts_with(columns));
    let unknown = contains("error: there is no rule \"no/such\"").and(contains("rules list"));
    cartographer(dir.path(), &["rules", "show", "no/such"]).assert().code(1).stdout(is_empty()).stderr(unknown);
    cartographer(dir.path(), &["rules", "check"]).assert().code(0).stdout(is_empty()).stderr(contains("no problem"));
}

#[test]
fn completions_and_man_pages_cover_subcommands() {
    let dir = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let all = contains("timeline").and(contains("completions")).and(contains("sessions"));
        cartographer(dir.path(), &["completions", shell]).assert().code(0).stdout(all).stderr(is_empty());
    }
    cartographer(dir.path(), &["man"])
        .assert()
        .code(0)
        .stdout(contains(".TH cartographer 1").and(contains("Exit codes")));
    cartographer(dir.path(), &["man", "--dir", "man1"]).assert().code(0).stdout(is_empty());
    for page in ["cartographer.1", "cartographer-load.1", "cartographer-timeline.1", "cartographer-rules-check.1"] {
        assert!(dir.path().join("man1").join(page).is_file(), "{page}");
    }
}
