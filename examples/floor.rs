//! A lower bound for how long `load` takes: decompresses every file in a trail and parses it into borrowed members, on
//! all cores, and keeps nothing. Prints the number of events.
//!
//! `cargo run --release --example floor -- TRAIL [THREADS]`

#![expect(clippy::print_stdout, reason = "the count is the purpose of the example")]

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context, Result};
use libdeflater::Decompressor;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use walkdir::WalkDir;

#[derive(Deserialize)]
struct Trail<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<Record<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the members are parsed but not used")]
struct Record<'a> {
    #[serde(borrow)]
    event_time: Cow<'a, str>,
    #[serde(borrow)]
    event_source: Cow<'a, str>,
    #[serde(borrow)]
    event_name: Cow<'a, str>,
    #[serde(borrow)]
    user_agent: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_identity: Option<&'a RawValue>,
    #[serde(borrow)]
    request_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    response_elements: Option<&'a RawValue>,
}

fn events(path: &PathBuf) -> Result<usize> {
    let stored = std::fs::read(path)?;
    let size = stored.last_chunk::<4>().map_or(0, |tail| u32::from_le_bytes(*tail));
    let mut text = vec![0; usize::try_from(size)?];
    Decompressor::new().gzip_decompress(&stored, &mut text)?;
    let trail: Trail<'_> = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
    Ok(trail.records.len())
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let trail = args.next().context("name a trail's folder")?;
    let threads = args.next().map_or(Ok(0), |threads| threads.parse())?;
    let files: Vec<PathBuf> = WalkDir::new(trail)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let counts: Result<Vec<usize>> = pool.install(|| files.par_iter().map(events).collect());
    println!("{}", counts?.iter().sum::<usize>());
    Ok(())
}
