package dicomio_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/dicomio"
)

// benchSeries is the post series of the shared benchmark phantom (../shared/bench/make_series.py); VERTEFILL_BENCH names its folder.
func benchSeries(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("VERTEFILL_BENCH")
	if dir == "" {
		b.Skip("VERTEFILL_BENCH names no folder")
	}
	if post := filepath.Join(dir, "post"); exists(post) {
		dir = post
	}
	return dir
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

func BenchmarkScan(b *testing.B) {
	dir := benchSeries(b)
	files := 0
	for b.Loop() {
		inv, err := dicomio.Scan(context.Background(), []string{dir}, nil)
		if err != nil {
			b.Fatal(err)
		}
		files += inv.Files
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(files), "ms/file")
}

func BenchmarkScanAndLoad(b *testing.B) {
	dir := benchSeries(b)
	for b.Loop() {
		inv, err := dicomio.Scan(context.Background(), []string{dir}, nil)
		if err != nil {
			b.Fatal(err)
		}
		v, err := inv.Series[0].Main().Load(context.Background(), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(v.RawBytes())
	}
}
