//! The next step after TLS failed, by what rustls says of it. A certificate that nobody trusts has the hint of its kind.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use crate::error::name;

/// Returns the next step after a failure of TLS; none where the hint of the kind says it.
pub(super) fn of(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            concat!(
                "The server at this address does not speak TLS: check the port and the scheme of ",
                name!("base_url"),
                ", and of a proxy."
            )
        }
        Error::PeerIncompatible(_) | Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            "The server, or a proxy that inspects TLS, speaks neither TLS 1.2 nor 1.3 with a cipher of today: nothing older is spoken."
        }
        Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => {
            concat!(
                "The server asks for a certificate of the client and accepts none but those it knows: give ",
                name!("client_cert"),
                " and ",
                name!("client_key"),
                "."
            )
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            concat!(
                "The server ended the handshake: it asks for a certificate of the client (",
                name!("client_cert"),
                " and ",
                name!("client_key"),
                "), or has no cipher of TLS 1.2 or 1.3."
            )
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            concat!(
                "The server's certificate is for another name: check the host of ",
                name!("base_url"),
                "; verification cannot be switched off."
            )
        }
        Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => {
            "The server's certificate is not valid at this machine's time: check the clock; if it is right, the certificate has to be renewed."
        }
        _ => return None,
    })
}
