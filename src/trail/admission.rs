//! Decides which record of an event to keep if there are several.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use foldhash::quality::RandomState;
use indexmap::IndexSet;
use sha2::{Digest, Sha256};

use crate::event::Event;

/// What to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is a new event.
    New,
    /// The case already contains its event.
    Duplicate,
    /// The case already contains its event from another record, so the two records must be merged or separated. This
    /// includes a copy from a file whose name sorts first.
    Joins,
}

/// The hash function of fingerprints. It is seeded once per process, so that nobody can craft a record with the same
/// fingerprint as another record, which would be mistaken for a copy.
static PRINTS: LazyLock<RandomState> = LazyLock::new(RandomState::default);

/// A 32-bit fingerprint of a record: two records of one event with the same fingerprint are copies. It covers the
/// columns in [`TEXTS`]. A record with the same ID but different contents has a different fingerprint, so that it is
/// not mistaken for a copy and dropped.
#[must_use]
pub fn print(time: Option<i64>, texts: [Option<&str>; TEXTS.len()]) -> u32 {
    let hash = PRINTS.hash_one((time, texts));
    #[expect(clippy::cast_possible_truncation, reason = "both halves count")]
    {
        (hash ^ (hash >> 32)) as u32
    }
}

/// The columns of `events` that [`print()`] covers.
pub const TEXTS: [&str; 18] = [
    "event_source",
    "event_name",
    "source_ip",
    "user_agent",
    "principal_arn",
    "principal_id",
    "user_name",
    "access_key_id",
    "identity_account_id",
    "recipient_account_id",
    "request_id",
    "error_code",
    "error_message",
    "event_type",
    "region",
    "request_parameters",
    "response_elements",
    "extra",
];

/// The fingerprint of an event's record.
pub(super) fn print_of(event: &Event<'_>) -> u32 {
    let identity = &event.identity;
    let texts = [
        Some(event.event_source.as_ref()),
        Some(event.event_name.as_ref()),
        event.source_ip.as_deref(),
        event.user_agent.as_deref(),
        identity.arn.as_deref(),
        identity.principal_id.as_deref(),
        identity.user_name.as_deref(),
        identity.access_key_id.as_deref(),
        identity.account_id.as_deref(),
        event.recipient_account_id.as_deref(),
        event.request_id.as_deref(),
        event.error_code.as_deref(),
        event.error_message.as_deref(),
        event.event_type.as_deref(),
        event.region.as_deref(),
        event.request_parameters.as_deref(),
        event.response_elements.as_deref(),
        event.extra.as_deref(),
    ];
    print(Some(event.event_time.0), texts)
}

/// The known events: the ID's key, with the document that the event was read from and the fingerprint of its record.
#[derive(Debug, Default)]
pub struct Admissions {
    /// Keys as four numbers each, which need a third less memory than one number aligned to 16 bytes.
    read_from: HashMap<[u32; 4], (u32, u32), foldhash::fast::RandomState>,
    documents: IndexSet<String, foldhash::fast::RandomState>,
    /// The document of the event that was learned last.
    last: u32,
}

impl Admissions {
    /// Records that an event from this document already exists. A known event is not changed, because it may have been
    /// replaced since.
    pub fn learn(&mut self, id: &str, print: u32, document: &str) {
        // The events of a document are consecutive.
        if self.documents.get_index(self.last as usize).is_none_or(|last| last != document) {
            self.last = self.document(document);
        }
        self.read_from.entry(quarters(event_key(id))).or_insert((self.last, print));
    }

