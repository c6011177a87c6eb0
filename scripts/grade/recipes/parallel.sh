#!/bin/sh
# Grades a class with GNU parallel: on this machine, or over ssh on several.
#
#   sh scripts/grade/recipes/parallel.sh submissions/ report/ --jobs 4
#   sh scripts/grade/recipes/parallel.sh submissions/ report/ --sshloginfile machines --workdir .
#
# Every machine needs the workbook, installed, and sees both folders at the same path. What follows them is parallel's. SEED and
# LESSON (one name) may be set. Status 75 of a grader means that it was not the student's fault: it is tried once more. Started
# again, it goes on where it was (--resume of parallel).
#
# Where the sandbox is `user` all of a machine share one network: one job on each then.
set -eu
submissions=$1
report=$2
shift 2
seed=${SEED:-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')}
mkdir -p "$report"
# The seed of the first start counts: all marks of a class come from the same one.
[ -s "$report/seed" ] || echo "$seed" >"$report/seed"
find "$submissions" -mindepth 1 -maxdepth 1 ! -name '.*' -print0 | sort -z |
  parallel --null --quote --retries 2 --joblog "$report/jobs.tsv" --resume-failed "$@" \
    env 'WORKBOOK_SLOT={%}' npm run --silent grade -- one '{}' \
    --seed "$(cat "$report/seed")" --out "$report/" ${LESSON:+--lesson "$LESSON"} || true
npm run --silent grade -- report "$report"
