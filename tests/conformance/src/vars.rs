//! What a case file leaves open: the address of the server and the token.

/// The token of every case that does not set its own. Groups of distinct characters, so that each window of its secret
/// part is found wherever it leaks, and not the shape of a real token, so that scanners of secrets stay quiet.
pub const TOKEN: &str = "pnbx_Qz7kV2mXw9RtB4nLc8HjD5ySf3GpN6eKuAaT";

/// The part of [`TOKEN`] behind the prefix.
pub const SECRET: &str = "Qz7kV2mXw9RtB4nLc8HjD5ySf3GpN6eKuAaT";

/// The values of `${ORIGIN}`, `${PORT}`, `${TOKEN}` and `${SECRET}` in one run of a case.
#[derive(Debug, Clone, Copy)]
pub struct Vars {
    /// The port of the scripted server.
    pub port: u16,
}

impl Vars {
    /// What the text of a case may leave open.
    pub const NAMES: [&str; 4] = ["ORIGIN", "PORT", "TOKEN", "SECRET"];

    /// Replaces each `${NAME}` in a text.
    ///
    /// # Errors
    /// Names a variable that does not exist, or one that is not closed.
    pub fn fill(&self, text: &str) -> Result<String, String> {
        replace(text, |name, out| {
            match name {
                "ORIGIN" => out.push_str(&format!("http://127.0.0.1:{}", self.port)),
                "PORT" => out.push_str(&self.port.to_string()),
                "TOKEN" => out.push_str(TOKEN),
                "SECRET" => out.push_str(SECRET),
                _ => return Err(format!("unknown variable ${{{name}}}")),
            }
            Ok(())
        })
    }
}

/// Copies a text. Each `${NAME}` in it is replaced by what `put` appends for the name.
///
/// # Errors
/// One that `put` gives, or a `${` that is not closed.
pub fn replace(
    text: &str,
    mut put: impl FnMut(&str, &mut String) -> Result<(), String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, tail) = after
            .split_once('}')
            .ok_or_else(|| format!("`${{` without `}}` in {text:?}"))?;
        out.push_str(before);
        put(name, &mut out)?;
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_the_tokens() {
        assert_eq!(format!("pnbx_{SECRET}"), TOKEN);
    }

    #[test]
    fn variables_are_filled_in() {
        let vars = Vars { port: 81 };
        assert_eq!(
            vars.fill("${ORIGIN}/v1 ${PORT} $x").unwrap(),
            "http://127.0.0.1:81/v1 81 $x"
        );
        assert_eq!(
            vars.fill("Bearer ${TOKEN}").unwrap(),
            format!("Bearer {TOKEN}")
        );
        for name in Vars::NAMES {
            assert!(vars.fill(&format!("${{{name}}}")).is_ok(), "{name}");
        }
        assert!(vars.fill("${HOME}").is_err());
        assert!(vars.fill("${PORT").is_err());
    }
}
