//! Addresses of console pages: which service and page an address names, and the rule link created from it.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use crate::rule::RuleSet;
use crate::rule::template::{Style, Template};
use crate::signal::{Context, leads_to_console};

/// The placeholder for a value in a rule's rendered link.
const ANY: &str = "any--value";
/// Words in addresses that do not identify a page.
const PLAIN: [&str; 8] = ["home", "region", "v2", "v3", "v4", "feature", "console", "index.html"];

/// The address of a console page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleAddress {
    url: Url,
}

/// A part of an address: a word, or the separators between two words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AddressWord {
    /// The decoded word.
    text: String,
    /// The separator before it.
    separator: char,
    /// Whether it names a parameter, whose value follows.
    is_key: bool,
    /// Whether it is the value of a parameter.
    is_value: bool,
    /// Whether it comes after the `#`.
    in_fragment: bool,
}

impl ConsoleAddress {
    /// The address, if it leads to an AWS console.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        (url.scheme() == "https" && is_plain && leads_to_console(url.as_str())).then_some(Self { url })
    }

    /// The region, from the host name or the `region` parameter.
    pub fn region(&self) -> Option<String> {
        let named = self.url.query_pairs().find(|(name, _)| name == "region").map(|(_, region)| region.into_owned());
        let host = self.url.host_str().and_then(|host| host.split('.').next()).filter(|label| is_region(label));
        host.map(str::to_owned).or(named).filter(|region| is_region(region))
    }

    /// The part that names the service: the first part of the path, or of the host name if the path does not name a
    /// service.
    fn console(&self) -> String {
        let path = self.url.path_segments().and_then(|mut parts| parts.next()).unwrap_or_default();
        let label = self.url.host_str().and_then(|host| host.split('.').next()).unwrap_or_default();
        if path.is_empty() || PLAIN.contains(&path) { label.to_owned() } else { path.to_owned() }
    }

    /// The console's name in the address.
    pub(super) fn region_free(&self) -> Option<&str> {
        self.url.path_segments().and_then(|mut parts| parts.next()).filter(|part| !part.is_empty())
    }

    /// Whether another address leads to the same page, ignoring the region and settings.
    pub(super) fn is_same_page(&self, other: &Self) -> bool {
        self.console() == other.console() && self.page_words() == other.page_words()
    }

    /// The words of the path, the parameters and the fragment, without the region.
    fn words(&self) -> Vec<AddressWord> {
        let mut words = Vec::new();
        split(self.url.path(), '/', false, &mut words);
        split(self.url.query().unwrap_or_default(), '?', false, &mut words);
        split(self.url.fragment().unwrap_or_default(), '#', true, &mut words);
        words
    }

    /// The words that identify the page. Excludes query parameters, which are view settings.
    fn page_words(&self) -> Vec<String> {
        let words = self.words().into_iter();
        let named = words.filter(|word| !word.is_key && (word.in_fragment || !word.is_value));
        let mut words: Vec<String> =
            named.map(|word| word.text).filter(|word| !PLAIN.contains(&word.as_str())).collect();
        if let Some(first) = words.first_mut() {
            first.truncate(without_version(first).len());
        }
        words
    }
}

/// A console's name without the version of its address: `iamv2` is `iam`.
fn without_version(console: &str) -> &str {
    let name = console.trim_end_matches(|char: char| char.is_ascii_digit());
    match name.strip_suffix('v') {
        Some(unversioned) if name.len() < console.len() && unversioned.len() > 1 => unversioned,
        _ => console,
    }
}

/// Splits a part of an address at its separators.
fn split(text: &str, first: char, in_fragment: bool, words: &mut Vec<AddressWord>) {
    let (mut separator, mut rest) = (first, text.trim_start_matches(['/', '!']));
    let mut after_mark = first == '?';
    while !rest.is_empty() {
        let end = rest.find(['/', '?', '&', ':', ';', '=', ',']).unwrap_or(rest.len());
        let next = rest[end..].chars().next();
        if end > 0 {
            let is_key = next == Some('=');
            let decoded = percent_decode_str(&rest[..end]).decode_utf8_lossy().into_owned();
            words.push(AddressWord { text: decoded, separator, is_key, is_value: after_mark && !is_key, in_fragment });
        }
        separator = next.unwrap_or(separator);
        after_mark |= matches!(separator, '?' | '=');
        rest = rest.get(end + 1..).unwrap_or_default();
    }
}

