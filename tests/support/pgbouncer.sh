#!/usr/bin/env bash
# PgBouncer in transaction mode before the cluster whose socket is in a folder, as long as this
# script's standard input is open. Prints `ready FOLDER`; the socket is in FOLDER, at port 6432.
#
# Two server connections for each database: whoever counts on a session meets another one at once.
set -euo pipefail
trap '' INT TERM HUP # the end of standard input is the one signal

die() {
    echo "pgbouncer.sh: $1" >&2
    exit 1
}

program=$(PATH="$PATH:/usr/sbin" command -v pgbouncer) || die "no pgbouncer; install it with: apt-get install pgbouncer"
as_owner=()
if [ "$(id -u)" = 0 ]; then
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/fairdraw-bouncer.XXXXXX")
[ "${#as_owner[@]}" = 0 ] || chown postgres "$folder"
cd "$folder"
child=
stop() {
    [ -z "$child" ] || kill -KILL "$child" 2>/dev/null || true
    cd /
    rm -rf "$folder"
}
trap stop EXIT

"${as_owner[@]}" tee "$folder/users.txt" >/dev/null <<<'"fairdraw" ""'
"${as_owner[@]}" tee "$folder/bouncer.ini" >/dev/null <<SETTINGS
[databases]
* = host=$1

[pgbouncer]
listen_port = 6432
unix_socket_dir = $folder
auth_type = trust
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
logfile = $folder/log
pidfile = $folder/pid
SETTINGS
"${as_owner[@]}" "$program" -q "$folder/bouncer.ini" >/dev/null 2>&1 &
child=$!
for _ in $(seq 200); do
    [ -S "$folder/.s.PGSQL.6432" ] && break
    kill -0 "$child" 2>/dev/null || { cat "$folder/log" >&2; die "pgbouncer did not start"; }
    sleep 0.05
done
[ -S "$folder/.s.PGSQL.6432" ] || die "pgbouncer did not start"

echo "ready $folder"
exec 1>&-
cat >/dev/null
