//! What every handler may use.

use std::sync::Arc;

use app::shell::Assets;
use axum::extract::FromRef;
use service::Service;

use crate::config::PublicUrl;

/// What every handler may use. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The use cases.
    pub service: Service,
    /// What the console shows of the deployment.
    pub site: Arc<Site>,
}

/// What the console shows of the deployment.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where people and machines find it.
    pub public_url: PublicUrl,
    /// Display name of the product.
    pub product: String,
    /// Whom to ask, on locked pages.
    pub support_contact: Option<String>,
    /// Addresses of the built files.
    pub assets: Assets,
}

/// Display name of the product.
pub const PRODUCT: &str = "Keyline";
