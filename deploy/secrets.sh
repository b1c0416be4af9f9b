#!/bin/sh
# Makes what compose.yaml reads from ../secrets, once: the master key, EventStoreDB's certificate and passwords.
#   deploy/secrets.sh [directory]
# What is there already stays. Keep a copy of master-key where the database's backups are not.
set -eu
umask 077
place=${1:-"$(dirname "$0")/../secrets"}
mkdir -p "$place/eventstore/ca"
cd "$place"
if [ ! -e master-key ]; then openssl rand -hex 32 >master-key; fi
if [ ! -e eventstore/node.key ]; then
  trap 'rm -f eventstore/ca.key eventstore/node.csr eventstore/node.ext' EXIT
  # An authority for this one certificate; its key is not kept: who wants another certificate makes both anew.
  openssl req -x509 -newkey rsa:2048 -nodes -days 1825 -subj '/O=Redress/CN=Redress EventStoreDB CA' \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout eventstore/ca.key -out eventstore/ca/ca.crt 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj '/CN=eventstoredb-node' \
    -keyout eventstore/node.key -out eventstore/node.csr 2>/dev/null
  cat >eventstore/node.ext <<'END'
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:eventstore, DNS:localhost, IP:127.0.0.1
END
  openssl x509 -req -days 1825 -in eventstore/node.csr -CA eventstore/ca/ca.crt -CAkey eventstore/ca.key \
    -CAcreateserial -CAserial eventstore/ca.srl -extfile eventstore/node.ext -out eventstore/node.crt 2>/dev/null
  rm -f eventstore/ca.srl
fi
if [ ! -e eventstore-url ]; then
  password=$(openssl rand -hex 24)
  # Read at EventStoreDB's first start only.
  printf 'EVENTSTORE_DEFAULT_ADMIN_PASSWORD=%s\nEVENTSTORE_DEFAULT_OPS_PASSWORD=%s\n' \
    "$password" "$(openssl rand -hex 24)" >eventstore/passwords.env
  printf 'esdb://admin:%s@eventstore:2113?tlsCAFile=/run/secrets/eventstore-ca\n' "$password" >eventstore-url
fi
chmod 755 eventstore/ca && chmod 444 eventstore/ca/ca.crt eventstore/node.crt
chmod 400 master-key eventstore-url eventstore/node.key eventstore/passwords.env
# The programs and EventStoreDB run as user 1000 in their containers.
secrets='master-key eventstore-url eventstore/node.key'
if [ "$(id -u)" = 0 ]; then
  chown 1000 $secrets
elif [ "$(id -u)" != 1000 ]; then
  echo "Now: (cd $(pwd) && sudo chown 1000 $secrets)"
fi
