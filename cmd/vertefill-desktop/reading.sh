#!/bin/sh
# A whole reading of the demonstration case in the real window under Xvfb, by
# keys and mouse: open, analyse, go through vertebrae and leaks, correct a body,
# retype a leak, measure, keep an image, decide, sign, export. It fails when a
# step leaves no trace in the files that are written.
#
#   cmd/vertefill-desktop/reading.sh OUTDIR [LOCALE]
#
# LOCALE is en_GB.UTF-8 (default) or fr_FR.UTF-8. Screenshots go to OUTDIR.
# Needs xvfb, xdotool, imagemagick. WAIT is how long the analysis may take, in
# seconds (default 240).
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
locale=${2:-en_GB.UTF-8}
lang=$(printf %.2s "$locale")
wait=${WAIT:-240}
cd "$(dirname "$0")/../.."

go build -o "$out/vertefill-desktop" ./cmd/vertefill-desktop
CGO_ENABLED=0 go build -o "$out/vertefill" ./cmd/vertefill
[ -e "$out/case/truth.json" ] || "$out/vertefill" phantom --out "$out/case" >/dev/null

display=96
while [ -e "/tmp/.X11-unix/X$display" ]; do display=$((display + 1)); done
export DISPLAY=":$display" XDG_RUNTIME_DIR="$out" XDG_CONFIG_HOME="$out/config" XDG_CACHE_HOME="$out/cache" XDG_STATE_HOME="$out/state" XDG_DATA_HOME="$out/data" HOME="$out/home" LANG="$locale" LC_ALL="$locale"
rm -rf "$HOME" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME" "$XDG_DATA_HOME" && mkdir -p "$HOME"
Xvfb "$DISPLAY" -screen 0 1440x900x24 >/dev/null 2>&1 &
server=$!
window=
trap 'kill $window $server 2>/dev/null || true' EXIT
tries=0
while ! xdotool getdisplaygeometry >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || { echo "reading: no display" >&2; exit 1; }
	sleep 0.2
done

fail() { echo "reading ($lang): $1" >&2; cat "$out/window.log" >&2; exit 1; }
alive() { kill -0 "$window" 2>/dev/null || fail "the window died before $1"; }
# rest waits until the window has not changed for N times 1.5 s.
rest() {
	end=$(($(date +%s) + wait))
	last=
	same=0
	while [ "$(date +%s)" -lt "$end" ]; do
		now=$(import -window root rgb:- | md5sum)
		if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
		[ "$same" -ge "$1" ] && return 0
		last=$now
		sleep 1.5
	done
	fail "the window does not come to rest"
}
shot() {
	alive "$1"
	import -window root "$out/$1-$lang.png"
}
keys() { for k in "$@"; do xdotool key "$k"; sleep 0.6; done; }
drag() { # from x y to x y
	xdotool mousemove "$1" "$2"
	sleep 0.3
	xdotool mousedown 1
	for i in 1 2 3 4; do
		xdotool mousemove --sync $(($1 + ($3 - $1) * i / 4)) $(($2 + ($4 - $2) * i / 4))
		sleep 0.15
	done
}

"$out/vertefill-desktop" "$out/case" 2>"$out/window.log" &
window=$!
sleep 3
rest 1
keys Return
rest 5
shot reading
keys Next Next # vertebrae
keys f f       # findings
keys t         # the second leak is retyped: soft tissue
shot retype
keys 6
rest 2
for leak in 1 2 3; do keys f a; done
keys g 1 1 # T11
keys e
sleep 2
drag 331 399 333 383 # its upper endplate, upwards
sleep 0.5
shot correct
xdotool mouseup 1
rest 2
keys Return
keys f l
drag 770 640 850 700
xdotool mouseup 1
sleep 1
keys w k
shot measure
keys ctrl+p
rest 1
xdotool mousemove 1270 380 click 1
sleep 0.5
xdotool type --delay 30 "Dr Example"
sleep 0.5
keys ctrl+Return
rest 1
shot signed
keys ctrl+e
tries=0
while ! ls "$HOME"/Vertefill/report-*/report.pdf >/dev/null 2>&1; do
	alive "the export"
	tries=$((tries + 1))
	[ "$tries" -lt 120 ] || fail "no report was written"
	sleep 0.5
done
rest 1
shot exported
report=$(ls -d "$HOME"/Vertefill/report-*)
has() { grep -q "$1" "$report/report.json" || fail "report.json has no $1: $2"; }
has '"soft-tissue"' "the leak was not retyped"
has 'body-corrected' "the body was not corrected"
[ -s "$report/report.pdf" ] || fail "the PDF is empty"
ls "$report"/key-image-1.png >/dev/null 2>&1 || grep -q keyImages "$report/report.json" || fail "the key image is nowhere"
echo "reading ($lang): done, $report"