/// Whether a text is the name of a region.
pub(super) fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_place = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let (Some(first), Some(last)) = (parts.next(), parts.next_back()) else { return false };
    (2..=5).contains(&first.len())
        && is_place(first)
        && last.len() == 1
        && last.bytes().all(|byte| byte.is_ascii_digit())
        && text.matches('-').count() >= 2
        && parts.all(is_place)
}

/// The pages of a catalog, by their links.
#[derive(Debug)]
pub(super) struct KnownPages {
    /// The IDs of rules, and the words in their links.
    pages: Vec<(String, Vec<String>)>,
    /// The service and the console's name, by the console's name in addresses.
    consoles: HashMap<String, (String, String)>,
    words: BTreeSet<String>,
}

/// What a page's address reveals about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DescribedPage {
    /// The first part of the rule's ID.
    pub(super) service: String,
    /// The rule's ID.
    pub(super) id: String,
    /// The place in the console: `["IAM", "Users"]`.
    pub(super) place: Vec<String>,
    /// The link as a template, if all its values are known.
    pub(super) link: Option<String>,
    /// The names of the values in the link.
    pub(super) values: Vec<String>,
}

impl KnownPages {
    /// The pages with a link.
    pub(super) fn of(rules: &RuleSet) -> Self {
        let mut known = Self { pages: Vec::new(), consoles: HashMap::default(), words: BTreeSet::new() };
        // Several services may have pages in one console. The console is assigned to the service with the most pages.
        let mut consoles: HashMap<String, BTreeMap<(String, String), usize>> = HashMap::default();
        for rule in rules.rules() {
            let Some(address) = rule.url_template.as_ref().and_then(rendered) else { continue };
            let words = address.page_words();
            known.words.extend(words.iter().filter(|word| *word != ANY).cloned());
            let name = rule.console_path.first().cloned().unwrap_or_default();
            let service = (rule.service.clone(), name);
            *consoles.entry(address.console()).or_default().entry(service).or_default() += 1;
            known.pages.push((rule.id.clone(), words));
        }
        for (console, services) in consoles {
            if let Some((service, _)) = services.into_iter().max_by_key(|(_, pages)| *pages) {
                known.consoles.insert(console, service);
            }
        }
        known
    }

    /// The rules whose link matches this address, ignoring the values in it.
    pub(super) fn at(&self, address: &ConsoleAddress) -> Vec<String> {
        let words = address.page_words();
        let is_same = |known: &[String]| {
            known.len() == words.len()
                && known.iter().zip(&words).all(|(known, word)| known == word || known == ANY || is_region(word))
        };
        self.pages.iter().filter(|(_, known)| is_same(known)).map(|(id, _)| id.clone()).collect()
    }

    /// Describes the page at an address. `values` contains the values in the page's requests, by the names that the
    /// rule uses for them.
    pub(super) fn describe(&self, address: &ConsoleAddress, values: &[(String, String)]) -> DescribedPage {
        let console = address.console();
        let known = self.consoles.get(&console).cloned();
        let (service, name) = known.unwrap_or_else(|| (slug(&console), console.clone()));
        let (mut place, mut parts, mut used, mut complete) = (vec![name], vec![service.clone()], Vec::new(), true);
        let mut link = String::from("https://{region}.console.aws.amazon.com");
        if let Some(host) = address.url.host_str().filter(|host| !host.split('.').next().is_some_and(is_region)) {
            link = format!("https://{}", escaped(host));
        }
        let mut is_first = true;
        let mut was_first_in_fragment = false;
        for word in address.words() {
            let separator = word.separator;
            let value = values.iter().find(|(_, value)| *value == word.text);
            let is_name = word.is_key || PLAIN.contains(&word.text.as_str()) || word.text == console;
            let opens_fragment = word.in_fragment && !was_first_in_fragment;
            was_first_in_fragment |= word.in_fragment;
            let text = if is_region(&word.text) {
                "{region}".to_owned()
            } else if let Some((name, _)) = value {
                used.push(name.clone());
                format!("{{{name}}}")
            } else if is_name {
                escaped(&word.text)
            } else if is_constant(&word.text) && (is_first || opens_fragment || self.words.contains(&word.text)) {
                if !word.is_value || word.in_fragment {
                    parts.push(slug(&word.text));
                    place.push(spoken(&word.text));
                }
                escaped(&word.text)
            } else {
                complete = complete && word.is_value && !word.in_fragment;
                String::new()
            };
            is_first = is_first && is_name;
            if text.is_empty() {
                continue;
            }
            match opens_fragment {
                true if address.url.fragment().is_some_and(|fragment| fragment.starts_with('/')) => link.push_str("#/"),
                true => link.push('#'),
                false => link.push(separator),
            }
            link.push_str(&text);
        }
        parts.dedup();
        place.dedup();
        if parts.len() == 1 {
            parts.push(if used.is_empty() { "home".to_owned() } else { "details".to_owned() });
        }
        let id = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("/");
        DescribedPage { service, id, place, link: complete.then_some(link), values: used }
    }
}

