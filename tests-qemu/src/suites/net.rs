// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! The proxy in the kernel, between real peers: nginx behind it, curl, ab and threads of our own in front of it.

use std::{
    fs,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Suite;
use crate::{
    check, check_eq,
    guest::{
        http::{start_echo, Client, Nginx},
        module,
        tool::{command, instances, number, until, wasmctl},
        Cases, Outcome,
    },
};

// Tens of thousands of connections leave time-wait sockets and the slabs' own caches; one object of each
// connection would be more.
pub const SUITE: Suite = Suite {
    name: "net",
    parameters: &[],
    memory: "2G",
    timeout: 1500,
    slabs: 12288,
    run,
};

const PROXY: &str = "/usr/share/wasmk/examples/proxy.wasm";
const UPSTREAM: &str = "127.0.0.1:8081";
const FRONT: &str = "127.0.0.1:8080";
/// Requests and clients of the load.
const REQUESTS: usize = 10_000;
const CLIENTS: usize = 256;

fn run(cases: &mut Cases) {
    let page: Vec<u8> = (0..10_000u32)
        .flat_map(|n| format!("{n} of the page\n").into_bytes())
        .take(20_000)
        .collect();
    let nginx = Nginx::start("www", UPSTREAM, &[("page", &page), ("small", b"small\n")]);
    let begin = Instant::now();
    let nginx =
        match nginx.and_then(|nginx| load_proxy("proxy", FRONT, UPSTREAM, &[]).map(|()| nginx)) {
            Ok(nginx) => nginx,
            Err(why) => return cases.note("nginx and the proxy", begin, Err(why)),
        };
    cases.case("a GET through curl", || curl(&page));
    cases.case("X-Forwarded-For and Via", forwarded);
    cases.case("100 requests on one connection", || keep_alive(&page));
    cases.case("10 MiB in chunks, echoed byte for byte", echo);
    cases.case("curl posts 10 MiB in chunks", curl_post);
    cases.case(
        "10,000 requests from 256 clients: every body right, nothing left",
        || load(&page),
    );
    cases.case("ab -n 10000 -c 256 -k", || ab(&["-k"]));
    cases.case("ab -n 10000 -c 256, a connection for each request", || {
        ab(&[])
    });
    cases.case("1,000 idle connections and one that works", idle);
    cases.case("bad requests are 400", bad_requests);
    cases.case("two workers share the work", workers);
    cases.case("upstreams take turns", round_robin);
    cases.case("unix sockets on both sides", unix);
    cases.case("IPv6 on both sides", ipv6);
    drop(nginx);
    cases.case("upstream down is 502", || {
        let response = Client::connect(FRONT)?.get("/page")?;
        check_eq!(response.status, 502, "status");
        Ok(())
    });
    cases.case("the proxy ends and lets go of its port", || {
        wasmctl(&["unload", "proxy"])?.expect(0)?;
        check!(Client::connect(FRONT).is_err(), "somebody still listens");
        module::expect_nothing_left()
    });
}

fn load_proxy(name: &str, listen: &str, connect: &str, more: &[&str]) -> Result<()> {
    let mut args = vec![
        "load",
        "--name",
        name,
        "--listen",
        listen,
        "--connect",
        connect,
    ];
    args.extend(more);
    args.push(PROXY);
    wasmctl(&args)?.expect(0)?;
    Ok(())
}

fn unload(name: &str) -> Outcome {
    wasmctl(&["unload", name])?.expect(0).map(drop)
}

fn curl(page: &[u8]) -> Outcome {
    let answer = command(
        Command::new("curl").args([
            "-sS",
            "-w",
            "%{http_code} %{size_download}",
            "-o",
            "got",
            &format!("http://{FRONT}/page"),
        ]),
        b"",
    )?;
    check_eq!(
        answer.out,
        format!("200 {}", page.len()),
        "status and size ({})",
        answer.err
    );
    check!(fs::read("got")? == page, "the body differs");
    Ok(())
}

fn forwarded() -> Outcome {
    let response = Client::connect(FRONT)?.get("/seen")?;
    let text = String::from_utf8_lossy(&response.body).into_owned();
    check!(
        text.starts_with("127.0.0.1|1.1 "),
        "what the upstream saw: {text:?}"
    );
    Ok(())
}

fn keep_alive(page: &[u8]) -> Outcome {
    let before = only("proxy")?;
    let mut client = Client::connect(FRONT)?;
    for round in 0..100 {
        let response = client
            .get("/page")
            .with_context(|| format!("request {round}"))?;
        check_eq!(response.status, 200, "status of request {round}");
        check!(response.body == page, "body of request {round}");
    }
    let after = only("proxy")?;
    check_eq!(
        number(&after, "accepted")? - number(&before, "accepted")?,
        1,
        "connections accepted"
    );
    Ok(())
}

fn body() -> Vec<u8> {
    (0..10u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

fn echo() -> Outcome {
    let upstream = start_echo()?;
    load_proxy("echo-proxy", "127.0.0.1:8082", &upstream, &[])?;
    let body = body();
    let response = Client::connect("127.0.0.1:8082")?.post_chunked("/", &body, 50_000)?;
    check_eq!(response.status, 200, "status");
    check!(
        response.body == body,
        "the body differs ({} bytes of {})",
        response.body.len(),
        body.len()
    );
    let response = Client::connect("127.0.0.1:8082")?.post_chunked("/", &body[..100_000], 7)?;
    check!(
        response.body == body[..100_000],
        "the body in chunks of 7 bytes differs"
    );
    Ok(())
}

fn curl_post() -> Outcome {
    fs::write("upload", body())?;
    let args = [
        "-sS",
        "-w",
        "%{http_code} %{size_download}",
        "-o",
        "echoed",
        "-H",
        "Transfer-Encoding: chunked",
        "-H",
        "Expect:",
        "--data-binary",
        "@upload",
    ];
    let answer = command(
        Command::new("curl")
            .args(args)
            .arg("http://127.0.0.1:8082/"),
        b"",
    )?;
    check_eq!(
        answer.out,
        format!("200 {}", 10 << 20),
        "status and size ({})",
        answer.err
    );
    check!(fs::read("echoed")? == body(), "the body differs");
    unload("echo-proxy")
}

fn only(name: &str) -> Result<Value> {
    instances(name)?
        .into_iter()
        .next()
        .with_context(|| format!("{name} does not run"))
}

/// The level of memory and descriptors after the proxy has gone quiet.
fn quiet_level() -> Result<(u64, u64)> {
    let mut last = None;
    until("the proxy is quiet", || {
        thread::sleep(std::time::Duration::from_millis(500));
        let instance = only("proxy")?;
        let level = (
            number(&instance, "memory_bytes")?,
            number(&instance, "descriptors")?,
        );
        let quiet = last == Some(level);
        last = Some(level);
        Ok(quiet.then_some(level))
    })
}

fn load(page: &[u8]) -> Outcome {
    // Once, so that buffers and pools have the size that this many clients need.
    requests(page, CLIENTS * 2)?;
    let descriptors_at_rest = until("idle connections are let go", || {
        let count = number(&only("proxy")?, "descriptors")?;
        Ok((count < 10).then_some(count))
    })?;
    let (memory, _) = quiet_level()?;
    requests(page, REQUESTS)?;
    until("idle connections are let go again", || {
        Ok((number(&only("proxy")?, "descriptors")? <= descriptors_at_rest).then_some(()))
    })?;
    let (after, _) = quiet_level()?;
    check!(
        after <= memory,
        "instance memory grew from {memory} to {after} bytes"
    );
    Ok(())
}

fn requests(page: &[u8], count: usize) -> Outcome {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(thread::Builder::new().stack_size(128 << 10).spawn_scoped(
                scope,
                || -> Outcome {
                    let mut client = Client::connect(FRONT)?;
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return Ok(());
                        }
                        let response = client
                            .get("/page")
                            .with_context(|| format!("request {number}"))?;
                        check_eq!(response.status, 200, "status of request {number}");
                        check!(response.body == page, "body of request {number}");
                    }
                },
            )?);
        }
        clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| anyhow::anyhow!("panicked"))?)
    })
}

