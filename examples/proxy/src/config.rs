// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! What can be set on the command line.

/// Settings of a proxy. Times in milliseconds, sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The proxy's name in Via.
    pub via: String,
    /// Sent as Host instead of the client's, unless empty.
    pub host: String,
    /// How long either side may stand still in the middle of an exchange.
    pub timeout: u64,
    /// How long a connection attempt may take.
    pub connect_timeout: u64,
    /// How long a request head may take from its first byte to its last.
    pub head_timeout: u64,
    /// How long a client connection may lie idle between requests.
    pub idle_timeout: u64,
    /// How long an upstream that could not be reached is passed over.
    pub retry_after: u64,
    /// Largest request body.
    pub max_body: u64,
    /// Longest request target.
    pub max_target: usize,
    /// Client connections at a time.
    pub max_connections: usize,
    /// Idle connections kept for each upstream address.
    pub pool: usize,
    /// How long an idle upstream connection is kept. Shorter than servers keep theirs, so that it is not
    /// closed by them at the moment it is used.
    pub pool_time: u64,
    /// Whether each request is logged.
    pub log: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            via: "wasmk".into(),
            host: String::new(),
            timeout: 60_000,
            connect_timeout: 10_000,
            head_timeout: 60_000,
            idle_timeout: 75_000,
            retry_after: 1_000,
            max_body: 1 << 30,
            max_target: 8 * 1024,
            max_connections: 10_000,
            pool: 256,
            pool_time: 2_000,
            log: false,
        }
    }
}

/// Text for `--help`.
pub const USAGE: &str = "\
An HTTP/1.1 reverse proxy. It serves every granted listener and spreads requests over all addresses
of the granted dialers.

  --via NAME               name in the Via field (wasmk)
  --host NAME              send this Host upstream instead of the client's
  --timeout SECONDS        how long a peer may stand still in an exchange (60)
  --connect-timeout SECONDS  how long a connection attempt may take (10)
  --head-timeout SECONDS   how long a request head may take (60)
  --idle-timeout SECONDS   how long a client connection may lie idle (75)
  --retry-after SECONDS    how long an unreachable upstream is passed over (1)
  --max-body BYTES[K|M|G]  largest request body (1G)
  --max-connections N      client connections at a time, per worker (10000)
  --pool N                 idle connections kept per upstream address (256)
  --pool-time SECONDS      how long they are kept (2)
  --log                    log each request on the standard output
";

impl Config {
    /// Reads command line arguments (without the program's name); `None` when help is asked for.
    ///
    /// # Errors
    ///
    /// A sentence that names the argument that is wrong.
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Option<Self>, String> {
        let mut config = Self::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let (name, mut inline) = match arg.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg, None),
            };
            let mut value = || {
                let value = inline.take().or_else(|| args.next());
                value.ok_or(format!("{name} needs a value"))
            };
            match name.as_str() {
                "--help" | "-h" => return Ok(None),
                "--via" => config.via = token(&name, value()?)?,
                "--host" => config.host = host(&name, value()?)?,
                "--timeout" => config.timeout = seconds(&name, &value()?)?,
                "--connect-timeout" => config.connect_timeout = seconds(&name, &value()?)?,
                "--head-timeout" => config.head_timeout = seconds(&name, &value()?)?,
                "--idle-timeout" => config.idle_timeout = seconds(&name, &value()?)?,
                "--retry-after" => config.retry_after = seconds(&name, &value()?)?,
                "--max-body" => config.max_body = size(&name, &value()?)?,
                "--max-connections" => {
                    config.max_connections = number(&name, &value()?)?.max(1) as usize;
                }
                "--pool" => config.pool = number(&name, &value()?)? as usize,
                "--pool-time" => config.pool_time = seconds(&name, &value()?)?,
                "--log" => config.log = true,
                _ => return Err(format!("unknown argument {name}")),
            }
            if inline.is_some() {
                return Err(format!("{name} takes no value"));
            }
        }
        Ok(Some(config))
    }
}

fn number(name: &str, text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("{name}: {text:?} is not a number"))
}

/// Seconds with up to three decimals, as milliseconds. (Without floating point, which costs more in a kernel.)
fn seconds(name: &str, text: &str) -> Result<u64, String> {
    let bad = || format!("{name}: {text:?} is not a number of seconds");
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let part: u64 = format!("{part:0<3}").parse().map_err(|_| bad())?;
    let time = whole
        .checked_mul(1000)
        .and_then(|t| t.checked_add(part))
        .ok_or_else(bad)?;
    if time == 0 {
        return Err(format!("{name} must be more than nought"));
    }
    Ok(time)
}

fn size(name: &str, text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1 << 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 1 << 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let count = number(name, digits)?;
    count
        .checked_mul(unit)
        .ok_or_else(|| format!("{name}: {text:?} is too large"))
}

fn token(name: &str, text: String) -> Result<String, String> {
    if wasmk_http1::chars::is_token(text.as_bytes()) {
        return Ok(text);
    }
    Err(format!("{name}: {text:?} is not a plain word"))
}

fn host(name: &str, text: String) -> Result<String, String> {
    if !text.is_empty() && wasmk_http1::chars::is_host(text.as_bytes()) {
        return Ok(text);
    }
    Err(format!("{name}: {text:?} is not a host name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Config>, String> {
        Config::parse(args.iter().map(|&a| a.to_owned()))
    }

    #[test]
    fn reads_values_in_both_forms() {
        let config = parse(&["--timeout", "1.5", "--max-body=8K", "--log"])
            .unwrap()
            .unwrap();
        assert_eq!(
            (config.timeout, config.max_body, config.log),
            (1500, 8192, true)
        );
        assert_eq!(parse(&[]).unwrap(), Some(Config::default()));
        assert_eq!(parse(&["--help"]).unwrap(), None);
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        for bad in [
            &["--timeout"][..],
            &["--timeout", "soon"],
            &["--timeout", "0"],
            &["--timeout", "1.2345"],
            &["--max-body", "99999999999G"],
            &["--via", "a b"],
            &["--host", "a\r\nb"],
            &["--log=yes"],
            &["--what"],
            &["what"],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
