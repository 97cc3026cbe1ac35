#!/bin/sh
# Screenshots of the workspaces of researchers and teachers in the real window
# under Xvfb: the cohort with its plots, a blinded reading, the quiz with drawn
# outlines, the guided tour, in both languages. They stand in docs/tour.md.
#
#   cmd/vertefill-desktop/many.sh OUTDIR RESULTS OTHER [LIST [DESIGN]]
#
# RESULTS is a folder of results of `vertefill cohort run`, OTHER another
# reading of the same cases (build/proof/quiet and "build/proof/the truth" of
# make cohort-proof), LIST a session of a blinded reading list, DESIGN the
# folder of the design's pictures; what stands in docs/tour.md is put into
# OUTDIR/side. Needs xvfb, xdotool, imagemagick.
set -eu
[ $# -ge 3 ] || { sed -n '2,12p' "$0"; exit 2; }
out=$(mkdir -p "$1" && cd "$1" && pwd)
results=$(cd "$2" && pwd)
other=$(cd "$3" && pwd)
list=${4:-}
design=${5:-}
cd "$(dirname "$0")/../.."
go build -o "$out/vertefill-desktop" ./cmd/vertefill-desktop

display=95
while [ -e "/tmp/.X11-unix/X$display" ]; do display=$((display + 1)); done
export DISPLAY=":$display" XDG_RUNTIME_DIR="$out" XDG_CONFIG_HOME="$out/config" XDG_CACHE_HOME="$out/cache" XDG_STATE_HOME="$out/state" XDG_DATA_HOME="$out/data" HOME="$out/home"
mkdir -p "$HOME"
Xvfb "$DISPLAY" -screen 0 1920x1200x24 >/dev/null 2>&1 &
server=$!
window=
trap 'kill $window $server 2>/dev/null || true' EXIT
sleep 2

# start LANG LIGHT [PATH] opens a window in a language.
start() {
	[ -z "$window" ] || { kill "$window"; wait "$window" 2>/dev/null || true; }
	mkdir -p "$XDG_CONFIG_HOME/vertefill"
	echo "{\"Lang\": \"$1\", \"Light\": $2, \"Scale\": 100, \"Rail\": true, \"Panel\": true, \"PanelDP\": 404, \"Reader\": \"Dr Camille Modèle\", \"Learner\": \"Ada\"}" >"$XDG_CONFIG_HOME/vertefill/desktop.json"
	"$out/vertefill-desktop" ${3:-} 2>"$out/window.log" &
	window=$!
	sleep 6
	xdotool search --onlyvisible --name Vertefill windowsize 1440 900 windowfocus
	sleep 2
}
shot() {
	kill -0 "$window" || { echo "many: the window died before $1" >&2; cat "$out/window.log" >&2; exit 1; }
	sleep "${2:-2}"
	import -window root -crop 1440x900+0+0 +repage "$out/$1.png"
}
keys() { for k in "$@"; do xdotool key "$k"; sleep 0.6; done; }
click() { xdotool mousemove "$1" "$2"; sleep 0.3; xdotool click 1; sleep 1; }
text() { xdotool type --delay 10 "$1"; xdotool key Return; sleep 3; }
# trace draws a line through points: x y, x y, ...
trace() {
	xdotool mousemove "$1" "$2" mousedown 1
	while [ $# -ge 2 ]; do xdotool mousemove --sync "$1" "$2"; sleep 0.1; shift 2; done
	xdotool mouseup 1
	sleep 1
}
# cohort opens the results, and the other reading beside them.
cohort() { keys ctrl+5; sleep 1; text "$results"; click 980 574; text "$other"; }
# answer answers the sixth case: level, leak with its mark, fill, canal, both outlines.
answer() {
	keys ctrl+6
	sleep 2
	click 970 502
	sleep 30
	keys 2
	click 1100 351 # a leak into the canal
	click 264 395
	click 1077 238 # L1
	click 600 766  # the fill
	click 1068 557 # it takes room in the canal
	click 1079 633 # no earlier cement
	xdotool mousemove 1230 700 click --repeat 12 5
	sleep 1
	click 1135 780
	trace 712 340 722 315 745 300 777 295 812 300 835 318 845 345 835 370 815 385 777 378 740 385 718 368 712 345
	click 1290 780
	trace 757 330 762 312 777 302 800 300 825 310 842 330 842 350 830 368 810 376 790 366 770 362 758 350 757 335
}
# tour shows the last step of the sixth case's guided tour.
tour() {
	keys ctrl+6
	sleep 2
	click 850 502
	sleep 25
	keys Right Right Right Right Right
	sleep 2
}

start en true
cohort
xdotool mousemove 300 647
shot 08-cohort-en-light
start fr false
cohort
click 650 68
shot cohort-fr
start fr false
answer
shot quiz-ask-drawn-fr
click 1240 855
xdotool mousemove 1230 700 click --repeat 20 5
shot quiz-drawn-fr
start en false
answer
click 1240 855
xdotool mousemove 1230 700 click --repeat 20 5
shot quiz-drawn-en
start fr false
tour
shot tour-fr
start en true
tour
click 1218 125 # edit
shot tour-edit-en-light
if [ -n "$list" ]; then
	start en false "$list"
	keys Return
	sleep 8
	click 1060 305
	shot blind-en
fi
kill "$window"
window=

mkdir -p "$out/side"
# Where the results lie on this machine is nobody's business.
convert "$out/08-cohort-en-light.png" -fill '#FFFFFF' -draw 'rectangle 0,878 700,900' "$out/08-cohort-en-light.png"
convert "$out/cohort-fr.png" -fill '#17191B' -draw 'rectangle 0,878 700,900' "$out/cohort-fr.png"
for name in cohort-fr quiz-ask-drawn-fr quiz-drawn-fr quiz-drawn-en tour-fr tour-edit-en-light blind-en; do
	[ ! -f "$out/$name.png" ] || convert "$out/$name.png" -resize 1100x -quality 74 "$out/side/$name.jpg"
done
[ -z "$design" ] || convert "$design/08-cohort-en-light.png" -resize 820x "$out/08-cohort-en-light.png" -resize 820x -background '#888' -splice 8x0 +append -quality 72 "$out/side/08-cohort-en-light.jpg"
