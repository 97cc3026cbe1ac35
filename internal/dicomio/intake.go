package dicomio

import (
	"context"
	"sync"
)

// intake gathers what the goroutines of a scan find, in the order of the list whatever the order of their ends, so that what Watch
// hears does not depend on their number.
type intake struct {
	watch Watch
	queue chan []*instance // series that look whole, for Watch.Series
	heard sync.WaitGroup

	telling sync.Mutex
	shown   float64 // progress told

	mu      sync.Mutex
	names   int // listed names that are not expanded yet
	files   int // found so far
	done    int
	known   []bool // whether a file was examined
	found   []*instance
	skipped []*Skipped

	next   int                 // files before it were all examined
	series map[string]*growing // by UID, only when somebody listens
}

// growing is a series while its files arrive.
type growing struct {
	members []*instance
	last    int // index of its last file
	told    int // members when it was last told of
}

func newIntake(w Watch, names int) *intake {
	t := &intake{watch: w, names: names}
	if w.Series != nil {
		t.series, t.queue = map[string]*growing{}, make(chan []*instance, 1024)
		t.heard.Go(func() {
			for members := range t.queue {
				inv := new(Inventory)
				inv.group(members)
				for _, s := range inv.Series {
					w.Series(s)
				}
			}
		})
	}
	return t
}

// expect makes room for n files.
func (t *intake) expect(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.files < n {
		t.files++
		t.known, t.found, t.skipped = append(t.known, false), append(t.found, nil), append(t.skipped, nil)
	}
}

// left says how many listed names are to be expanded; each is at least one file, except for empty archives.
func (t *intake) left(names int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names = names
}

// add records what file i holds.
func (t *intake) add(i int, found *instance, skipped *Skipped) {
	t.mu.Lock()
	t.known[i], t.found[i], t.skipped[i] = true, found, skipped
	t.done++
	// The name being expanded counts twice until left is called, so the fraction reaches 1 only at the end.
	f := float64(t.done) / float64(t.files+t.names)
	for ; t.series != nil && t.next < t.files && t.known[t.next]; t.next++ {
		t.pass(t.next)
	}
	t.mu.Unlock()
	t.show(f)
}

// show tells of progress, which never goes back.
func (t *intake) show(f float64) {
	t.telling.Lock()
	defer t.telling.Unlock()
	if t.watch.Progress != nil && f > t.shown {
		t.shown = f
		t.watch.Progress(f)
	}
}

// pass counts file i in, and tells of the series whose last file lies quietFiles behind it.
func (t *intake) pass(i int) {
	if in := t.found[i]; in != nil {
		g := t.series[in.series.seriesUID]
		if g == nil {
			g = new(growing)
			t.series[in.series.seriesUID] = g
		}
		g.members, g.last = append(g.members, in), i
	}
	if i < quietFiles || t.found[i-quietFiles] == nil {
		return
	}
	g := t.series[t.found[i-quietFiles].series.seriesUID]
	if g.last != i-quietFiles || len(g.members) < 2*g.told {
		return
	}
	select {
	case t.queue <- g.members[:len(g.members):len(g.members)]:
		g.told = len(g.members)
	default: // the listener is far behind: the end of the scan tells it all
	}
}

// end tells the progress that is left and waits for the listener; what is still queued is dropped, since all is known now.
func (t *intake) end(ctx context.Context) {
	if ctx.Err() == nil {
		t.show(1)
	}
	if t.queue == nil {
		return
	}
	for {
		select {
		case <-t.queue:
			continue
		default:
		}
		break
	}
	close(t.queue)
	t.heard.Wait()
}