fn ab(more: &[&str]) -> Outcome {
    let answer = command(
        Command::new("ab").args(more).args([
            "-q",
            "-r",
            "-n",
            "10000",
            "-c",
            "256",
            &format!("http://{FRONT}/small"),
        ]),
        b"",
    )?;
    for line in ["Complete requests:      10000", "Failed requests:        0"] {
        check!(
            answer.out.contains(line),
            "no {line:?} in {} {}",
            answer.out,
            answer.err
        );
    }
    check!(!answer.out.contains("Non-2xx"), "{}", answer.out);
    Ok(())
}

fn idle() -> Outcome {
    let mut idle = Vec::new();
    for _ in 0..1000 {
        idle.push(Client::connect(FRONT)?);
    }
    for _ in 0..10 {
        check_eq!(
            Client::connect(FRONT)?.get("/small")?.body,
            b"small\n",
            "body"
        );
    }
    for client in idle.iter_mut().step_by(50) {
        check_eq!(
            client.get("/small")?.body,
            b"small\n",
            "body on an idle connection"
        );
    }
    Ok(())
}

fn bad_requests() -> Outcome {
    use std::io::{Read, Write};
    for request in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
    ] {
        let mut stream = std::net::TcpStream::connect(FRONT)?;
        stream.set_read_timeout(Some(std::time::Duration::from_secs(30)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        check!(
            answer.starts_with("HTTP/1.1 400 "),
            "answer to {request:?}: {answer:?}"
        );
    }
    Ok(())
}

fn workers() -> Outcome {
    load_proxy("pair", "127.0.0.1:8083", UPSTREAM, &["--workers", "2"])?;
    // Connections go to whichever worker wakes first; many at once keep both busy.
    let served = until("both workers have accepted", || {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..32)
                .map(|_| {
                    scope.spawn(|| -> Outcome {
                        let mut client = Client::connect("127.0.0.1:8083")?;
                        for _ in 0..5 {
                            check_eq!(client.get("/small")?.body, b"small\n", "body");
                        }
                        Ok(())
                    })
                })
                .collect();
            clients
                .into_iter()
                .try_for_each(|client| client.join().map_err(|_| anyhow::anyhow!("panicked"))?)
        })?;
        let accepted = instances("pair")?
            .iter()
            .map(|instance| number(instance, "accepted"))
            .collect::<Result<Vec<_>>>()?;
        Ok(accepted.iter().all(|&count| count > 0).then_some(accepted))
    })?;
    check_eq!(served.len(), 2, "workers");
    unload("pair")
}

