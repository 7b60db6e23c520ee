#!/usr/bin/env bash
# Finds everything that `make test` needs; installs what is missing when it may, else says what to install.
#
# It never lets a test be skipped: a missing tool is an error here, before the first test runs.
# It may install Debian packages when it runs as root on a system with apt-get, and always runs
# `npm ci` in tests/browser when the installed packages are older than the lock file.
#
# `tests/prerequisites.sh disks` asks also for what the tests of full and broken disks need.
set -euo pipefail
cd "$(dirname "$0")/.."

missing_packages=()
missing_words=()
checked_apt=no

# need WHAT PACKAGE TEST...: notes PACKAGE when TEST fails.
need() {
    local what=$1 package=$2
    shift 2
    "$@" >/dev/null 2>&1 && return
    missing_packages+=("$package")
    missing_words+=("$what")
}

# Not called by the name of a program: `command -v` would find the function.
a_browser() {
    [ -x "${CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome
}
cjk_fonts() { fc-list :lang=zh-tw | grep -q .; }
postgresql() { command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb'; }
# Debian keeps programs for administrators where a user's PATH does not lead.
on_system_path() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1"; }
pgbouncer_program() { command -v pgbouncer || [ -x /usr/sbin/pgbouncer ]; }
exim() { command -v exim4 || [ -x /usr/sbin/exim4 ]; }

look() {
    missing_packages=()
    missing_words=()
    need "a C compiler (SQLite, libpq and ring are built from source)" build-essential command -v cc
    need "make" make command -v make
    need "Chromium (or set CHROMIUM to its path)" chromium a_browser
    need "fc-list" fontconfig command -v fc-list
    need "a font with Chinese as written in Taiwan" fonts-noto-cjk cjk_fonts
    need "the PostgreSQL server programs (initdb, pg_ctl)" postgresql postgresql
    need "the connection pooler PgBouncer" pgbouncer pgbouncer_program
    need "the mail server Exim" exim4-daemon-light exim
    need "openssl" openssl command -v openssl
    need "setpriv" util-linux command -v setpriv
    # The proxies whose sample configurations are shipped.
    need "nginx" nginx-light on_system_path nginx
    need "HAProxy" haproxy on_system_path haproxy
    need "Caddy" caddy on_system_path caddy
    # Only `make soak` needs these; a test that nobody can run is worse than four packages.
    need "slowhttptest" slowhttptest command -v slowhttptest
    need "testssl" testssl.sh command -v testssl
    need "mkfs.ext4" e2fsprogs on_system_path mkfs.ext4
    need "mkfs.xfs" xfsprogs on_system_path mkfs.xfs
    need "losetup" mount on_system_path losetup
    need "Node.js 20 or newer" nodejs command -v node
    need "npm" npm command -v npm
    need "Python 3.9 or newer" python3 command -v python3
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

look
if [ "${#missing_packages[@]}" -gt 0 ] && may_install; then
    echo "prerequisites: installing ${missing_packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # The tests start their own servers; a package must not start one on port 80 (Debian policy 9.3.3.2).
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    apt-get install -y -qq --no-install-recommends "${missing_packages[@]}" >/dev/null
    checked_apt=yes
    look
fi

failed=no
for i in "${!missing_packages[@]}"; do
    echo "prerequisites: missing ${missing_words[$i]}; install it with: apt-get install ${missing_packages[$i]}" >&2
    failed=yes
done
if ! command -v cargo >/dev/null; then
    echo "prerequisites: missing cargo; install Rust from https://rustup.rs" >&2
    failed=yes
fi
if command -v node >/dev/null && ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
    echo "prerequisites: Node.js $(node --version) is too old; the browser tests need 20 or newer" >&2
    failed=yes
fi
if command -v python3 >/dev/null && ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
    echo "prerequisites: $(python3 --version) is too old; the agreement of the verifiers needs 3.9 or newer" >&2
    failed=yes
fi
mounts() { unshare --mount mount -t tmpfs -o size=1m fairdraw /mnt; }
if [ "${1:-}" = disks ] && ! mounts 2>/dev/null; then
    echo "prerequisites: the tests of full and broken disks mount small disks of their own; run this as root, in a container with --privileged" >&2
    failed=yes
fi
[ "$failed" = no ] || exit 1
[ "$checked_apt" = no ] || echo "prerequisites: installed"

# npm writes node_modules/.package-lock.json last, so it is also the sign of a finished install.
if [ ! tests/browser/node_modules/.package-lock.json -nt tests/browser/package-lock.json ]; then
    echo "prerequisites: installing the npm packages of the browser tests"
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    touch tests/browser/node_modules/.package-lock.json
fi
echo "prerequisites: all found"
