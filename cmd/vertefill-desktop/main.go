// Command vertefill-desktop is the window of Vertefill.
//
//	vertefill-desktop [PATH]
//
// PATH is a folder, a file or a vertefill: address to open; without it the
// window starts with the studies opened before.
package main

import (
	"flag"
	"fmt"
	"os"

	"gioui.org/app"

	ui "github.com/vertefill/vertefill/ui/app"
)

// version is set by the linker.
var version = "0.1"

func main() {
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: vertefill-desktop [PATH]")
		flag.PrintDefaults()
	}
	demo := flag.Bool("demo", false, "open the demonstration case")
	flag.Parse()
	if flag.NArg() > 1 {
		flag.Usage()
		os.Exit(2)
	}
	path := ui.PathOf(flag.Arg(0))
	settleLocale(localeDir())
	go func() {
		if err := run(path, *demo); err != nil {
			fmt.Fprintln(os.Stderr, "vertefill-desktop:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}()
	app.Main()
}
