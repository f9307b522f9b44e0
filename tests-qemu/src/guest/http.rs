// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! A small HTTP/1.1 client, strict about what it reads, and an upstream.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{bail, Context, Result};

use super::tool::until;

/// A keep-alive connection.
#[derive(Debug)]
pub struct Client {
    reader: BufReader<TcpStream>,
}

/// A response.
#[derive(Debug)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub fields: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects.
    pub fn connect(address: &str) -> Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("connect to {address}"))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::new(stream),
        })
    }

    /// Requests a path.
    pub fn get(&mut self, path: &str) -> Result<Response> {
        write!(
            self.reader.get_mut(),
            "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"
        )?;
        self.response()
    }

    /// Posts a body in chunks while reading the response.
    pub fn post_chunked(&mut self, path: &str, body: &[u8], chunk: usize) -> Result<Response> {
        let mut stream = self.reader.get_ref().try_clone()?;
        thread::scope(|scope| {
            let sender = scope.spawn(move || -> std::io::Result<()> {
                write!(
                    stream,
                    "POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                )?;
                for chunk in body.chunks(chunk) {
                    write!(stream, "{:x}\r\n", chunk.len())?;
                    stream.write_all(chunk)?;
                    stream.write_all(b"\r\n")?;
                }
                stream.write_all(b"0\r\n\r\n")
            });
            let response = self.response();
            sender
                .join()
                .map_err(|_| anyhow::anyhow!("panicked"))?
                .context("sending")?;
            response
        })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            bail!("the connection ended");
        }
        line.strip_suffix("\r\n")
            .map(Into::into)
            .with_context(|| format!("a line that does not end in CRLF: {line:?}"))
    }

    fn response(&mut self) -> Result<Response> {
        let head = self.line()?;
        let status = head
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3))
            .and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("not a status line: {head:?}"))?;
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line
                .split_once(':')
                .with_context(|| format!("not a field: {line:?}"))?;
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut response = Response {
            status,
            fields,
            body: Vec::new(),
        };
        if response.field("transfer-encoding") == Some("chunked") {
            loop {
                let size = self.line()?;
                let size =
                    usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
                let at = response.body.len();
                response.body.resize(at + size, 0);
                self.reader.read_exact(&mut response.body[at..])?;
                let end = self.line()?;
                if !end.is_empty() {
                    bail!("a chunk ends in {end:?}");
                }
                if size == 0 {
                    return Ok(response);
                }
            }
        }
        let length = response
            .field("content-length")
            .context("no length")?
            .parse()?;
        response.body.resize(length, 0);
        self.reader.read_exact(&mut response.body)?;
        Ok(response)
    }
}

impl Response {
    /// The first field of this name (lower case).
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }
}

/// An nginx that serves `files`; ended when dropped.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
}

impl Nginx {
    /// Starts one on `listen` (an address, or `unix:PATH`), its files in `name` below the current directory.
    pub fn start(name: &str, listen: &str, files: &[(&str, &[u8])]) -> Result<Self> {
        let directory = std::env::current_dir()?.join(name);
        fs::create_dir_all(&directory)?;
        for (file, body) in files {
            fs::write(directory.join(file), body)?;
        }
        let at = directory.display();
        let configuration = format!(
            "daemon off; user root; worker_processes 1; worker_rlimit_nofile 8192; pid {at}/pid; error_log {at}/error.log;
             events {{ worker_connections 4096; }}
             http {{ access_log off; keepalive_requests 100000; client_body_temp_path {at}/b; proxy_temp_path {at}/p;
               fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;
               server {{ listen {listen} backlog=4096; root {at};
                 location /where {{ return 200 \"{name}\"; }}
                 location /seen {{ return 200 \"$http_x_forwarded_for|$http_via\"; }} }} }}"
        );
        fs::write(directory.join("nginx.conf"), configuration)?;
        let child = Command::new("nginx")
            .args(["-e", "stderr", "-c"])
            .arg(directory.join("nginx.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("nginx")?;
        if let Some(path) = listen.strip_prefix("unix:") {
            until("nginx listens", || {
                Ok(std::path::Path::new(path).exists().then_some(()))
            })?;
        } else {
            until("nginx listens", || Ok(TcpStream::connect(listen).ok()))?;
        }
        Ok(Self { child })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM, so that the master ends its worker.
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// An upstream that sends every request's body back, in chunks as they come; its thread ends with the program.
pub fn start_echo() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || echo(stream));
        }
    });
    Ok(address)
}

fn echo(stream: TcpStream) -> Result<()> {
    let mut writer = stream.try_clone()?;
    let mut client = Client {
        reader: BufReader::new(stream),
    };
    loop {
        let mut chunked = false;
        let mut length = 0;
        loop {
            let line = client.line()?.to_ascii_lowercase();
            chunked |= line == "transfer-encoding: chunked";
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            if line.is_empty() {
                break;
            }
        }
        writer.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        loop {
            let size = if chunked {
                usize::from_str_radix(client.line()?.trim(), 16)?
            } else {
                length
            };
            let mut data = vec![0; size];
            client.reader.read_exact(&mut data)?;
            if chunked {
                client.line()?;
            }
            if size > 0 {
                write!(writer, "{size:x}\r\n")?;
                writer.write_all(&data)?;
                writer.write_all(b"\r\n")?;
            }
            if size == 0 || !chunked {
                break;
            }
        }
        writer.write_all(b"0\r\n\r\n")?;
    }
}