/// The service whose rules are in the console with this name. If there are several, the service with the most rules.
pub(super) fn service_named(rules: &RuleSet, console: &str) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules.rules().iter().filter(|rule| rule.console_path.first().is_some_and(|name| name == console)) {
        *counts.entry(rule.service.as_str()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(service, _)| service.to_owned())
}

/// A rule's link with [`ANY`] for every value.
fn rendered(link: &Template) -> Option<ConsoleAddress> {
    let mut context = Context::default();
    for name in link.placeholders() {
        let value = if name == "region" { "eu-west-1" } else { ANY };
        context.insert(name.to_owned(), Value::String(value.to_owned()));
    }
    ConsoleAddress::parse(&link.render(&context, Style::Link)?)
}

/// Whether a word can be a part of the console, and not the name of something in it.
fn is_constant(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    word.len() <= 40 && letters >= 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte))
}

/// The word in lowercase with hyphens: `InstanceDetails` becomes `instance-details`.
pub(super) fn slug(word: &str) -> String {
    let mut slug = String::new();
    let mut before = ' ';
    for c in word.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            slug.push('-');
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        before = c;
    }
    slug.trim_matches('-').chars().take(40).collect()
}

/// The word in spoken form: `InstanceDetails` becomes `Instance details`.
pub(super) fn spoken(word: &str) -> String {
    let words = slug(word).replace('-', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Escapes text for a template, where brackets and braces have a special meaning.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '{' | '}' | '|') {
            escaped.push(c);
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> ConsoleAddress {
        ConsoleAddress::parse(text).unwrap()
    }

    #[test]
    fn addresses_outside_the_console_are_not_pages() {
        for text in [
            "https://example.com/iam",
            "http://us-east-1.console.aws.amazon.com/iam",
            "https://user@console.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "javascript:alert(1)",
            "not an address",
        ] {
            assert_eq!(ConsoleAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn console_version_is_not_part_of_page() {
        let old = address("https://us-east-1.console.aws.amazon.com/iam/home?region=eu-west-1#/users");
        let new = address("https://us-east-1.console.aws.amazon.com/iamv2/home?region=eu-west-1#/users");
        assert!(KnownPages::of(&RuleSet::shipped().unwrap()).at(&old).contains(&"iam/users".to_owned()));
        assert_eq!(old.page_words(), new.page_words());
        assert_eq!(["iamv2", "ec2", "v2", "route53"].map(without_version), ["iam", "ec2", "v2", "route53"]);
    }

    #[test]
    fn known_page_is_found_in_any_region() {
        let rules = RuleSet::shipped().unwrap();
        let known = KnownPages::of(&rules);
        let found = known.at(&address("https://eu-west-1.console.aws.amazon.com/iamv2/home?region=eu-west-1#/users"));
        assert!(found.contains(&"iam/users".to_owned()), "{found:?}");
    }

    #[test]
    fn id_place_and_link_are_derived_from_address() {
        let rules = RuleSet::shipped().unwrap();
        let known = KnownPages::of(&rules);
        let of = "https://eu-west-1.console.aws.amazon.com/iamv2/home?region=eu-west-1#/passkeys/details/mara";
        let page = known.describe(&address(of), &[("user_name".to_owned(), "mara".to_owned())]);
        assert_eq!(page.service, "iam");
        assert!(page.id.starts_with("iam/passkeys"), "{}", page.id);
        assert_eq!(page.place[..2], ["IAM".to_owned(), "Passkeys".to_owned()]);
        let link = page.link.unwrap();
        assert!(link.contains("region={region}") && link.ends_with("/{user_name}"), "{link}");
        assert!(!link.contains("mara") && !page.id.contains("mara"));
        let unknown = known.describe(&address(of), &[]);
        assert_eq!(unknown.link, None, "a link would contain the unknown name");
        assert!(!format!("{unknown:?}").contains("mara"));
    }

    #[test]
    fn regions_are_recognized() {
        assert!(["eu-west-1", "us-gov-east-1", "ap-southeast-2"].into_iter().all(is_region));
        assert!(!["iam", "my-bucket-1x", "a-1", "users-list-22"].into_iter().any(is_region));
    }
}
