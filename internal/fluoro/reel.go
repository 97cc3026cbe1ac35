package fluoro

import (
	"fmt"
	"sync"

	"github.com/vertefill/vertefill/internal/volume"
)

// Reel holds decoded frames of a run in bounded memory, whatever its length, and decodes ahead of the one that plays. It is safe for
// many goroutines; Run.Read must be so too.
type Reel struct {
	run  *Run
	room int // frames held at most

	mu     sync.Mutex
	moved  *sync.Cond // the play head, or a frame under way
	frames map[int]*reelFrame
	clock  int64 // counts uses
	span   Span
	at     int
	closed bool
	done   chan struct{}
}

// reelFrame is a frame held or under way.
type reelFrame struct {
	pix   []uint16
	err   error
	ready bool
	used  int64
}

// Span is the part of a run that plays, both ends included. Back plays it from the end.
type Span struct {
	From, To int
	Back     bool
}

// ReelBytes is what a reel holds when it is not told.
const ReelBytes = 192 << 20

// aheadPart of the frames held lie ahead of the play head; the rest stay for steps back.
const aheadPart = 0.75

// NewReel starts a reel of at most bytes of decoded frames, and at least 4 frames; zero bytes is ReelBytes. Close ends it.
func NewReel(r *Run, bytes int64) *Reel {
	if bytes <= 0 {
		bytes = ReelBytes
	}
	each := int64(max(1, 2*r.NX*r.NY))
	l := &Reel{run: r, room: int(max(4, bytes/each)), frames: map[int]*reelFrame{}, span: Span{0, r.Frames - 1, false}, done: make(chan struct{})}
	l.moved = sync.NewCond(&l.mu)
	go l.decodeAhead()
	return l
}

// Run is the run whose frames come from the reel.
func (l *Reel) Run() *Run {
	r := *l.run
	c := *l.run.Cine
	c.Pix = nil
	r.Cine, r.Read = &c, l.Frame
	return &r
}

// Cine describes the run without pixels.
func (l *Reel) Cine() *volume.Cine { return l.Run().Cine }

// Play tells where the play head is and what part of the run it goes through, so that what comes next is decoded by itself.
func (l *Reel) Play(at int, s Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.From, s.To = max(0, s.From), min(l.run.Frames-1, s.To)
	if s.To < s.From {
		s = Span{0, l.run.Frames - 1, s.Back}
	}
	l.at, l.span = max(s.From, min(s.To, at)), s
	l.moved.Broadcast()
}

// Frame returns frame k in the values of Cine.Pix; it waits until that is decoded. The slice may be kept and must not be changed.
func (l *Reel) Frame(k int) ([]uint16, error) {
	if k < 0 || k >= l.run.Frames {
		return nil, fmt.Errorf("fluoro: no frame %d in a run of %d", k, l.run.Frames)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.frames[k]
	if f == nil {
		f = l.decode(k)
	}
	for !f.ready {
		l.moved.Wait()
	}
	l.clock++
	f.used = l.clock
	return f.pix, f.err
}

// Ready reports whether frame k is decoded, so that Frame would not wait.
func (l *Reel) Ready(k int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.frames[k]
	return f != nil && f.ready
}

// Bytes is what is held now.
func (l *Reel) Bytes() (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.frames {
		n += 2 * int64(len(f.pix))
	}
	return n
}

// Close lets the frames go and ends decoding ahead. Frame still works.
func (l *Reel) Close() {
	l.mu.Lock()
	l.closed = true
	l.moved.Broadcast()
	l.mu.Unlock()
	<-l.done
	l.mu.Lock()
	clear(l.frames)
	l.mu.Unlock()
}

// decode reads frame k; the lock is held on entry and on return, not while reading.
func (l *Reel) decode(k int) *reelFrame {
	l.clock++
	f := &reelFrame{used: l.clock}
	l.frames[k] = f
	l.spare(k)
	l.mu.Unlock()
	pix, err := l.run.frame(k)
	if err == nil && len(pix) < l.run.NX*l.run.NY {
		err = fmt.Errorf("fluoro: frame %d is short", k)
	}
	l.mu.Lock()
	f.pix, f.err, f.ready = pix, err, true
	l.moved.Broadcast()
	return f
}

// spare lets frames go that are not next, the longest unused first, until there is room; frame k stays.
func (l *Reel) spare(k int) {
	for len(l.frames) > l.room {
		worst, at := int64(-1), -1
		for n, f := range l.frames {
			if n == k || !f.ready {
				continue
			}
			age := l.clock - f.used + 1
			if l.next(n) {
				age = 0
			}
			if age > worst {
				worst, at = age, n
			}
		}
		if at < 0 {
			return
		}
		delete(l.frames, at)
	}
}

// lead is how many frames are kept ready from the play head on.
func (l *Reel) lead() int {
	return max(2, min(int(aheadPart*float64(l.room)), l.span.To-l.span.From+1))
}

// nth is the frame that plays n steps from now, going round.
func (l *Reel) nth(n int) int {
	length := l.span.To - l.span.From + 1
	if l.span.Back {
		n = -n
	}
	return l.span.From + ((l.at-l.span.From+n)%length+length)%length
}

// next reports whether frame k plays soon.
func (l *Reel) next(k int) bool {
	if k < l.span.From || k > l.span.To {
		return false
	}
	d := k - l.at
	if l.span.Back {
		d = -d
	}
	if d < 0 {
		d += l.span.To - l.span.From + 1
	}
	return d < l.lead()
}

// decodeAhead fills the reel from the play head on.
func (l *Reel) decodeAhead() {
	defer close(l.done)
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.closed {
		k := -1
		for n := range l.lead() {
			if c := l.nth(n); l.frames[c] == nil {
				k = c
				break
			}
		}
		if k < 0 {
			l.moved.Wait()
			continue
		}
		l.decode(k)
	}
}