    /// The number of known events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read_from.len()
    }

    /// Whether no event is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read_from.is_empty()
    }

    /// Whether the event with this key is known.
    #[must_use]
    pub fn has(&self, key: u128) -> bool {
        self.read_from.contains_key(&quarters(key))
    }

    /// Forgets all events, and returns their keys. The numbers of documents stay.
    pub fn forget(&mut self) -> impl ExactSizeIterator<Item = u128> + '_ {
        self.read_from
            .drain()
            .map(|([a, b, c, d], _)| [d, c, b, a].into_iter().fold(0, |key, quarter| (key << 32) | u128::from(quarter)))
    }

    /// The number assigned to a document's name.
    pub fn document(&mut self, name: &str) -> u32 {
        let place = self.documents.get_index_of(name);
        let place = place.unwrap_or_else(|| self.documents.insert_full(name.to_owned()).0);
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// Records a record's event, and returns what to do with the record.
    ///
    /// If there are several copies of a record, the copy in the document whose name sorts first is kept, and within a
    /// document, the copy that was loaded first, so that the order of loading does not matter.
    pub fn admit(&mut self, key: u128, print: u32, document: u32) -> Admission {
        let (known, known_print) = match self.read_from.entry(quarters(key)) {
            Entry::Vacant(new) => {
                new.insert((document, print));
                return Admission::New;
            }
            Entry::Occupied(known) => known.into_mut(),
        };
        if *known_print != print {
            return Admission::Joins;
        }
        let name = |number: u32| self.documents.get_index(number as usize);
        if name(document) < name(*known) {
            *known = document;
            return Admission::Joins;
        }
        Admission::Duplicate
    }
}

/// A key as four numbers.
const fn quarters(key: u128) -> [u32; 4] {
    let [a, b, c, d] = [key, key >> 32, key >> 64, key >> 96];
    #[expect(clippy::cast_possible_truncation, reason = "each number takes its quarter of the key alone")]
    [a as u32, b as u32, c as u32, d as u32]
}

/// An event ID in 128 bits: the bits of a UUID, otherwise half of the ID's hash.
#[must_use]
pub fn event_key(id: &str) -> u128 {
    uuid(id).unwrap_or_else(|| {
        Sha256::digest(id.as_bytes()).iter().take(16).fold(0, |key, byte| (key << 8) | u128::from(*byte))
    })
}

/// The bits of a UUID in CloudTrail's format, in lowercase. Other spellings are different IDs.
fn uuid(id: &str) -> Option<u128> {
    /// The positions of the digits.
    const DIGITS: [usize; 32] = [
        0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
        34, 35,
    ];
    let bytes: &[u8; 36] = id.as_bytes().try_into().ok()?;
    let hyphens = [bytes[8], bytes[13], bytes[18], bytes[23]];
    // Two halves of 64 bits: 128-bit shifts for each digit are slower.
    let mut halves = [0_u64; 2];
    let mut all = 0;
    for (half, digits) in halves.iter_mut().zip(DIGITS.chunks_exact(16)) {
        for at in digits {
            let digit = HEX[usize::from(bytes[*at])];
            all |= digit;
            *half = (*half << 4) | u64::from(digit & 0xf);
        }
    }
    let is_uuid = hyphens == [b'-'; 4] && all & NO_DIGIT == 0;
    is_uuid.then(|| (u128::from(halves[0]) << 64) | u128::from(halves[1]))
}

/// The bit that is not set for any digit.
const NO_DIGIT: u8 = 0x80;

/// The value of each byte that is a lowercase hexadecimal digit.
const HEX: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit as usize] as usize] = digit;
        digit += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::Admission::{Duplicate, Joins, New};
    use super::*;

    #[test]
    fn uuid_is_used_as_event_key() {
        assert_eq!(event_key("00112233-4455-6677-8899-aabbccddeeff"), 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
    }

    #[test]
    fn event_ids_are_case_and_hyphen_sensitive() {
        let ids = [
            "00112233-4455-6677-8899-aabbccddeeff",
            "00112233-4455-6677-8899-AABBCCDDEEFF",
            "00112233445566778899aabbccddeeff",
            "00112233-4455-6677-8899aabb-ccddeeff",
            "",
        ];
        let keys: std::collections::BTreeSet<u128> = ids.into_iter().map(event_key).collect();
        assert_eq!(keys.len(), ids.len());
    }

    #[test]
    fn first_document_by_name_keeps_event() {
        let mut events = Admissions::default();
        let [b, a, c] = ["b", "a", "c"].map(|name| events.document(name));
        assert_eq!(events.document("a"), a);
        let admitted = [b, b, c, a, a, b].map(|document| events.admit(7, 1, document));
        assert_eq!(admitted, [New, Duplicate, Duplicate, Joins, Duplicate, Duplicate]);
        assert_eq!([events.admit(7, 2, c), events.admit(8, 1, c)], [Joins, New]);
    }
}
