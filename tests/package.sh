#!/usr/bin/env bash
# Installs a package into a throw-away view of this machine, starts what it installs as the unit
# would, asks it, stops it, upgrades it and takes it away. Nothing of the machine is changed.
#
#   tests/package.sh target/debian/fairdraw_0.1.0-1_amd64.deb      (as root)
set -euo pipefail

deb=$(realpath "${1:?the path of a package}")
[ "$(id -u)" = 0 ] || { echo "package.sh mounts a view of this machine: run it as root" >&2; exit 1; }

place=$(mktemp -d)
root=$place/root
server=
leave() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    umount --recursive --lazy "$root" 2>/dev/null || true
    umount --lazy "$place" 2>/dev/null || true
    rmdir "$place" 2>/dev/null || true
}
trap leave EXIT
say() { echo "package: $*"; }
fail() { echo "package: FAILED: $*" >&2; exit 1; }

mount -t tmpfs -o size=4g,mode=755 package "$place"
mkdir "$place/upper" "$place/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" package "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
cp "$deb" "$root/tmp/fairdraw.deb"
inside() { chroot "$root" "$@"; }

inside dpkg --install /tmp/fairdraw.deb
inside getent passwd fairdraw >/dev/null || fail "no user fairdraw"
own=$(inside id -u fairdraw)
[ "$(stat -c '%a %u' "$root/var/lib/fairdraw")" = "700 $own" ] || fail "/var/lib/fairdraw is open to others"
[ "$(stat -c '%a %u' "$root/var/lib/fairdraw-backups")" = "700 $own" ] || fail "/var/lib/fairdraw-backups is not its own"
[ "$(stat -c %a "$root/etc/fairdraw/Rocket.toml")" = 640 ] || fail "Rocket.toml can be read by everybody"
for unit in fairdraw.service fairdraw-backup.service fairdraw-backup.timer; do
    [ -f "$root/lib/systemd/system/$unit" ] || [ -f "$root/usr/lib/systemd/system/$unit" ] || fail "no $unit"
done
say "installed: user, folders, settings, units"

# Data and keys want a disk of their own kind; the view itself is none.
truncate --size 300M "$place/disk"
mkfs.ext4 -q "$place/disk"
mount -o loop "$place/disk" "$root/var/lib/fairdraw"
rmdir "$root/var/lib/fairdraw/lost+found"
inside chown fairdraw:fairdraw /var/lib/fairdraw
inside chmod 700 /var/lib/fairdraw

code=0
inside fairdraw-run check --offline || code=$?
[ "$code" = 2 ] || fail "the check of a new installation ended with $code"

port=18473
if curl --silent "http://127.0.0.1:$port/healthz" >/dev/null; then fail "port $port is taken"; fi
# Each of these becomes the next, so that the signal below reaches the program.
chroot "$root" env ROCKET_PORT=$port fairdraw-run >"$place/out" 2>&1 &
server=$!
for _ in $(seq 600); do
    curl --silent --fail "http://127.0.0.1:$port/healthz/ready" >/dev/null && break
    kill -0 "$server" 2>/dev/null || { cat "$place/out" >&2; fail "it ended"; }
    read -rt 0.2 <> <(:) || true
done
curl --silent --fail "http://127.0.0.1:$port/healthz/ready" || fail "it is not ready"
for process in $(pgrep --parent "$server" || true) "$server"; do
    [ "$(stat -c %u "/proc/$process")" != 0 ] || fail "a process runs as root"
done
[ -d "$root/var/lib/fairdraw/keys" ] && [ -d "$root/var/lib/fairdraw/data" ] || fail "no data or keys"
inside fairdraw-run backup /var/lib/fairdraw-backups/one.fairdraw-backup
code=0
inside fairdraw-run check --offline || code=$?
[ "$code" -le 2 ] && [ "$code" != 1 ] || fail "the check beside the server ended with $code"
kill -TERM "$server" || { cat "$place/out" >&2; fail "it is gone"; }
code=0
wait "$server" || code=$?
server=
[ "$code" = 0 ] || { cat "$place/out" >&2; fail "it stopped with $code"; }
say "started, ready, backed up, stopped with 0"

inside dpkg --install /tmp/fairdraw.deb
inside dpkg --purge fairdraw
[ -d "$root/var/lib/fairdraw/keys" ] || fail "removing the package took the keys away"
say "upgraded and purged; data and keys stay"
