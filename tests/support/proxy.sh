#!/usr/bin/env bash
# nginx, HAProxy or Caddy before a server, as long as this script's standard input is open.
#
# Usage: proxy.sh nginx|haproxy|caddy FOLDER PORT
# FOLDER holds nginx.conf, haproxy.cfg or Caddyfile, and takes whatever the proxy writes. Prints
# `ready` when the proxy listens on 127.0.0.1:PORT.
set -euo pipefail
trap '' INT TERM HUP # the end of standard input is the one signal

die() {
    echo "proxy.sh: $1" >&2
    exit 1
}

[ $# = 3 ] || die "usage: proxy.sh nginx|haproxy|caddy FOLDER PORT"
program=$1
folder=$(cd "$2" && pwd)
port=$3
PATH="$PATH:/usr/sbin:/sbin"
command -v "$program" >/dev/null || die "no $program; install it with: apt-get install $program"

case $program in
nginx)
    cat >"$folder/main.conf" <<CONFIGURATION
daemon off;
master_process off;
pid $folder/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $folder/nginx.conf;
}
CONFIGURATION
    start=(nginx -e stderr -p "$folder" -c "$folder/main.conf")
    ;;
haproxy) start=(haproxy -db -q -f "$folder/haproxy.cfg") ;;
caddy)
    export HOME=$folder XDG_DATA_HOME=$folder/share XDG_CONFIG_HOME=$folder/config
    export CADDY_ADMIN="unix/$folder/admin.sock"
    start=(caddy run --config "$folder/Caddyfile" --adapter caddyfile)
    ;;
*) die "not a proxy that is known: $program" ;;
esac

# Its own process group would outlive us; this one gets a signal when the input ends.
(trap - INT TERM HUP; exec "${start[@]}" </dev/null >"$folder/log" 2>&1) &
proxy=$!
for _ in $(seq 300); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        echo ready
        cat >/dev/null
        kill "$proxy" 2>/dev/null || true
        wait "$proxy" 2>/dev/null || true
        exit 0
    fi
    kill -0 "$proxy" 2>/dev/null || break
    sleep 0.1
done
kill "$proxy" 2>/dev/null || true
cat "$folder/log" >&2
die "$program did not start"
