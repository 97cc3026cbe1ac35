package session_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/session"
)

var (
	study = session.Study{Post: "1.2.3", Pre: "1.2.4"}
	now   = time.Date(2026, 3, 12, 16, 20, 0, 0, time.UTC)
)

func open(t *testing.T, dir string) (*session.Journal, session.State) {
	t.Helper()
	j, s, err := session.Open(dir, study, "test", now)
	if err != nil {
		t.Fatal(err)
	}
	return j, s
}

func edit(n int) session.Record {
	return session.Record{Op: session.OpEdit, At: now, Edit: &assess.Edit{Kind: assess.LeakReject, At: [3]float64{float64(n), 0.1, -3}, When: now}}
}

func records() []session.Record {
	return []session.Record{edit(1), edit(2), {Op: session.OpUndo, At: now}, edit(3), edit(4), {Op: session.OpUndo, At: now}, {Op: session.OpUndo, At: now}, {Op: session.OpRedo, At: now},
		{Op: session.OpPut, At: now, Key: "reader", Value: json.RawMessage(`"Dr Example"`)}, {Op: session.OpPut, At: now, Key: "gone", Value: json.RawMessage(`1`)}, {Op: session.OpPut, At: now, Key: "gone"},
		{Op: session.OpSign, At: now, Signature: &session.Signature{Version: 1, Reader: "Dr Example", At: now, Report: json.RawMessage(`{"schema":"x"}`)}}}
}

func check(t *testing.T, s session.State) {
	t.Helper()
	if len(s.Edits) != 2 || s.Edits[0].At[0] != 1 || s.Edits[1].At[0] != 3 || len(s.Undone) != 1 || s.Undone[0].At[0] != 4 {
		t.Errorf("edits %v, undone %v", s.Edits, s.Undone)
	}
	if len(s.Values) != 1 || string(s.Values["reader"]) != `"Dr Example"` || len(s.Signed) != 1 || s.Signed[0].Version != 1 || !reflect.DeepEqual(s.Study, study) {
		t.Errorf("state %+v", s)
	}
}

func TestJournalKeepsAll(t *testing.T) {
	dir := t.TempDir()
	j, s := open(t, dir)
	if len(s.Edits) != 0 || !s.Closed {
		t.Errorf("a new session holds %+v", s)
	}
	if err := j.Append(records()...); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(now); err != nil {
		t.Fatal(err)
	}
	j, s = open(t, dir)
	check(t, s)
	if !s.Closed {
		t.Error("the session was closed")
	}
	if err := j.Append(session.Record{Op: session.OpRedo, At: now}); err != nil {
		t.Fatal(err)
	}
	j.Close(now)
	if j, s = open(t, dir); len(s.Edits) != 3 || s.Edits[2].At[0] != 4 {
		t.Errorf("redo across a restart gives %v", s.Edits)
	}
	j.Close(now)
}

// Cut at any byte, a journal gives the records before the cut and goes on from there.
func TestCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir)
	for n := range 4 {
		if err := j.Append(edit(n)); err != nil {
			t.Fatal(err)
		}
	}
	path := session.Path(dir, study)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	j.Close(now)
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j, s := open(t, dir)
		if want := max(0, bytes.Count(whole[:cut], []byte{'\n'})-1); len(s.Edits) != want {
			t.Fatalf("cut at %d: %d edits, want %d", cut, len(s.Edits), want)
		}
		before := len(s.Edits)
		if err := j.Append(edit(9)); err != nil {
			t.Fatal(err)
		}
		j.Close(now)
		if s, err = session.Read(path); err != nil || len(s.Edits) != before+1 {
			t.Fatalf("cut at %d, then one more: %d edits, %v", cut, len(s.Edits), err)
		}
	}
}

func TestFlippedByteEndsTheJournal(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir)
	j.Append(edit(1), edit(2))
	j.Close(now)
	path := session.Path(dir, study)
	text, _ := os.ReadFile(path)
	text[bytes.LastIndex(text, []byte("leak-reject"))] = 'L'
	os.WriteFile(path, text, 0o600)
	if s, err := session.Read(path); err != nil || len(s.Edits) != 1 {
		t.Errorf("%d edits, %v", len(s.Edits), err)
	}
}

func TestForeignFileIsKeptAside(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(session.Path(dir, study), []byte("a letter"), 0o600)
	j, s := open(t, dir)
	j.Close(now)
	kept, _ := filepath.Glob(filepath.Join(dir, "*.unread-*"))
	if len(s.Edits) != 0 || len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	if text, _ := os.ReadFile(kept[0]); string(text) != "a letter" {
		t.Errorf("kept %q", text)
	}
	if _, err := session.Read(kept[0]); !errors.Is(err, session.ErrNoSession) {
		t.Errorf("a letter is read as a session: %v", err)
	}
}

func TestSecondWindowReads(t *testing.T) {
	dir := t.TempDir()
	first, _ := open(t, dir)
	first.Append(edit(1))
	second, s, err := session.Open(dir, study, "test", now)
	if !errors.Is(err, session.ErrLocked) || second != nil || len(s.Edits) != 1 {
		t.Fatalf("the second window gets %v, %d edits, %v", second, len(s.Edits), err)
	}
	first.Close(now)
	second, _ = open(t, dir)
	second.Close(now)
}

// A process that is killed while it writes loses nothing that it had written.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("VERTEFILL_SESSION_TEST"); dir != "" {
		j, _, err := session.Open(dir, study, "test", now)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; ; n++ {
			if err := j.Append(edit(n)); err != nil {
				t.Fatal(err)
			}
			fmt.Println("wrote", n)
		}
	}
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), "VERTEFILL_SESSION_TEST="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for said < 200 {
		if _, err := fmt.Fscanf(out, "wrote %d\n", &said); err != nil {
			t.Fatal(err)
		}
	}
	child.Process.Kill()
	child.Wait()
	j, s := open(t, dir)
	defer j.Close(now)
	if len(s.Edits) < said || s.Closed {
		t.Errorf("%d edits after the kill, %d were written; closed: %v", len(s.Edits), said, s.Closed)
	}
}

func TestSessionFileTravels(t *testing.T) {
	var s session.State
	for _, r := range append([]session.Record{{Op: session.OpStudy, At: now, Study: &study, Program: "test"}}, records()...) {
		if err := s.Apply(r); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "case"+session.Extension)
	if err := session.Write(path, s); err != nil {
		t.Fatal(err)
	}
	got, err := session.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	check(t, got)
	if missing := got.Study.Missing([]string{"1.2.3", "9"}); len(missing) != 1 || missing[0] != "1.2.4" {
		t.Errorf("missing %v", missing)
	}
	if err := session.Write(filepath.Join(t.TempDir(), "no", "such", "folder"), s); err == nil {
		t.Error("written into a folder that does not exist")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("00000000 {}\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x")
		os.WriteFile(path, data, 0o600)
		session.Read(path)
	})
}
