#!/bin/sh
# test/peers/pg/start.sh FOLDER [PORT]: a PostgreSQL 15 on 127.0.0.1:PORT (25432) with the superuser "app", all
# of its files in FOLDER, which is emptied first. As root it runs as the user "postgres".
# PG_DURABLE=1: nothing is lost on a crash, for benchmarks; without it it is fast and forgetful.
set -eu
folder=$(realpath -m "${1:?usage: start.sh FOLDER [PORT]}")
port=${2:-25432}
bin=/usr/lib/postgresql/15/bin
[ -x $bin/initdb ] || { echo "no PostgreSQL 15 here" >&2; exit 77; }
[ ${#folder} -lt 85 ] || { echo "too long for a Unix socket: $folder" >&2; exit 1; }
durable=off
[ "${PG_DURABLE:-0}" = 0 ] || durable=on

rm -rf "$folder"
mkdir -p "$folder"
as=
if [ "$(id -u)" = 0 ]; then
    as="setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=$folder LC_ALL=C.UTF-8"
    chown postgres "$folder"
fi
cd /
$as $bin/initdb -D "$folder/data" -A trust -U app --no-sync -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1
$as $bin/pg_ctl -D "$folder/data" -l "$folder/server.log" -w -t 20 start >/dev/null -o "-p $port -c fsync=$durable \
    -c synchronous_commit=$durable -c full_page_writes=$durable -c shared_buffers=128MB -c max_connections=200 \
    -c unix_socket_directories=$folder -c listen_addresses=127.0.0.1"
