#!/usr/bin/env bash
# Exim as a private mail server that lives as long as this script's standard input is open.
#
# Usage: smtp_daemon.sh PORT FOLDER SECONDS
# Takes mail for anybody on 127.0.0.1:PORT, offers STARTTLS with FOLDER/cert.pem (for `localhost`
# and 127.0.0.1), thinks SECONDS about each whole message before it answers, and delivers every message
# into the maildir FOLDER/mail. Nothing is sent on.
# FOLDER must exist; a second start with the same FOLDER goes on with the same certificate, queue
# and maildir, as a mail server does that was down for a while. Prints `ready` when it listens.
set -euo pipefail
trap '' INT TERM HUP # the end of standard input is the one signal

die() {
    echo "smtp_daemon.sh: $1" >&2
    exit 1
}

[ $# = 3 ] || die "usage: smtp_daemon.sh PORT FOLDER SECONDS"
port=$1
folder=$(cd "$2" && pwd)
exim=$(command -v exim4 || echo /usr/sbin/exim4)
[ -x "$exim" ] || die "no exim4; install it with: apt-get install exim4-daemon-light"

# Started by root, Exim would change to its own user and lose the private configuration on the way.
as_owner=()
if [ "$(id -u)" = 0 ]; then
    as_owner=(setpriv --reuid=Debian-exim --regid=Debian-exim --clear-groups)
fi

mkdir -p "$folder/spool" "$folder/log" "$folder/mail"
if [ ! -e "$folder/cert.pem" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -addext basicConstraints=critical,CA:FALSE \
        -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null || die "openssl made no certificate"
fi
cat >"$folder/exim.conf" <<CONFIGURATION
exim_path = $exim
primary_hostname = localhost
spool_directory = $folder/spool
log_file_path = $folder/log/%slog
pid_file_path = $folder/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $port
smtp_accept_max = 100
tls_advertise_hosts = *
tls_certificate = $folder/cert.pem
tls_privatekey = $folder/key.pem
host_lookup =
deliver_drop_privilege = true
keep_environment =
acl_smtp_rcpt = accept
acl_smtp_data = thinks
begin acl
thinks:
  accept delay = ${3}s
begin routers
everyone:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = $folder/mail
  create_directory
CONFIGURATION
[ "${#as_owner[@]}" = 0 ] || chown -R Debian-exim:Debian-exim "$folder"

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
! listens || die "port $port is taken"
"${as_owner[@]}" "$exim" -C "$folder/exim.conf" -bdf -q1m >"$folder/log/output" 2>&1 &
daemon=$!
stop() {
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
}
trap stop EXIT

until listens; do
    kill -0 "$daemon" 2>/dev/null || { cat "$folder"/log/* >&2; die "exim did not start on port $port"; }
    sleep 0.05
done

echo ready
exec 1>&-
cat >/dev/null
