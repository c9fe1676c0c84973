//! A parsed HTML page.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// All text in it.
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }
}

/// A parsed page, with its elements in order.
pub(crate) struct Page {
    pub(crate) elements: Vec<Element>,
    /// The errors that the parser found.
    pub(crate) errors: Vec<String>,
}

impl Page {
    pub(crate) fn read(html: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        let mut elements = Vec::new();
        walk(&dom.document, &mut elements);
        let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
        Self { elements, errors }
    }

    pub(crate) fn all<'p, 'n>(&'p self, name: &'n str) -> impl Iterator<Item = &'p Element> + use<'p, 'n> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    /// The text of the only element with this name.
    pub(crate) fn text<'p>(&'p self, name: &str) -> &'p str {
        let mut all = self.all(name);
        let only = all.next().unwrap();
        assert_eq!(all.next(), None, "there are several {name} elements");
        &only.text
    }

    /// The text of the section with this ID.
    pub(crate) fn part(&self, id: &str) -> &str {
        &self.all("section").find(|section| section.get("id") == Some(id)).unwrap().text
    }
}

fn walk(node: &Handle, elements: &mut Vec<Element>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let attributes = attrs.borrow().iter().map(|at| (at.name.local.to_string(), at.value.to_string())).collect();
        elements.push(Element { name: name.local.to_string(), attributes, text: text(node) });
    }
    node.children.borrow().iter().for_each(|child| walk(child, elements));
}

fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}
