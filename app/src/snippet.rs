//! What people paste into their systems.

/// Lines of a `.env` file: one for a key sent as it is, a pair where a client id goes with it.
pub fn env_lines(client_id: Option<&str>, secret: &str) -> String {
    match client_id {
        Some(client_id) => format!("KEYLINE_CLIENT_ID={client_id}\nKEYLINE_CLIENT_SECRET={secret}\n"),
        None => format!("KEYLINE_API_KEY={secret}\n"),
    }
}

/// A command with the values of its variables in their place.
pub fn insert(command: &str, client_id: &str, secret: &str) -> String {
    let variables =
        [("$KEYLINE_CLIENT_ID", client_id), ("$KEYLINE_CLIENT_SECRET", secret), ("$KEYLINE_API_KEY", secret)];
    variables.into_iter().fold(command.to_owned(), |text, (variable, value)| text.replace(variable, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_place_of_variables() {
        let pair = insert(r#"-u "$KEYLINE_CLIENT_ID:$KEYLINE_CLIENT_SECRET""#, "kl_ci_1", "kl_x");
        assert_eq!(pair, r#"-u "kl_ci_1:kl_x""#);
        assert_eq!(insert("Bearer $KEYLINE_API_KEY", "kl_ci_1", "kl_x"), "Bearer kl_x");
    }

    #[test]
    fn a_pair_has_two_lines() {
        assert_eq!(env_lines(Some("kl_ci_1"), "kl_x"), "KEYLINE_CLIENT_ID=kl_ci_1\nKEYLINE_CLIENT_SECRET=kl_x\n");
        assert_eq!(env_lines(None, "kl_x"), "KEYLINE_API_KEY=kl_x\n");
    }
}
