//! Suggestions for an ID that does not exist.

use strsim::osa_distance;

/// How many IDs are suggested.
const SUGGESTED: usize = 5;

/// Suggests known IDs that are similar to `id` or have a similar title, most similar first, and the command that lists all
/// IDs.
pub(crate) fn advice<'k>(id: &str, known: impl Iterator<Item = (&'k str, &'k str)>, list: &str) -> String {
    let mut near: Vec<(f64, &str)> =
        known.filter_map(|(known, title)| Some((similarity(id, known, title)?, known))).collect();
    near.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.cmp(b)));
    let near: Vec<&str> = near.into_iter().map(|(_, id)| id).take(SUGGESTED).collect();
    if near.is_empty() {
        return format!("`{list}` lists all IDs.");
    }
    format!("Similar IDs: {}. `{list}` lists all IDs.", near.join(", "))
}

/// A sentence that suggests the most similar known word; empty if no word is similar.
pub(crate) fn meant(word: &str, known: &[&str]) -> String {
    let near = known.iter().filter_map(|known| Some((alike(&word.to_lowercase(), &known.to_lowercase())?, known)));
    let near = near.reduce(|one, other| if other.0 > one.0 { other } else { one });
    near.map_or_else(String::new, |(_, known)| format!(" Did you mean {known}?"))
}

/// The similarity of an ID to `wanted`, if any. A typo of one or two letters in an ID, or in its last part, ranks before
/// IDs and titles that only contain its last part.
fn similarity(wanted: &str, id: &str, title: &str) -> Option<f64> {
    let (wanted, id) = (wanted.to_lowercase(), id.to_lowercase());
    let (last, id_last) = (last_part(&wanted), last_part(&id));
    let whole = alike(&wanted, &id).map(|found| found + 1.0);
    let part = alike(last, id_last).map(|found| if wanted.contains('/') { found } else { found + 1.0 });
    let within = (!last.is_empty() && (id.contains(last) || title.to_lowercase().contains(last))).then_some(0.5);
    [whole, part, within].into_iter().flatten().reduce(f64::max)
}

/// The similarity of two strings, from 0 to 1, if few letters are wrong, missing, added or swapped: at most one in three,
/// and at most two in total or one in five.
#[expect(
    clippy::cast_precision_loss,
    reason = "IDs are far shorter than the integers that a double represents exactly"
)]
fn alike(one: &str, other: &str) -> Option<f64> {
    let (slips, length) = (osa_distance(one, other), one.chars().count().max(other.chars().count()));
    let few = slips * 3 <= length && (slips <= 2 || slips * 5 <= length);
    few.then(|| 1.0 - slips as f64 / length.max(1) as f64)
}

fn last_part(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(&str, &str); 5] = [
        ("iam/users", "IAM > Users"),
        ("iam/users/create", "IAM > Create user"),
        ("billing/account/iam-access", "Billing > IAM access"),
        ("persistence/made-key-used", "A key that was made is used"),
        ("cognito/user-pools", "Cognito > User pools"),
    ];

    fn first(id: &str) -> String {
        let advice_text = advice(id, KNOWN.into_iter(), "list");
        let near = advice_text.strip_prefix("Similar IDs: ").and_then(|rest| rest.split([',', '.']).next());
        near.unwrap_or("none").to_owned()
    }

    #[test]
    fn mistyped_id_suggests_closest_match_first() {
        let typed = ["iam/usres", "iam/user", "made-kye-used", "persistance/made-key-used", "IAM/Users", "pools"];
        let expected = [
            "iam/users",
            "iam/users",
            "persistence/made-key-used",
            "persistence/made-key-used",
            "iam/users",
            "cognito/user-pools",
        ];
        assert_eq!(typed.map(first), expected);
    }

    #[test]
    fn unrelated_id_has_no_suggestions() {
        assert_eq!(["xyz", "", "kms/keys"].map(first), ["none"; 3]);
        assert_eq!(advice("xyz", KNOWN.into_iter(), "list"), "`list` lists all IDs.");
    }
}
