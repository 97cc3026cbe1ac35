#!/bin/sh
# A scripted reading of the demonstration case under Xvfb, in French and in
# English, whose screenshots make docs/tour.md.
#
#   cmd/vertefill-desktop/tour.sh OUTDIR [DESIGN]
#
# DESIGN is the folder of the design's pictures: with it, OUTDIR/side holds each
# of them beside the window. Needs xvfb, xdotool, imagemagick. WAIT is how long
# the analysis may take, in seconds (default 240).
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
design=${2:-}
wait=${WAIT:-240}
cd "$(dirname "$0")/../.."

go build -o "$out/vertefill-desktop" ./cmd/vertefill-desktop
CGO_ENABLED=0 go build -o "$out/vertefill" ./cmd/vertefill
[ -e "$out/case/truth.json" ] || "$out/vertefill" phantom --out "$out/case" >/dev/null
# The same case without four slices of its control CT.
rm -rf "$out/gap" && cp -r "$out/case" "$out/gap"
ls "$out/gap/post" | sed -n '120,123p' | while read -r f; do rm "$out/gap/post/$f"; done

display=93
while [ -e "/tmp/.X11-unix/X$display" ]; do display=$((display + 1)); done
export DISPLAY=":$display" XDG_RUNTIME_DIR="$out" XDG_CONFIG_HOME="$out/config" XDG_CACHE_HOME="$out/cache" HOME="$out/home"
mkdir -p "$HOME"
Xvfb "$DISPLAY" -screen 0 1920x1200x24 >/dev/null 2>&1 &
server=$!
window=
trap 'kill $window $server 2>/dev/null || true' EXIT
tries=0
while ! xdotool getdisplaygeometry >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || { echo "tour: no display" >&2; exit 1; }
	sleep 0.2
done

# start LANG [PATH] [SCALE] opens a window in a language, at a scale in per cent.
start() {
	[ -z "$window" ] || { kill "$window"; wait "$window" 2>/dev/null || true; }
	rm -rf "$XDG_CONFIG_HOME" "$HOME" && mkdir -p "$XDG_CONFIG_HOME/vertefill" "$HOME"
	lang=$(printf %.2s "$1")
	[ "${2:-}" = first ] && set -- "$1" || echo "{\"Lang\": \"$lang\", \"Scale\": ${3:-100}, \"Rail\": true, \"Panel\": true, \"PanelDP\": 404${light:+, \"Light\": true, \"Reader\": \"Dr Camille Modèle\"}}" >"$XDG_CONFIG_HOME/vertefill/desktop.json"
	LANG=$1 LC_ALL=$1 "$out/vertefill-desktop" ${2:-} 2>"$out/window.log" &
	window=$!
	sleep 6
	size 1440 900
}
# size W H gives the window its size in px.
size() {
	wide=$1 high=$2
	xdotool search --onlyvisible --name Vertefill windowsize "$1" "$2" windowfocus
	sleep 2
}
shot() {
	kill -0 "$window" || { echo "tour: the window died before $1" >&2; cat "$out/window.log" >&2; exit 1; }
	[ -n "${3:-}" ] || xdotool mousemove $((wide - 140)) $((high - 20))
	sleep "${2:-2}"
	import -window root -crop "${wide}x${high}+0+0" +repage "$out/$1.png"
}
keys() { for k in "$@"; do xdotool key "$k"; sleep 0.6; done; }
# run types the name of a command into the palette.
run() { xdotool key ctrl+k; sleep 1; xdotool type --delay 30 "$1"; sleep 2; xdotool key Return; sleep 2; }
# analysed waits until the tick of a finished analysis stands over the results.
analysed() {
	end=$(($(date +%s) + wait))
	last=
	same=0
	while [ "$(date +%s)" -lt "$end" ]; do
		now=$(import -window root rgb:- | md5sum)
		if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
		[ "$same" -ge 4 ] && return 0
		last=$now
		sleep 2
	done
	echo "tour: the analysis does not end" >&2
	exit 1
}

