#!/usr/bin/env bash
# Stops or starts the throw-away cluster in a folder (tests/support/postgres.sh), at once: what a
# crash, a restart by an operator or a fail-over looks like from outside.
set -euo pipefail

die() {
    echo "pg_ctl.sh: $1" >&2
    exit 1
}

bin=
for folder in "$(dirname "$(command -v pg_basebackup || echo none)")" /usr/lib/postgresql/*/bin; do
    [ -x "$folder/pg_ctl" ] && [ -x "$folder/pg_basebackup" ] && bin=$folder
done
[ -n "$bin" ] || die "no pg_ctl; install it with: apt-get install postgresql"

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi

cd "$1"
# The last thing that a server does is to remove its socket, and the next one's would go with it.
stop() {
    process=$(head -n 1 "$1/data/postmaster.pid")
    "${as_owner[@]}" "$bin/pg_ctl" -D "$1/data" -m immediate --wait stop >/dev/null
    while kill -0 "$process" 2>/dev/null; do sleep 0.02; done
}
case $2 in
    stop) stop "$1" ;;
    start) "${as_owner[@]}" "$bin/pg_ctl" -D "$1/data" -l "$1/log" -o "-k $1 -c listen_addresses=" --wait start >/dev/null ;;
    restart) stop "$1" && "${as_owner[@]}" "$bin/pg_ctl" -D "$1/data" -l "$1/log" -o "-k $1 -c listen_addresses=" --wait start >/dev/null ;;
    promote) "${as_owner[@]}" "$bin/pg_ctl" -D "$1/data" --wait promote >/dev/null ;;
    *) die "stop, start, restart or promote" ;;
esac
