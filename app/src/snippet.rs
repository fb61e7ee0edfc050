//! What people paste into their systems.

/// Lines of a `.env` file: one for a key sent as it is, a pair where a client id goes with it.
pub fn env_lines(client_id: Option<&str>, secret: &str) -> String {
    match client_id {
        Some(client_id) => format!("KEYLINE_CLIENT_ID={client_id}\nKEYLINE_CLIENT_SECRET={secret}\n"),
        None => format!("KEYLINE_API_KEY={secret}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_two_lines() {
        assert_eq!(env_lines(Some("kl_ci_1"), "kl_x"), "KEYLINE_CLIENT_ID=kl_ci_1\nKEYLINE_CLIENT_SECRET=kl_x\n");
        assert_eq!(env_lines(None, "kl_x"), "KEYLINE_API_KEY=kl_x\n");
    }
}