start fr_FR.UTF-8 first
shot first-run-fr
start fr_FR.UTF-8
shot 14-empty-fr
start fr_FR.UTF-8 "$out/case"
keys Return
shot 12-progress-fr 9
analysed
shot 02-reading-fr
keys ctrl+3
sleep 25 # the run is measured
xdotool mousemove 730 760 click 1
keys c
sleep 2.4
keys c
shot 06-fluoroscopy-fr
keys ctrl+2
keys shift+b
xdotool mousemove 804 640
shot swipe-fr
keys shift+b
keys question
shot 11-keyboard-fr
keys Escape
sleep 2 # the keys that follow are no text of the dialog
keys g 9 e
sleep 3
# The second handle of the upper endplate, upwards; held.
xdotool mousemove 278 428 mousedown 1
for y in 426 424 422 420 418 416; do xdotool mousemove 278 $y; sleep 0.4; done
shot 05-correction-fr 3 held
xdotool mouseup 1
# The report in the light theme, every leak accepted.
light=1
start fr_FR.UTF-8 "$out/case"
light=
keys Return
analysed
keys f a f a f a
sleep 8
keys ctrl+p
shot 07-report-fr-light 12
start en_GB.UTF-8 "$out/case"
shot 01-browser-en
keys Return
analysed
run "post minus"
shot difference-en
run "post minus"
# A length, an ellipse in the cement, and the list of both.
keys 2 l
xdotool mousemove 780 700 mousedown 1; xdotool mousemove --sync 850 650; xdotool mousemove --sync 870 640 mouseup 1
keys m
xdotool mousemove 815 590 mousedown 1; xdotool mousemove --sync 840 610; xdotool mousemove --sync 848 618 mouseup 1
keys ctrl+m
shot measures-en
keys Escape Escape w 1
keys shift+v
shot straight-en
keys shift+v
keys ctrl+k
sleep 1
xdotool type "s"
shot 10-palette-en
keys Escape
size 1920 1080
run "two triplets"
shot 03-reading-1920-en
size 1440 900
run "three planes and 3d"
keys v
shot 04-level-en
start en_GB.UTF-8 "$out/case" 150
size 1920 1200
keys Return
analysed
shot 15-scale150-en
start en_GB.UTF-8 "$out/gap"
keys Return
analysed
run "problems"
shot 13-problems-en
# Teaching: the collection, a case answered, practice, the last step of a tour.
start fr_FR.UTF-8
keys ctrl+6
shot teaching-fr
xdotool mousemove 970 502 click 1 # the sixth case
sleep 20
keys 2
xdotool mousemove 1100 351 click 1 # a leak into the canal, marked where the cement lies
sleep 1
xdotool mousemove 264 395 click 1
sleep 1
xdotool mousemove 1077 238 click 1 # L1
sleep 1
xdotool mousemove 600 800 click 1 # about 35 %
shot quiz-ask-fr
xdotool mousemove 1240 855 click 1
shot 09-quiz-fr 4
start en_GB.UTF-8
keys ctrl+6
run "practise"
sleep 15
shot practice-en
kill "$window"
window=

[ -n "$design" ] || exit 0
mkdir -p "$out/side"
# Picture 04 as seen with three deficiencies (Machado 2009, full severity, in linear light), as in the design's picture 18.
see() { convert "$out/04-level-en.png" -colorspace RGB -color-matrix "$2" -colorspace sRGB -resize 528x "$out/see-$1.png"; }
see full '1 0 0 0 1 0 0 0 1'
see protan '0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998'
see deutan '0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881'
see tritan '1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900'
convert \( "$out/see-full.png" "$out/see-protan.png" +append \) \( "$out/see-deutan.png" "$out/see-tritan.png" +append \) -append "$out/18-colour-blind.png"
for name in 01-browser-en 02-reading-fr 03-reading-1920-en 04-level-en 05-correction-fr 06-fluoroscopy-fr 07-report-fr-light 09-quiz-fr 10-palette-en 11-keyboard-fr 12-progress-fr 13-problems-en 14-empty-fr 15-scale150-en 18-colour-blind; do
	convert "$design/$name.png" -resize 820x "$out/$name.png" -resize 820x -background '#888' -splice 8x0 +append -quality 72 "$out/side/$name.jpg"
done
for name in first-run-fr swipe-fr difference-en measures-en straight-en teaching-fr quiz-ask-fr practice-en; do
	convert "$out/$name.png" -resize 1100x -quality 74 "$out/side/$name.jpg"
done
