//! Suggestions for an ID that does not exist.

/// How many IDs are suggested.
const SUGGESTED: usize = 5;

/// Suggests known IDs that are similar to `id` or have a similar title, and the command that lists all IDs.
pub(crate) fn advice<'k>(id: &str, known: impl Iterator<Item = (&'k str, &'k str)>, list: &str) -> String {
    let wanted = id.rsplit('/').next().unwrap_or(id).to_lowercase();
    let like = |(id, title): &(&str, &str)| id.contains(&wanted) || title.to_lowercase().contains(&wanted);
    let near: Vec<&str> = known.filter(like).map(|(id, _)| id).take(SUGGESTED).collect();
    if near.is_empty() {
        return format!("`{list}` lists all IDs.");
    }
    format!("Similar IDs: {}. `{list}` lists all IDs.", near.join(", "))
}
