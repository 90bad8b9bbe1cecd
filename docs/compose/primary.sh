#!/usr/bin/env bash
# The image of the primary runs this once, after it has created the cluster: the roles and the database of Dateline.
# Dateline's role owns its database and is no superuser, so the extensions are created here.
set -eo pipefail # as in the image's own script, which may read this one

psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres --no-psqlrc --quiet <<SQL
\set database_password \`cat '$SECRETS/database_password'\`
\set replication_password \`cat '$SECRETS/replication_password'\`
CREATE ROLE dateline LOGIN PASSWORD :'database_password';
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'replication_password';
CREATE DATABASE dateline OWNER dateline TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
SELECT pg_create_physical_replication_slot('replica') \g /dev/null
\connect dateline
CREATE EXTENSION postgis;
SQL

echo "host replication replication samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
