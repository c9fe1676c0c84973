//! What may have been meant by an id that is not there.

/// How many ids are suggested.
const SUGGESTED: usize = 5;

/// Names known ids that are like `id`, or have a title like it, and the command that lists them all.
pub(crate) fn advice<'k>(id: &str, known: impl Iterator<Item = (&'k str, &'k str)>, list: &str) -> String {
    let wanted = id.rsplit('/').next().unwrap_or(id).to_lowercase();
    let like = |(id, title): &(&str, &str)| id.contains(&wanted) || title.to_lowercase().contains(&wanted);
    let near: Vec<&str> = known.filter(like).map(|(id, _)| id).take(SUGGESTED).collect();
    if near.is_empty() {
        return format!("`{list}` has every id.");
    }
    format!("Near it are {}; `{list}` has every id.", near.join(", "))
}
