#!/usr/bin/env bash
# A streaming copy of the throw-away cluster in a folder, that lives as long as this script's
# standard input is open. Prints `ready FOLDER` as tests/support/postgres.sh does.
set -euo pipefail
trap '' INT TERM HUP # the end of standard input is the one signal

die() {
    echo "standby.sh: $1" >&2
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

primary=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/fairdraw-standby.XXXXXX")
[ "${#as_owner[@]}" = 0 ] || chown postgres "$folder"
cd "$folder"
stop() {
    "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$folder"
}
trap stop EXIT

"${as_owner[@]}" "$bin/pg_basebackup" -h "$primary" -U fairdraw -D "$folder/data" -R --checkpoint=fast \
    || die "the copy cannot be made"
"${as_owner[@]}" tee -a "$folder/data/postgresql.conf" >/dev/null <<SETTINGS
unix_socket_directories = '$folder'
hot_standby = on
SETTINGS
"${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" --wait --timeout=60 start >/dev/null \
    || { cat "$folder/log" >&2; die "the copy did not start"; }

echo "ready $folder"
exec 1>&-
cat >/dev/null
