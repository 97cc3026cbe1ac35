#!/bin/sh
# Writes third-party.txt: the licence of every module that the programs or their
# tests may hold, as the modules bring it. Run it after a change of go.mod.
set -eu
cd "$(dirname "$0")/../.."
out=internal/licence/third-party.txt
{
	printf '== Go\n\n'
	cat "$(go env GOROOT)/LICENSE"
	go list -m -f '{{if not .Main}}{{.Path}} {{.Dir}}{{end}}' all | while read -r path dir; do
		[ -n "$dir" ] || continue
		for f in LICENSE LICENSE.md LICENSE.txt LICENCE COPYING UNLICENSE; do
			[ -f "$dir/$f" ] || continue
			printf '\n== %s\n\n' "$path"
			tr -d '\r' <"$dir/$f"
			break
		done
	done
} >"$out.new"
mv "$out.new" "$out"
