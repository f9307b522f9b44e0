#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# What `make demo` shows: HTTP requests that pass through proxy.wasm inside the kernel. Runs in the guest, as root, with the
# module loaded; needs nginx, curl, python3 and wasmctl. Ends with status 1 at the first thing that is not as it should be.
set -u

EXAMPLES=${EXAMPLES:-/usr/share/wasmk/examples}
PROXY=127.0.0.1:8080
UPSTREAM=127.0.0.1:8081
ECHO=127.0.0.1:8082
ECHO_PROXY=127.0.0.1:8083
dir=$(mktemp -d)
chmod 755 "$dir"
nginx_pid=
echo_pid=

title() {
    printf '\n== %s\n' "$*"
}

show() { # show COMMAND...: prints the command, then runs it
    printf '$ %s\n' "$*"
    "$@"
}

fail() {
    printf '\ndemo: FAILED: %s\n' "$*" >&2
    for log in "$dir/nginx.log" "$dir/echo.log"; do
        [ ! -s "$log" ] || sed 's/^/    /' "$log" >&2
    done
    for name in proxy echo-proxy; do
        wasmctl logs "$name" 2>/dev/null | sed "s/^/    $name: /" >&2
    done
    dmesg 2>/dev/null | tail -n 20 | sed 's/^/    kernel: /' >&2
    exit 1
}

expect() { # expect WHAT WANTED GOT
    [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}

stop() {
    [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null
    [ -z "$echo_pid" ] || kill "$echo_pid" 2>/dev/null
}
trap stop EXIT

# fetch FILE ARGS...: curl ARGS with the body to FILE; leaves status, size and time in $status, $size and $time.
fetch() {
    out=$1
    shift
    set -- $(curl -s --max-time 120 -o "$out" -w '%{http_code} %{size_download} %{time_total}' "$@")
    status=${1:-000} size=${2:-0} time=${3:-0}
}

wait_for() { # wait_for URL WHAT: until it answers
    tries=0
    until curl -s -o /dev/null --max-time 5 "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail "$2 does not answer"
        sleep 0.1
    done
}

title "A stock kernel with the wasmk module"
show uname -r
grep '^wasmk ' /proc/modules || fail "the module is not loaded"

title "A function in WebAssembly, run by the kernel"
printf '$ wasmctl invoke pythagorus.wasm pythagorus 3 4\n'
answer=$(wasmctl invoke "$EXAMPLES/pythagorus.wasm" pythagorus 3 4) || fail "invoke failed"
printf '%s\n' "$answer"
expect "the hypotenuse" 5 "${answer%.0}"

title "Upstreams: nginx with a page, and an echo service in Python"
mkdir "$dir/www"
python3 -c 'import sys; sys.stdout.write("All of this page came through the kernel.\n" * 1000)' >"$dir/www/page.html"
head -c 10485760 /dev/urandom >"$dir/upload"
cat >"$dir/echo.py" <<'PYTHON'
import http.server

class Echo(http.server.BaseHTTPRequestHandler):
    """Sends a chunked body back in chunks, while it comes in."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            data = self.rfile.read(size + 2)
            self.wfile.write(b"%x\r\n" % size + data)
            if size == 0:
                return

    def do_GET(self):
        self.send_error(405)

    def log_message(self, *args):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 8082), Echo).serve_forever()
PYTHON
cat >"$dir/nginx.conf" <<NGINX
daemon off;
user root;
worker_processes 1;
pid $dir/nginx.pid;
error_log $dir/nginx.log;
events { worker_connections 2048; }
http {
    access_log off;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    server {
        listen $UPSTREAM;
        root $dir/www;
        location /headers {
            return 200 "X-Forwarded-For: \$http_x_forwarded_for\nVia: \$http_via\n";
        }
    }
}
NGINX
python3 "$dir/echo.py" >"$dir/echo.log" 2>&1 &
echo_pid=$!
nginx -c "$dir/nginx.conf" 2>>"$dir/nginx.log" &
nginx_pid=$!
wait_for "http://$UPSTREAM/page.html" "nginx"
wait_for "http://$ECHO/" "the echo service"
echo "nginx listens on $UPSTREAM, the echo service on $ECHO"

title "The proxy, in the kernel"
show wasmctl load --listen "$PROXY" --connect "$UPSTREAM" "$EXAMPLES/proxy.wasm" || fail "load failed"
show wasmctl load --name echo-proxy --listen "$ECHO_PROXY" --connect "$ECHO" "$EXAMPLES/proxy.wasm" || fail "load failed"

title "GET"
fetch "$dir/page" "http://$PROXY/page.html"
printf '$ curl http://%s/page.html\nstatus %s, %s bytes, %s s\n' "$PROXY" "$status" "$size" "$time"
expect "status" 200 "$status"
cmp "$dir/page" "$dir/www/page.html" || fail "the page differs from the upstream's"
curl -s "http://$PROXY/headers" >"$dir/headers" || fail "no answer"
sed 's/^/what the upstream sees: /' "$dir/headers"
expect "forwarded fields" "X-Forwarded-For: 127.0.0.1
Via: 1.1 wasmk" "$(cat "$dir/headers")"

title "POST of 10 MiB in chunks, echoed"
fetch "$dir/echoed" -H 'Transfer-Encoding: chunked' -H 'Expect:' --data-binary "@$dir/upload" "http://$ECHO_PROXY/"
printf '$ curl -H "Transfer-Encoding: chunked" --data-binary @upload http://%s/\n' "$ECHO_PROXY"
printf 'status %s, %s bytes, %s s\n' "$status" "$size" "$time"
expect "status" 200 "$status"
cmp "$dir/echoed" "$dir/upload" || fail "the echo differs from what was sent"
echo "the same, byte for byte"

title "100 requests on one connection"
curl -s --max-time 120 -o /dev/null -w '%{http_code} %{size_download} %{num_connects}\n' \
    "http://$PROXY/page.html?[1-100]" >"$dir/hundred" || fail "a request failed"
printf '$ curl "http://%s/page.html?[1-100]"\n' "$PROXY"
awk '{ n[$1 " with " $2 " bytes"]++; connections += $3 }
    END { for (k in n) print n[k] " times status " k; print connections " connection" }' "$dir/hundred"
expect "answers" 100 "$(grep -c '^200 42000 ' "$dir/hundred")"
expect "connections" 1 "$(awk '{ n += $3 } END { print n }' "$dir/hundred")"

title "Upstream down"
kill "$nginx_pid"
wait "$nginx_pid"
nginx_pid=
fetch "$dir/down" "http://$PROXY/page.html"
printf '$ curl http://%s/page.html\nstatus %s, %s bytes: %s\n' "$PROXY" "$status" "$size" "$(cat "$dir/down")"
expect "status" 502 "$status"

title "The services"
show wasmctl ps || fail "ps failed"

title "End"
show wasmctl unload proxy || fail "unload failed"
show wasmctl unload echo-proxy || fail "unload failed"
show rmmod wasmk || fail "rmmod failed"
! grep -q '^wasmk ' /proc/modules || fail "the module is still there"
if dmesg | grep -E 'BUG:|WARNING:|Oops|lockup|rcu.*stall'; then
    fail "the kernel complained"
fi
echo "The module is gone and the kernel log is clean."
printf '\ndemo: all as it should be\n'
