//! Prints a page as PDF, using Chromium on this machine.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::fail::WithAdvice;

/// The names of Chromium executables.
const NAMES: [&str; 8] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "brave-browser",
];
const WINDOWS: [&str; 2] = ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];
const MACOS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The time limit for printing, and how often to check whether it is done.
const PATIENCE: Duration = Duration::from_mins(3);
const PAUSE: Duration = Duration::from_millis(50);

/// A Chromium executable.
#[derive(Debug)]
pub(crate) struct Printer(PathBuf);

impl Printer {
    /// The program named by `CHROMIUM`, or the first one that is installed.
    pub(crate) fn find() -> Result<Self> {
        let named = env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.is_file());
        let folders: Vec<PathBuf> =
            env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
        let in_path = folders.iter().flat_map(|folder| NAMES.iter().map(|name| folder.join(name)));
        let programs = ["ProgramFiles", "ProgramFiles(x86)"].into_iter().filter_map(env::var_os).map(PathBuf::from);
        let elsewhere = programs.flat_map(|folder| WINDOWS.map(|name| folder.join(name)));
        let found = named
            .into_iter()
            .chain(in_path)
            .chain(elsewhere)
            .chain(MACOS.map(PathBuf::from))
            .find(|path| path.is_file());
        match found {
            Some(path) => Ok(Self(path)),
            None => bail!(WithAdvice::new(
                "Chromium, which prints the PDF, was not found",
                "Install Chromium, Chrome or Edge, or set the CHROMIUM environment variable to the path of its \
                 executable. Alternatively, write the report as .html and print it in any browser.",
            )),
        }
    }

    /// The page as PDF. `aside` is a folder for temporary files.
    pub(crate) fn print(&self, html: &[u8], aside: &Path) -> Result<Vec<u8>> {
        let aside = aside.canonicalize()?;
        let (page, pdf) = (aside.join("report.html"), aside.join("report.pdf"));
        fs::write(&page, html).context("cannot write the page to print")?;
        if pdf.exists() {
            fs::remove_file(&pdf).context("cannot remove the previous PDF")?;
        }
        // Chromium refuses to run as root with its sandbox. The page contains no scripts, and loads no other files.
        if !self.run(&page, &pdf, &aside, &[])? {
            self.run(&page, &pdf, &aside, &["--no-sandbox"])?;
        }
        fs::read(&pdf).with_context(|| {
            WithAdvice::new(
                format!("{} did not print the report", self.0.display()),
                "Write the report as .html and print it in any browser.",
            )
        })
    }

    /// Returns whether the PDF exists afterwards.
    fn run(&self, page: &Path, pdf: &Path, aside: &Path, more: &[&str]) -> Result<bool> {
        let mut print = Command::new(&self.0);
        print
            .args([
                "--headless",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-extensions",
            ])
            .args(more)
            .arg("--no-pdf-header-footer")
            .arg(format!("--user-data-dir={}", aside.join("profile").display()))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(page)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = print.spawn().with_context(|| format!("cannot start {}", self.0.display()))?;
        let begun = Instant::now();
        while child.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                // It may have ended in the meantime.
                drop(child.kill());
                drop(child.wait());
                return Ok(false);
            }
            sleep(PAUSE);
        }
        Ok(fs::metadata(pdf).is_ok_and(|pdf| pdf.len() > 0))
    }
}

/// The page number of each destination in a PDF, by name, from 1. Empty for a PDF that does not have Chromium's layout: one
/// dictionary of destinations, and no compressed dictionaries.
pub(crate) fn pages(pdf: &[u8]) -> BTreeMap<String, usize> {
    let text = String::from_utf8_lossy(pdf);
    let objects = objects(&text);
    let follow = |dictionary: &str, name: &str| objects.get(&reference(after(dictionary, name)?)?).copied();
    let found = objects.values().find(|text| text.contains("/Type /Catalog")).and_then(|catalog| {
        let mut order = Vec::new();
        leaves(&objects, reference(after(catalog, "/Pages ")?)?, &mut order, DEEPEST);
        Some((order, follow(catalog, "/Dests ")?))
    });
    let Some((order, destinations)) = found else { return BTreeMap::new() };
    // `/name [12 0 R /XYZ 0 700 0]`
    let place = |part: &str| {
        let (name, target) = part.split_once(" [")?;
        let page = reference(target)?;
        Some((name.trim().to_owned(), order.iter().position(|each| *each == page)? + 1))
    };
    destinations.split('/').filter_map(place).collect()
}

