package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/cohort"
	"github.com/vertefill/vertefill/internal/text"
)

// cohortReadingList makes anonymous sessions for readers.
func cohortReadingList(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "cohort reading-list")
	o := cohort.ListOptions{Version: cohort.ProgramVersion()}
	readers := f.String("readers", "", "names of the readers, separated by commas")
	f.StringVar(&o.To, "to", "", "a new folder: one folder a reader in it, and key.json, which stays with you")
	f.IntVar(&o.Again, "again", 0, "cases that every reader reads twice")
	f.BoolVar(&o.Assisted, "assisted", false, "readers see what the program measures and correct it, as in practice (default: blinded to it; they say levels, fill and leaks)")
	f.Uint64Var(&o.Seed, "seed", 0, "of the order (default: by chance)")
	lang := f.String("lang", "", "en or fr")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	if e.lang, err = language(e, *lang); err != nil {
		return 0, err
	}
	for _, r := range strings.Split(*readers, ",") {
		if r = strings.TrimSpace(r); r != "" {
			o.Readers = append(o.Readers, r)
		}
	}
	if len(o.Readers) == 0 || o.To == "" {
		return 0, usagef("--readers and --to are needed")
	}
	if o.Seed == 0 {
		var b [8]byte
		rand.Read(b[:])
		o.Seed = binary.LittleEndian.Uint64(b[:])
	}
	c, err := openCohort(rest)
	if err != nil {
		return 0, err
	}
	bar := newProgress(e.stderr)
	made, err := cohort.MakeReadingList(ctx, c, o, func(f float64) { bar.show(stageWords[e.lang]["read"], f) })
	bar.done()
	if err != nil {
		return 0, err
	}
	for _, p := range made.Left {
		fmt.Fprintf(e.stderr, "%s: %s\n", p.Case, p.Message)
	}
	say := map[text.Lang][3]string{
		text.English: {"%d images may show text in their pixels, %d a face: look at them before they are handed out.\n", "%d sessions for %d readers. Give every reader the folder of that name alone.\n", "To see that nobody knows the order, keep %s to yourself; cohort agreement --key reads it.\n"},
		text.French:  {"%d images peuvent montrer du texte, %d un visage : les regarder avant de les donner.\n", "%d sessions pour %d lecteurs. Ne donner à chacun que le dossier à son nom.\n", "Pour que personne ne connaisse l’ordre, garder %s ; cohort agreement --key le lit.\n"},
	}[e.lang]
	if made.BurnedIn+made.Faces > 0 {
		fmt.Fprintf(e.stderr, say[0], made.BurnedIn, made.Faces)
	}
	fmt.Fprintf(e.stdout, say[1], len(made.Key.Entries), len(o.Readers))
	fmt.Fprintf(e.stdout, say[2], filepath.Join(o.To, "key.json"))
	return exitDone, nil
}

// cohortCollect makes reports and masks of what readers signed.
func cohortCollect(ctx context.Context, e env, args []string) (int, error) {
	f := newFlags(e, "cohort collect")
	list := f.String("list", "", "folder of the reading list, with key.json and the images")
	from := f.String("from", "", "folder with the sessions that came back (default: the list itself)")
	out := f.String("out", "vertefill-readings", "folder for the results: one folder a reader")
	jobs := f.Int("jobs", 0, "cases at once (default: as many as processors and memory allow)")
	lang := f.String("lang", "en", "language of the reports: en or fr")
	rest, err := parse(f, args)
	if err != nil {
		return 0, err
	}
	l, err := language(e, *lang)
	if err != nil {
		return 0, err
	}
	if *list == "" {
		return 0, usagef("--list is needed")
	}
	if *from == "" {
		*from = *list
	}
	c, err := openCohort(rest)
	if err != nil {
		return 0, err
	}
	key, err := cohort.ReadKey(filepath.Join(*list, "key.json"))
	if err != nil {
		return 0, err
	}
	found, err := cohort.Collect(c, key, *list, *from)
	if err != nil {
		return 0, err
	}
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	for _, x := range found {
		if len(x.Unsigned) > 0 {
			fmt.Fprintf(e.stderr, map[text.Lang]string{text.English: "%s: not signed, left out: %s\n", text.French: "%s : non signés, laissés : %s\n"}[e.lang], x.Reader, strings.Join(x.Unsigned, ", "))
		}
		if len(x.Blind) > 0 {
			fmt.Fprintf(e.stderr, map[text.Lang]string{
				text.English: "%s: read without the program's result, so there are no contours to measure again (give the sessions themselves to cohort agreement): %s\n",
				text.French:  "%s : lus sans le résultat du programme, donc sans contours à mesurer de nouveau (donner les sessions elles-mêmes à cohort agreement) : %s\n"}[e.lang], x.Reader, strings.Join(x.Blind, ", "))
		}
		if len(x.Cohort.Cases) == 0 {
			continue
		}
		o := cohort.Options{Out: filepath.Join(*out, cohort.FolderOf(x.Reader)), Program: program, Version: cohort.ProgramVersion(), Args: []string{"--lang", string(l)}, Jobs: *jobs}
		records, err := cohort.Run(ctx, x.Cohort, o, func(r cohort.Record, done, total int, _ time.Duration) {
			fmt.Fprintf(e.stderr, "%s  %d/%d  %s  %s %s\n", x.Reader, done, total, r.Case, statusWords[e.lang][r.Status], r.Error)
		})
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(e.stdout, "--with \"%s=%s\"  ", x.Reader, o.Out)
		if err := printRecords(e, records); err != nil {
			return 0, err
		}
	}
	return exitDone, nil
}
