#!/bin/sh
# test/peers/pg/stop.sh FOLDER: stops what start.sh started there, at once, and deletes it.
set -eu
folder=$(realpath -m "${1:?usage: stop.sh FOLDER}")
as=
[ "$(id -u)" != 0 ] || as="setpriv --reuid=postgres --regid=postgres --clear-groups"
cd /
[ ! -f "$folder/data/postmaster.pid" ] ||
    $as /usr/lib/postgresql/15/bin/pg_ctl -D "$folder/data" -m immediate -w -t 10 stop >/dev/null
rm -rf "$folder"
