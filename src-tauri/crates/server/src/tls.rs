//! TLS of the listening side, from a certificate and a key that the operator has.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file with the certificates cannot be read.
    #[error("{0} holds no certificate that can be read (PEM is wanted).")]
    Certificate(PathBuf),
    /// The file with the key cannot be read.
    #[error("{0} holds no private key that can be read (PEM is wanted).")]
    Key(PathBuf),
    /// The two do not belong together, or are of a kind that nobody uses.
    #[error("The certificate and its key cannot be used: {0}.")]
    Unusable(rustls::Error),
}

/// A certificate with its key, ready to greet with.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
}

impl Tls {
    /// Reads both from PEM files.
    pub fn read(certificates: &Path, key: &Path) -> Result<Self, TlsError> {
        let unreadable = || TlsError::Certificate(certificates.to_owned());
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificates)
            .map_err(|_| unreadable())?
            .collect::<Result<_, _>>()
            .map_err(|_| unreadable())?;
        if chain.is_empty() {
            return Err(unreadable());
        }
        let private =
            PrivateKeyDer::from_pem_file(key).map_err(|_| TlsError::Key(key.to_owned()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(chain, private)
            })
            .map_err(TlsError::Unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    pub(crate) async fn greet(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }
}
