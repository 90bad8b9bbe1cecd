#!/usr/bin/env bash
# The entrypoint of the replica: copy the primary once, then follow it with the server's options that are passed on.
set -euo pipefail

# libpq reads passwords only from a file that nobody else can read, which a secret is not.
password_file=$(mktemp)
printf '*:*:*:*:%s\n' "$(cat "$SECRETS/replication_password")" > "$password_file"
primary="host=$PRIMARY_HOST port=$PRIMARY_PORT user=replication passfile=$password_file application_name=replica"

if [ ! -e "$PGDATA/PG_VERSION" ]; then
  # Elsewhere first: a copy that was interrupted must not look like a cluster.
  rm -rf "$PGDATA.part"
  pg_basebackup --dbname="$primary" --pgdata="$PGDATA.part" --slot=replica --wal-method=stream --checkpoint=fast
  # Only now: a replica that has been promoted stays a primary when it starts again.
  touch "$PGDATA.part/standby.signal"
  mv "$PGDATA.part" "$PGDATA"
fi

# After a promotion, Dateline compares cluster_name with the replicas that were synchronous.
exec "$@" --cluster_name=replica --primary_conninfo="$primary" --primary_slot_name=replica
