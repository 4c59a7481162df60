//! What a secure connection trusts and speaks, chosen in one place: a proxy is trusted for the same reasons
//! as a server.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use super::HttpError;

/// How HTTP/1.1 is called where a server is asked what it speaks.
const HTTP_1: &[u8] = b"http/1.1";
/// The same of HTTP/2.
const HTTP_2: &[u8] = b"h2";

/// Secure connections that trust what the system trusts, and the certificates of this PEM file besides.
/// Clones share what was read.
pub(super) fn tls(extra_roots: Option<&Path>) -> Result<ClientConfig, HttpError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let unusable = |error: rustls::Error| HttpError::Client(error.to_string());
    let verifier = match extra_roots {
        Some(path) => Verifier::new_with_extra_roots(roots(path)?, Arc::clone(&provider))
            .map_err(|error| refused(path, error.to_string()))?,
        None => Verifier::new(Arc::clone(&provider)).map_err(unusable)?,
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        // Its own word for every verifier but its own; this one is the system's.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
    Ok(config)
}

/// The same for who speaks HTTP/1.1 alone: a server that was offered more would choose it.
pub(super) fn in_http_1(mut tls: ClientConfig) -> ClientConfig {
    tls.alpn_protocols = vec![HTTP_1.to_vec()];
    tls
}

/// Reads the root certificates of a PEM file.
fn roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let pem = std::fs::read(path).map_err(|error| refused(path, error.to_string()))?;
    let found = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| refused(path, "it is not a PEM file".to_owned()))?;
    if found.is_empty() {
        return Err(refused(path, "there is no certificate in it".to_owned()));
    }
    Ok(found)
}

fn refused(path: &Path, reason: String) -> HttpError {
    HttpError::Roots {
        path: path.to_owned(),
        reason,
    }
}
