#!/bin/sh
# Opens the sample report in a headless Chromium: light and dark, desktop and phone.
# Usage: run.sh CHROMIUM SAMPLE_PAGE WORK_DIR. Exit code 77: skipped, there is no browser.
#
# Fails on a console message, on any request to a network (Chromium's own log says which there
# were), on a blank picture, and on what inspect.html finds in the page. A control page that does
# both wrong things proves first that they would be seen.
set -u

chromium=$1
sample_page=$2
work=$3
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "$chromium" ] || [ ! -x "$chromium" ]; then
  echo "skipped: no Chromium"
  exit 77
fi

rm -rf "$work"
mkdir -p "$work" || exit 1
cp "$here/inspect.html" "$here/control.html" "$work/" || exit 1
"$sample_page" "$work/page.html" || exit 1

failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# browse NAME URL OPTION...: output in NAME.out, console and errors in NAME.err, requests in NAME.net
browse() {
  name=$1
  url=$2
  shift 2
  rm -rf "$work/profile"
  timeout 90 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --disable-default-apps --disable-extensions --hide-scrollbars --force-device-scale-factor=1 \
    --host-resolver-rules="MAP * ~NOTFOUND" --user-data-dir="$work/profile" \
    --enable-logging=stderr --v=0 --log-net-log="$work/$name.net" "$@" "$url" \
    >"$work/$name.out" 2>"$work/$name.err"
  status=$?
  rm -rf "$work/profile"
  return $status
}

console_lines() { grep -c 'CONSOLE' "$work/$1.err"; }
# What a page asked for. Chromium's own errands (updates, clock) have "not an origin" as initiator.
network_requests() {
  grep '"initiator":' "$work/$1.net" | grep -v '"initiator":"not an origin"' |
    grep -o '"url":"\(https\{0,1\}\|wss\{0,1\}\|ftp\):[^"]*"' | sort -u
}

browse control "file://$work/control.html" --virtual-time-budget=2000 --dump-dom ||
  fail "the browser does not run, see $work/control.err"
[ "$(console_lines control)" -gt 0 ] || fail "a console error of the control page is not seen"
network_requests control | grep -q '127.0.0.1:9' ||
  fail "a request of the control page is not seen"

quiet() {
  if [ "$(console_lines "$1")" -ne 0 ]; then
    fail "$1: console messages"
    grep 'CONSOLE' "$work/$1.err"
  fi
  [ -s "$work/$1.net" ] || fail "$1: no log of requests"
  requests=$(network_requests "$1")
  [ -z "$requests" ] || fail "$1: requests to the network: $requests"
}

for theme in light dark; do
  for screen in desktop phone; do
    shot=$theme-$screen
    size=1280,1400
    [ $screen = phone ] && size=500,1400
    dark=
    [ $theme = dark ] && dark=--force-dark-mode
    browse "$shot" "file://$work/page.html" --window-size=$size \
      --screenshot="$work/$shot.png" $dark || fail "$shot: the browser failed"
    quiet "$shot"
    [ -s "$work/$shot.png" ] || fail "$shot: no picture"
  done
done

browse inspect "file://$work/inspect.html" --allow-file-access-from-files \
  --window-size=1400,1400 --virtual-time-budget=20000 --dump-dom ||
  fail "inspect: the browser failed"
quiet inspect
grep '^\(ok\|FAILED\): ' "$work/inspect.out"
grep -q '^FAILED: ' "$work/inspect.out" && fail "inspect: see above"
grep -q '^all inspected' "$work/inspect.out" || fail "inspect: did not reach its end"

if [ $failures -eq 0 ]; then
  echo "passed; pictures are in $work"
  exit 0
fi
exit 1