/// Page trees are flat; the depth is limited because a tree may contain a cycle.
const DEEPEST: usize = 16;

/// The pages below an object in the page tree, in order.
fn leaves(objects: &BTreeMap<u32, &str>, object: u32, order: &mut Vec<u32>, depth: usize) {
    let kids = objects.get(&object).and_then(|text| after(text, "/Kids ["));
    match kids.and_then(|kids| kids.split(']').next()) {
        Some(kids) if depth > 0 => {
            let numbers: Vec<&str> = kids.split_whitespace().collect();
            for kid in numbers.chunks(3).filter_map(|parts| parts.first()?.parse().ok()) {
                leaves(objects, kid, order, depth - 1);
            }
        }
        Some(_) => {}
        None => order.push(object),
    }
}

/// The dictionaries of a PDF by object number, without streams.
fn objects(pdf: &str) -> BTreeMap<u32, &str> {
    let mut found = BTreeMap::new();
    for (at, mark) in pdf.match_indices(" 0 obj") {
        let before = pdf.get(..at).unwrap_or_default();
        let digits = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let number = before.get(digits..).and_then(|digits| digits.parse().ok());
        let rest = pdf.get(at + mark.len()..).unwrap_or_default();
        let end = ["stream", "endobj"].iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
        if let (Some(number), Some(text)) = (number, rest.get(..end)) {
            found.insert(number, text);
        }
    }
    found
}

/// What follows a name.
fn after<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.split_once(name).map(|(_, rest)| rest)
}

/// The number of an object in `12 0 R`.
fn reference(text: &str) -> Option<u32> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &str = "%PDF-1.4\n1 0 obj\n<</Type /Catalog\n/Pages 9 0 R\n/Dests 4 0 R>>\nendobj\n\
        2 0 obj\n<</Type /Page\n/Contents 3 0 R>>\nendobj\n3 0 obj\n<</Length 9>> stream\n7 0 obj x\nendstream\nendobj\n\
        4 0 obj\n<</scope [2 0 R /XYZ 0 575.25 0]\n/summary [6 0 R /XYZ 0 378 0]\n/lost [77 0 R /XYZ 0 1 0]>>\nendobj\n\
        5 0 obj\n<</Type /Page>>\nendobj\n6 0 obj\n<</Type /Page>>\nendobj\n\
        8 0 obj\n<</Type /Pages\n/Count 2\n/Kids [5 0 R 6 0 R]>>\nendobj\n\
        9 0 obj\n<</Type /Pages\n/Count 3\n/Kids [2 0 R 8 0 R]>>\nendobj\n";

    #[test]
    fn page_numbers_of_link_targets_are_found() {
        let numbers: Vec<(String, usize)> = pages(PDF.as_bytes()).into_iter().collect();
        assert_eq!(numbers, [("scope".to_owned(), 1), ("summary".to_owned(), 3)]);
    }

    #[test]
    fn page_tree_loops_and_invalid_pdfs_are_handled() {
        let loop_of_pages = PDF.replace("/Kids [5 0 R 6 0 R]", "/Kids [9 0 R]");
        assert_eq!(pages(loop_of_pages.as_bytes()).get("scope"), Some(&1));
        for other in ["", "%PDF-1.7", "1 0 obj <</Type /Catalog /Pages x>>", "1 0 obj"] {
            assert!(pages(other.as_bytes()).is_empty(), "{other}");
        }
        assert!(pages(&[0xff; 64]).is_empty());
    }
}
