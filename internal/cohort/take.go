package cohort

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/vertefill/vertefill/internal/session"
)

// lockPoll is how often a case that another run has is asked for again.
const lockPoll = 200 * time.Millisecond

// take waits until no other run works on the case and keeps others away until free is called. The system gives the case free when the
// program ends, however it ends. The error is the context's, or that nothing can be written.
func take(ctx context.Context, dir string) (free func(), err error) {
	root, id := filepath.Split(dir)
	path := filepath.Join(root, ".lock-"+id)
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, fmt.Errorf("cohort: %w", err)
		}
		if taken(f, path) {
			return func() {
				err := os.Remove(path)
				f.Close()
				if err != nil { // Windows takes away no open file
					os.Remove(path)
				}
			}, nil
		}
		f.Close()
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("cohort: %w", ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}

// taken locks the file and reports whether it is the one that others would find at its path: whoever had it before took it away. A
// file system that knows no locks keeps nobody away.
func taken(f *os.File, path string) bool {
	if errors.Is(session.Lock(f), session.ErrLocked) {
		return false
	}
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err == nil && os.SameFile(mine, there)
}
