//! Room: present.