fn round_robin() -> Outcome {
    let _one = Nginx::start("one", "127.0.0.1:8091", &[])?;
    let _two = Nginx::start("two", "127.0.0.1:8092", &[])?;
    load_proxy(
        "turns",
        "127.0.0.1:8084",
        "127.0.0.1:8091,127.0.0.1:8092",
        &[],
    )?;
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(String::from_utf8(
            Client::connect("127.0.0.1:8084")?.get("/where")?.body,
        )?);
    }
    check!(
        seen.iter().any(|name| name == "one") && seen.iter().any(|name| name == "two"),
        "who answered: {seen:?}"
    );
    unload("turns")
}

fn unix() -> Outcome {
    let path = std::env::current_dir()?.join("nginx.sock");
    let upstream = format!("unix:{}", path.display());
    let _nginx = Nginx::start("www-unix", &upstream, &[("page", b"by unix socket\n")])?;
    // The dialer connects with the rights of whoever granted it.
    load_proxy("unix", "unix:/run/wasmk-test.sock", &upstream, &[])?;
    let args = [
        "-sS",
        "--unix-socket",
        "/run/wasmk-test.sock",
        "http://test/page",
    ];
    let answer = command(Command::new("curl").args(args), b"")?;
    check_eq!(answer.out, "by unix socket\n", "body ({})", answer.err);
    unload("unix")?;
    check!(
        !std::path::Path::new("/run/wasmk-test.sock").exists(),
        "the socket's file is left"
    );
    Ok(())
}

fn ipv6() -> Outcome {
    let _nginx = Nginx::start("www-6", "[::1]:8095", &[("page", b"by IPv6\n")])?;
    load_proxy("six", "[::1]:8096", "[::1]:8095", &[])?;
    check_eq!(
        Client::connect("[::1]:8096")?.get("/page")?.body,
        b"by IPv6\n",
        "body"
    );
    unload("six")
}
