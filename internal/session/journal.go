package session

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// ErrLocked says that another window has the session.
var ErrLocked = errors.New("session: open in another window")

// syncDelay is how long records may wait for the disk: they survive the death of the program at once, that of the machine after it.
const syncDelay = 500 * time.Millisecond

// Journal is an open session that records are appended to. Its methods may be called from any goroutine.
type Journal struct {
	mu     sync.Mutex
	file   *os.File
	timer  *time.Timer // runs while records wait for the disk
	failed error       // of the last write
}

// Dir returns the folder of the user's journals; it need not exist.
func Dir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" && filepath.IsAbs(dir) {
		return filepath.Join(dir, "vertefill", "sessions"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return "", fmt.Errorf("session: %w", err)
		}
		return filepath.Join(dir, "vertefill", "sessions"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("session: %w", err)
	}
	return filepath.Join(home, ".local", "state", "vertefill", "sessions"), nil
}

// Path returns the file of a study's journal in a folder: the same for the same pre and post series.
func Path(dir string, s Study) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{s.Post, s.Pre}, s.Fluoro...), "\x00")))
	return filepath.Join(dir, hex.EncodeToString(sum[:10])+Extension)
}

// Open opens the journal of a study in a folder, or starts it, and returns what it holds. When another window has it, the error is
// ErrLocked, the journal is nil and the state is what can be read. A damaged end is cut off; a file that is no journal at all is
// kept aside under another name.
func Open(dir string, s Study, program string, now time.Time) (*Journal, State, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, State{}, fmt.Errorf("session: %w", err)
	}
	path := Path(dir, s)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, State{}, fmt.Errorf("session: %w", err)
	}
	if err := Lock(f); err != nil {
		state, _, _ := read(f)
		f.Close()
		return nil, state, ErrLocked
	}
	j := &Journal{file: f}
	state, good, err := read(f)
	switch {
	case err == nil:
	case errors.Is(err, ErrNoSession):
		if err := setAside(f, path, now); err != nil {
			f.Close()
			return nil, State{}, err
		}
		state = State{}
	default:
		f.Close()
		return nil, state, err
	}
	if err := f.Truncate(good); err != nil {
		f.Close()
		return nil, state, fmt.Errorf("session: %w", err)
	}
	if _, err := f.Seek(good, io.SeekStart); err != nil {
		f.Close()
		return nil, state, fmt.Errorf("session: %w", err)
	}
	if good == 0 {
		first := Record{Op: OpStudy, At: now, Study: &s, Program: program}
		if err := j.Append(first); err != nil {
			j.Close(now)
			return nil, state, err
		}
		if err := state.Apply(first); err != nil {
			return nil, state, err
		}
		state.Closed = true // nothing is lost
	}
	return j, state, nil
}

// setAside copies what stands in the file and is no journal to another name.
func setAside(f *os.File, path string, now time.Time) error {
	if info, err := f.Stat(); err != nil || info.Size() == 0 {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	old, err := io.ReadAll(io.LimitReader(f, 1<<30))
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if err := os.WriteFile(fmt.Sprintf("%s.unread-%d", path, now.Unix()), old, 0o600); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return nil
}

// Append writes records. They are with the operating system when it returns, on the disk half a second later.
func (j *Journal) Append(records ...Record) error {
	var lines []byte
	for _, r := range records {
		line, err := encode(r)
		if err != nil {
			return err
		}
		lines = append(lines, line...)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return fmt.Errorf("session: the journal is closed")
	}
	at, err := j.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if _, err := j.file.Write(lines); err != nil { // a full disk: no half line stays before the next one
		j.file.Truncate(at)
		j.file.Seek(at, io.SeekStart)
		return fmt.Errorf("session: %w", err)
	}
	if j.timer == nil {
		j.timer = time.AfterFunc(syncDelay, j.sync)
	}
	return nil
}

func (j *Journal) sync() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.timer = nil
	if j.file != nil {
		j.failed = j.file.Sync()
	}
}

// Close notes that the program ended as it should and gives the session free.
func (j *Journal) Close(now time.Time) error {
	err := j.Append(Record{Op: OpClose, At: now})
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	if j.timer != nil {
		j.timer.Stop()
		j.timer = nil
	}
	err = errors.Join(err, j.failed, j.file.Sync(), j.file.Close())
	j.file = nil
	return err
}
