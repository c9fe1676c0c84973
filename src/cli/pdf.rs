//! A page as PDF, printed by a Chromium of this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::fail::WithAdvice;

/// What Chromium is called.
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

/// The longest that printing may take, and between two looks whether it is done.
const PATIENCE: Duration = Duration::from_mins(3);
const PAUSE: Duration = Duration::from_millis(50);

/// A Chromium.
#[derive(Debug)]
pub(crate) struct Printer(PathBuf);

impl Printer {
    /// The one that `CHROMIUM` names, or the first that is installed.
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
                "no Chromium was found to print a PDF with",
                "Install Chromium, Chrome or Edge, or name one in the variable CHROMIUM; or write the report as .html, and print \
                 it in any browser.",
            )),
        }
    }

    /// The page as PDF. `aside` is a folder for what lies around meanwhile.
    pub(crate) fn print(&self, html: &[u8], aside: &Path) -> Result<Vec<u8>> {
        let aside = aside.canonicalize()?;
        let (page, pdf) = (aside.join("report.html"), aside.join("report.pdf"));
        fs::write(&page, html).context("cannot write the page to print")?;
        // As root, Chromium refuses to run with its sandbox. The page has no scripts, and loads nothing.
        if !self.run(&page, &pdf, &aside, &[])? {
            self.run(&page, &pdf, &aside, &["--no-sandbox"])?;
        }
        fs::read(&pdf).with_context(|| {
            WithAdvice::new(
                format!("{} did not print the report", self.0.display()),
                "Write the report as .html, and print it in any browser.",
            )
        })
    }

    /// Whether the PDF is there afterwards.
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
                // It may have ended meanwhile.
                drop(child.kill());
                drop(child.wait());
                return Ok(false);
            }
            sleep(PAUSE);
        }
        Ok(fs::metadata(pdf).is_ok_and(|pdf| pdf.len() > 0))
    }
}
