#!/usr/bin/env bash
# A throw-away PostgreSQL cluster that lives as long as this script's standard input is open.
#
# The test process holds the other end of that pipe, so the cluster ends with it, however it ends.
# Prints one line when it accepts connections: `ready FOLDER`; the socket is in FOLDER, the data in
# FOLDER/data, the log in FOLDER/log. Nothing listens on a network address. Each argument is one more
# line of its settings. With `--over FOLDER` in front it takes over what is there already, as a server
# does after a power cut, and leaves it there.
set -euo pipefail
trap '' INT TERM HUP # the end of standard input is the one signal

die() {
    echo "postgres.sh: $1" >&2
    exit 1
}

bin=
if command -v initdb >/dev/null; then
    bin=$(dirname "$(command -v initdb)")
else
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && bin=$folder
    done
fi
[ -n "$bin" ] || die "no initdb; install it with: apt-get install postgresql"

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || die "running as root, and there is no user postgres to run the server as"
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi

stop() {
    "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    cd /
    [ -n "$kept" ] || rm -rf "$folder"
}
# --wait polls the server itself, so there is nothing to sleep for here.
start() {
    "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" --wait --timeout=60 \
        -o "-c unix_socket_directories='$folder'" start >/dev/null \
        || { cat "$folder/log" >&2; die "the server did not start"; }
    echo "ready $folder"
    exec 1>&-
    cat >/dev/null
}

kept=
if [ "${1-}" = --over ]; then
    kept=yes
    folder=$2
    trap stop EXIT
    # Whose number stands in these died with the power.
    rm -f "$folder/data/postmaster.pid" "$folder"/.s.PGSQL.*
    cd "$folder"
    start
    exit
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/fairdraw-pg.XXXXXX")
[ "${#as_owner[@]}" = 0 ] || chown postgres "$folder"
cd "$folder"
trap stop EXIT

"${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U fairdraw -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 \
    || { cat "$folder/initdb.log" >&2; die "initdb failed"; }

# The first block is for speed, the second is what docs/operating.md asks of an operator.
"${as_owner[@]}" tee -a "$folder/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = ''
max_connections = 300
max_prepared_transactions = 4
fsync = off
full_page_writes = off
synchronous_commit = off
shared_buffers = 64MB

log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_duration_statement = -1
log_statement = none
$(printf '%s\n' "$@")
SETTINGS

start
