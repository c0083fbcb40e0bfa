#!/bin/bash
# test/fresh_machine.sh [FOLDER]: proves the two commands on a fresh Debian 12 that has git, make and root and
# nothing else: clone, `make run`, open the address; then start it again. FOLDER (with a base/ inside, if
# there is one from before) is used for the machine, else a temporary one that is deleted.
#
# It needs root and debootstrap. Mirror, proxy and certificates are those this machine is set up with.
# MAKE_TEST=1 runs `make test` on that machine too.
set -euo pipefail
FIRST_S_MAX=180 SECOND_S_MAX=2
root=$(cd "$(dirname "$0")/.." && pwd)
[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
command -v debootstrap >/dev/null || { echo "needs debootstrap"; exit 77; }

work=${1:-$(mktemp -d /tmp/rapport-fresh.XXXXXX)}
mkdir -p "$work"
machine=$work/machine
child=

clean_up() {
    [ -z "$child" ] || kill -9 "$child" 2>/dev/null || true
    sleep 0.2
    rm -rf --one-file-system "$machine" "$work/source" "$work/log"
    [ $# = 0 ] || rm -rf --one-file-system "$work"
}
if [ $# = 0 ]; then trap 'clean_up all' EXIT; else trap 'clean_up' EXIT; fi

# ---- the machine
if [ ! -d "$work/base" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk '$2 == "bookworm" { print $1; exit }')
    echo "debootstrap bookworm"
    debootstrap --variant=minbase --include=git,make bookworm "$work/base.part" "$mirror" >"$work/debootstrap.log"
    mv "$work/base.part" "$work/base"
fi
rm -rf "$machine"
cp -a "$work/base" "$machine"
rm -rf "$machine/etc/apt/sources.list" "$machine"/etc/apt/sources.list.d/*
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    sort -u | grep ' bookworm' >"$machine/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(https?::|Check-|ftp)' >"$machine/etc/apt/apt.conf.d/90this-machine" || true
cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
cp -L /etc/hosts "$machine/etc/hosts"
settings=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name:-}" ] || settings+=("$name=${!name}")
done
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then # this machine's line to the outside has a certificate of its own
    mkdir -p "$machine/etc/ssl/certs"
    cp -L "$NODE_EXTRA_CA_CERTS" "$machine/etc/ssl/this-machine.crt"
    settings+=(NODE_EXTRA_CA_CERTS=/etc/ssl/this-machine.crt npm_config_cafile=/etc/ssl/this-machine.crt)
fi
registry=$(npm config get registry 2>/dev/null || true)
case $registry in "" | undefined | https://registry.npmjs.org/) ;; *) settings+=("npm_config_registry=$registry") ;; esac

# ---- the source: what stands in the tree now, committed or not
rm -rf "$work/source"
mkdir "$work/source"
(cd "$root" && git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null -T - -cf - | tar -xf - -C "$work/source")
git -C "$work/source" init -q -b main
git -C "$work/source" add -A
git -C "$work/source" -c user.name=test -c user.email=test@example.org commit -q -m source
mkdir -p "$machine/srv"
cp -a "$work/source" "$machine/srv/source"
chown -R root:root "$machine/srv/source"

inside() { # inside COMMAND: a shell on the machine, with nothing of this one's environment
    env -i "${settings[@]}" HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb \
        unshare --mount --pid --fork --kill-child --mount-proc="$machine/proc" chroot "$machine" /bin/bash -c "$1"
}
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }
received() { awk '/:/ && $1 != "lo:" { sum += $2 } END { printf "%d", sum / 1e6 }' /proc/net/dev; }

# Another server may have the standard port on this machine; a fresh one would not.
listen=
if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then listen="RAPPORT_LISTEN=127.0.0.1:18080"; fi

start() { # start LIMIT: runs `make run`, waits for the page behind the address it prints
    local began address=
    began=$(now)
    : >"$work/log"
    inside "cd /root/rapport && $listen make run" >"$work/log" 2>&1 &
    child=$!
    while :; do
        address=$(grep -oE 'http://[^[:space:]]+' "$work/log" | grep -E '127\.0\.0\.1|localhost' | tail -n 1 || true)
        if [ -n "$address" ] && page=$(curl -fsS --noproxy '*' --max-time 5 "$address" 2>/dev/null); then break; fi
        if ! kill -0 "$child" 2>/dev/null || [ "$(since "$began" | cut -d. -f1)" -gt 900 ]; then
            cat "$work/log"
            echo "FAILED: make run answered nothing"
            exit 1
        fi
        sleep 0.02
    done
    took=$(since "$began")
    grep -qi '<!doctype html' <<<"$page" || { echo "FAILED: $address is no page"; exit 1; }
}
stop() {
    pkill -9 -P "$child" || true # the shell inside; --kill-child takes all that it started
    kill -9 "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    child=
    sleep 0.5
}

failed=0
before=$(received)
inside "git clone -q /srv/source /root/rapport"
start
first=$took
echo "first start: $first s until the first page, $(($(received) - before)) MB received, $(nproc) cores"
tail -n 5 "$work/log"
stop
start
second=$took
echo "second start: $second s until the first page"
stop
awk -v s="$first" -v max=$FIRST_S_MAX 'BEGIN { exit s > max }' || { echo "FAILED: more than $FIRST_S_MAX s"; failed=1; }
awk -v s="$second" -v max=$SECOND_S_MAX 'BEGIN { exit s > max }' || { echo "FAILED: more than $SECOND_S_MAX s"; failed=1; }

if [ "${MAKE_TEST:-}" = 1 ]; then
    began=$(now)
    inside "cd /root/rapport && make test" || failed=1
    echo "make test: $(since "$began") s"
fi
echo "$((2 - failed)) passed, $failed failed"
exit $failed
