//! Messages name settings and options as C does, and the header has every name that they can contain.

use penbox_core::Client;
use penbox_core::bindings::{Language, SETTINGS};

#[test]
fn every_setting_is_named_by_its_setter() {
    let header = include_str!("../../include/penbox.h");
    for setting in SETTINGS {
        let setter = format!("penbox_status {}(", Language::C.setting(setting.name));
        assert!(header.contains(&setter), "the header has no {setter}");
    }
}

#[test]
fn a_refused_setting_and_an_unknown_one_are_told_in_c() {
    let builder = || Client::builder().language("c").token("pnbx_x");
    let report = |builder: penbox_core::ClientBuilder| {
        let error = builder.build().unwrap_err();
        error.payload_in(Language::C).text
    };
    let text = report(builder().set("timeout_ms", 0.into()));
    assert!(
        text.contains("the setting penbox_config_set_timeout_ms must be a duration"),
        "{text}"
    );
    let text = report(builder().set("tiemout", 0.into()));
    for setting in SETTINGS {
        assert!(text.contains(&Language::C.setting(setting.name)), "{text}");
    }
}
