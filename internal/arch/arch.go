// Package arch holds the test that keeps imports pointing downwards: see docs/ARCHITECTURE.md. It has no code of its own.
package arch
