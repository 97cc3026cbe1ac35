package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/vertefill/vertefill/internal/exchange"
)

// archive starts Orthanc on loopback with an empty store and returns its address. It ends with the test, or by itself after a minute.
func archive(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("Orthanc")
	if err != nil {
		t.Skip("Orthanc is not installed")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	dir := t.TempDir()
	config, err := json.Marshal(map[string]any{
		"Name": "test", "StorageDirectory": dir, "IndexDirectory": dir, "HttpPort": port, "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
		"DicomServerEnabled": false, "Plugins": []string{}, "HttpThreadsCount": 2, "OverwriteInstances": false,
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "orthanc.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, program, path)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); cmd.Wait() })
	address := fmt.Sprintf("http://127.0.0.1:%d", port)
	for range 300 {
		if r, err := http.Get(address + "/system"); err == nil {
			r.Body.Close()
			return address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("Orthanc does not answer:\n%s", log.String())
	return ""
}

// TestArchiveReturnsObjectsUnchanged stores one object of every kind and fetches it byte for byte.
func TestArchiveReturnsObjectsUnchanged(t *testing.T) {
	address := archive(t)
	o := origin()
	m := exchange.Maker{Origin: o, Created: time.Unix(1e9, 0).UTC(), Version: "9.8"}
	report := randomReport(random(7))
	image := exchange.ImageName{Class: o.Images[0].Class, Instance: o.Images[0].Instance}
	for name, write := range objects(m, report, image) {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(name, err)
		}
		r, err := http.Post(address+"/instances", "application/dicom", bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var stored struct{ ID, Status string }
		err = json.NewDecoder(r.Body).Decode(&stored)
		r.Body.Close()
		if err != nil || stored.Status != "Success" {
			t.Errorf("%s: %s %s %v", name, r.Status, stored.Status, err)
			continue
		}
		back, err := http.Get(address + "/instances/" + stored.ID + "/file")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(back.Body)
		back.Body.Close()
		if err != nil || !bytes.Equal(got, b.Bytes()) {
			t.Errorf("%s: %d bytes came back for %d: %v", name, len(got), b.Len(), err)
		}
	}
	// The archive files all of them under one patient and one study.
	for _, level := range []string{"patients", "studies"} {
		r, err := http.Get(address + "/" + level)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		err = json.NewDecoder(r.Body).Decode(&ids)
		r.Body.Close()
		if err != nil || len(ids) != 1 {
			t.Errorf("%d %s, %v", len(ids), level, err)
		}
	}
}
