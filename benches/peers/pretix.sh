#!/usr/bin/env bash
# pretix as its own documentation sets it up (PostgreSQL, gunicorn with two workers), with one event and
# one free product, for `make bench PARTS=peers`.
#
# It comes from PyPI into target/peers, or into the folder that FAIRDRAW_PEERS names; nothing of it is
# kept here. Its tables are made once and a dump of them is kept beside it; every run begins with that
# dump in a database of its own. With `--prepare` it does no more than that.
#
# It lives as long as this script's standard input is open, and prints one line when it
# answers: `ready PORT REQUEST PROCESS PROCESS`. REQUEST is a file with one order as it is sent, in which
# {person} stands for the number of whoever orders; the processes, with their children, are what an
# order costs.
set -euo pipefail
trap '' INT TERM HUP # the end of standard input is the one signal

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
kept=${FAIRDRAW_PEERS:-${CARGO_TARGET_DIR:-$root/target}/peers}
version=2026.8.0
folder=$(mktemp -d "${TMPDIR:-/tmp}/fairdraw-peer.XXXXXX")
served=
database=
stop() {
    [ -z "$served" ] || kill "$served" 2>/dev/null || true
    [ -z "$database" ] || { eval "exec $database>&-"; wait 2>/dev/null || true; }
    rm -rf "$folder"
}
trap stop EXIT

say() { echo "pretix.sh: $1" >&2; }
die() { say "$1"; exit 1; }

for program in python3 psql pg_dump; do
    command -v "$program" >/dev/null || die "no $program; apt-get install python3-venv postgresql, or make prerequisites"
done
python=$kept/pretix/bin/python
if ! "$python" -c "import pretix, sys; sys.exit(pretix.__version__ != '$version')" 2>/dev/null \
    || [ ! -x "$kept/pretix/bin/gunicorn" ]; then
    say "installing pretix $version from PyPI into $kept (some minutes)"
    mkdir -p "$kept"
    python3 -m venv "$kept/pretix" || die "no venv; apt-get install python3-venv"
    "$kept/pretix/bin/pip" install --quiet "pretix==$version" gunicorn
fi

# A server that has stored what it says, as Fairdraw's own is measured on.
mkfifo "$folder/hold"
"$root/tests/support/postgres.sh" "fsync = on" "synchronous_commit = on" "full_page_writes = on" \
    "shared_buffers = 512MB" "max_wal_size = 4GB" <"$folder/hold" >"$folder/postgres" &
held=$!
exec {database}>"$folder/hold"
until grep -q '^ready' "$folder/postgres"; do
    kill -0 "$held" 2>/dev/null || { say "no PostgreSQL"; exit 1; }
    sleep 0.2
done
socket=$(cut -d' ' -f2 "$folder/postgres")
server=$(head -1 "$socket/data/postmaster.pid")
psql -qXh "$socket" -U fairdraw -d postgres -c 'CREATE DATABASE pretix' >&2

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$folder/pretix.cfg" <<SETTINGS
[pretix]
instance_name=bench
url=http://127.0.0.1:$port
currency=TWD
datadir=$folder/data
registration=off
[database]
backend=postgresql
name=pretix
user=fairdraw
host=$socket
[django]
secret=$(head -c 30 /dev/urandom | base64)
SETTINGS
mkdir -p "$folder/data"
export PRETIX_CONFIG_FILE=$folder/pretix.cfg DJANGO_SETTINGS_MODULE=pretix.settings
cd "$folder"
dump=$kept/pretix-$version.sql
at=(-h "$socket" -U fairdraw)

# The tables, one event with one free product, and the token of a team; its number and the token.
prepare() {
    say "making its tables (some minutes; a dump of them is kept in $kept)"
    "$python" -m pretix migrate >"$folder/migrate" 2>&1 || { tail -5 "$folder/migrate" >&2; exit 1; }
    "$python" - >"$folder/made" 2>"$folder/making" <<'PYTHON' || { tail -5 "$folder/making" >&2; exit 1; }
import django
django.setup()
from django.utils.timezone import now
from django_scopes import scopes_disabled
from pretix.base.models import Event, Organizer, Team

with scopes_disabled():
    library = Organizer.objects.create(name="Library", slug="library")
    event = Event.objects.create(
        organizer=library, name="Autumn reading draw", slug="rush", date_from=now(),
        currency="TWD", live=True, plugins="",
    )
    event.set_defaults()
    item = event.items.create(name="Entry", default_price=0)
    quota = event.quotas.create(name="Entries", size=None)
    quota.items.add(item)
    team = Team.objects.create(
        organizer=library, name="bench", all_events=True,
        all_event_permissions=True, all_organizer_permissions=True,
    )
    token = team.tokens.create(name="bench")
    print(item.pk, token.token)
PYTHON
    cp "$folder/made" "$dump.made"
    pg_dump "${at[@]}" --no-owner pretix >"$dump.part"
    mv "$dump.part" "$dump"
}

if [ -s "$dump" ] && [ -s "$dump.made" ]; then
    psql "${at[@]}" -qX -v ON_ERROR_STOP=1 -d pretix -f "$dump" >/dev/null
else
    prepare
fi
psql "${at[@]}" -qX -d pretix -c 'VACUUM ANALYZE'
[ "${1-}" != --prepare ] || { say "ready for make bench PARTS=peers"; exit 0; }
read -r item token <"$dump.made"

"$kept/pretix/bin/gunicorn" pretix.wsgi --workers 2 --bind "127.0.0.1:$port" >"$folder/served" 2>&1 &
served=$!

# What Fairdraw's own form asks: name, telephone, mail, address.
body='{"email":"person{person}@mailbox.example","phone":"+886912345678","locale":"en","sales_channel":"web","status":"p","positions":[{"item":'$item',"price":"0.00","attendee_name_parts":{"full_name":"王小明"},"attendee_email":"person{person}@mailbox.example","street":"建國南路二段{person}號","zipcode":"106","city":"臺北市大安區","country":"TW","answers":[]}]}'
printf 'POST /api/v1/organizers/library/events/rush/orders/ HTTP/1.1\nHost: 127.0.0.1:%s\nAuthorization: Token %s\nContent-Type: application/json\n\n%s' \
    "$port" "$token" "$body" >"$folder/request"
# Its own /healthcheck/ is never well without Redis, so the event is asked for.
answers='import sys, urllib.request as u
event = "http://127.0.0.1:" + sys.argv[1] + "/api/v1/organizers/library/events/rush/"
u.urlopen(u.Request(event, headers={"Authorization": "Token " + sys.argv[2]}), timeout=30)'
until python3 -c "$answers" "$port" "$token" 2>/dev/null; do
    kill -0 "$served" 2>/dev/null || { tail -5 "$folder/served" >&2; exit 1; }
    sleep 0.2
done
echo "ready $port $folder/request $served $server"
exec 1>&-
cat >/dev/null
