#!/bin/sh
# Opens the real window on a study under Xvfb, works in it with xdotool and
# keeps screenshots to look at.
#
#   cmd/vertefill-desktop/smoke.sh OUTDIR [STUDY]
#
# Without STUDY the demonstration case is used. SECONDS_WAIT is how long the
# analysis may take (default 120). Needs xvfb, xdotool, imagemagick.
# Fails when the window dies, stays blank or does not react.
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
study=${2:-}
wait=${SECONDS_WAIT:-120}
cd "$(dirname "$0")/../.."

go build -o "$out/vertefill-desktop" ./cmd/vertefill-desktop

display=90
while [ -e "/tmp/.X11-unix/X$display" ]; do display=$((display + 1)); done
export DISPLAY=":$display" XDG_RUNTIME_DIR="$out" XDG_CONFIG_HOME="$out/config" XDG_CACHE_HOME="$out/cache" LANG="${LANG:-en_US.UTF-8}"
Xvfb "$DISPLAY" -screen 0 1440x900x24 >/dev/null 2>&1 &
server=$!
window=
trap 'kill $window $server 2>/dev/null || true' EXIT
tries=0
while ! xdotool getdisplaygeometry >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || { echo "smoke: no display" >&2; exit 1; }
	sleep 0.2
done

if [ -n "$study" ]; then
	"$out/vertefill-desktop" "$study" 2>"$out/window.log" &
else
	"$out/vertefill-desktop" -demo 2>"$out/window.log" &
fi
window=$!

fail() { echo "smoke: $1" >&2; cat "$out/window.log" >&2; exit 1; }
shot() {
	kill -0 "$window" 2>/dev/null || fail "the window died before $1"
	import -window root "$out/$1.png"
	echo "$out/$1.png"
}
# settled waits until the window has not changed for six seconds: a running
# analysis writes the time left.
settled() {
	end=$(($(date +%s) + wait))
	last=
	same=0
	while [ "$(date +%s)" -lt "$end" ]; do
		kill -0 "$window" 2>/dev/null || fail "the window died"
		now=$(import -window root rgb:- | md5sum)
		if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
		[ "$same" -ge 3 ] && return 0
		last=$now
		sleep 2
	done
	fail "the window does not come to rest"
}
# changes runs a command and fails when the window looks the same after it.
changes() {
	before=$(import -window root rgb:- | md5sum)
	"$@"
	sleep 1
	[ "$(import -window root rgb:- | md5sum)" != "$before" ] || fail "nothing changed after: $*"
}

if [ -z "$study" ]; then # the case is made first
	end=$(($(date +%s) + wait))
	while [ ! -e "$out/cache/vertefill/demo/truth.json" ]; do
		[ "$(date +%s)" -lt "$end" ] || fail "the demonstration case was not made"
		sleep 1
	done
fi
sleep 2
settled
shot 1-start
changes xdotool key Return
settled
shot 2-reading
xdotool mousemove 800 600
changes xdotool click 5
changes xdotool key 2
shot 3-cement-window
changes xdotool key Next
shot 4-next-vertebra
changes xdotool key ctrl+k
shot 5-palette
changes xdotool key Escape
changes xdotool key question
shot 6-keyboard
changes xdotool key Escape
changes xdotool key f
settled
shot 7-finding
colours=$(identify -format %k "$out/7-finding.png")
[ "$colours" -gt 200 ] || fail "the window shows $colours colours only"
echo "smoke: the window works"
