#!/bin/sh
# Makes the certificates beside this file anew, with OpenSSL 3. Their keys are not kept: each is an Ed25519 key whose
# seed is the SHA-256 of the certificate's name, which certificates.ts computes again.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() {
    {
        printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'
        printf '%s' "$1" | openssl dgst -sha256 -binary
    } | openssl pkey -inform DER -out "$work/$1.key"
}

cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = this
[this]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = default
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
CNF
: > "$work/index"

# name, how it is signed, first day, last day, extension
certificate() {
    key "$1"
    openssl req -new -key "$work/$1.key" -subj "/CN=$1" -addext "$5" -out "$work/$1.csr"
    # shellcheck disable=SC2086 # The way of signing is several words.
    openssl ca -batch -notext -config "$work/ca.cnf" $2 -startdate "$3" -enddate "$4" -in "$work/$1.csr" -out "$1.pem"
}

own_key() {
    echo "-selfsign -keyfile $work/$1.key"
}

by_authority="-cert authority.pem -keyfile $work/authority.key"
here=subjectAltName=IP:127.0.0.1,DNS:localhost

certificate authority "$(own_key authority)" 20200101000000Z 21200101000000Z basicConstraints=critical,CA:TRUE
certificate trusted "$by_authority" 20200101000000Z 21200101000000Z "$here"
certificate expired "$by_authority" 20200101000000Z 20200201000000Z "$here"
certificate wrong-host "$by_authority" 20200101000000Z 21200101000000Z subjectAltName=DNS:elsewhere.example
certificate self-signed "$(own_key self-signed)" 20200101000000Z 21200101000000Z "$here"
