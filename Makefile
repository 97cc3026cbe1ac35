# Vertefill: everything one can do here. `make demo` and `make test` set up what is missing on a fresh Debian 12.

GO      ?= go
VERSION := 0.1.0
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null)
LDFLAGS := -s -w -X github.com/vertefill/vertefill/internal/assess.Version=$(VERSION) -X github.com/vertefill/vertefill/internal/assess.Commit=$(COMMIT)
DEMO    := build/demo
SUDO    := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SHARED  ?= ../shared

# What building and running the window needs, and what the tests compare with.
BUILD_PACKAGES := gcc pkg-config libwayland-dev libx11-dev libx11-xcb-dev libxkbcommon-x11-dev libgles2-mesa-dev libegl1-mesa-dev libffi-dev libxcursor-dev libvulkan-dev
SHOW_PACKAGES  := xvfb xauth xdotool imagemagick x11-utils libgl1-mesa-dri libegl1 libgles2
TEST_PACKAGES  := dcmtk libgdcm-tools dicom3tools libopenjp2-tools openjph-tools python3-pydicom python3-numpy python3-nibabel python3-jsonschema python3-scipy python3-pil poppler-utils chromium orthanc plastimatch

.PHONY: demo test setup setup-demo build lint unit smoke tour fuzz soak accuracy bench golden windows macos clean slurm-test cohort-proof

demo: setup-demo build
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	bin/vertefill phantom --out $(DEMO)/case
	bin/vertefill analyze $(DEMO)/case --out $(DEMO)/results
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "Opening the window on the case."; bin/vertefill view $(DEMO)/case; \
	else \
		echo "No display here: drawing the window into $(DEMO)/window.png."; \
		cmd/vertefill-desktop/smoke.sh $(DEMO)/window $(DEMO)/case && cp $(DEMO)/window/2-reading.png $(DEMO)/window.png; \
	fi
	@echo "Report: $(DEMO)/results/report.pdf and report.json"

test: setup lint unit

# setup installs the packages that are missing, and nothing else.
setup:
	@missing=""; for p in $(BUILD_PACKAGES) $(SHOW_PACKAGES) $(TEST_PACKAGES); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "Installing:$$missing"; $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	@$(MAKE) -s go-installed

setup-demo:
	@missing=""; for p in $(BUILD_PACKAGES) $(SHOW_PACKAGES); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "Installing:$$missing"; $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	@$(MAKE) -s go-installed

# Go from Debian's backports fetches the version that go.mod names by itself.
.PHONY: go-installed
go-installed:
	@command -v $(GO) >/dev/null || { \
		echo "Installing Go from bookworm-backports"; \
		echo "deb http://deb.debian.org/debian bookworm-backports main" | $(SUDO) tee /etc/apt/sources.list.d/vertefill-backports.list >/dev/null; \
		$(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq -t bookworm-backports golang-go >/dev/null; }

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/vertefill ./cmd/vertefill
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/vertefill-desktop ./cmd/vertefill-desktop

# lint refuses what gofmt, go vet and staticcheck refuse; the import rules are a test (internal/arch).
lint:
	@bad=$$(gofmt -l cmd internal ui); if [ -n "$$bad" ]; then echo "gofmt -w needed: $$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# unit runs every test; windows are drawn without a display, so that pictures do not depend on one.
unit:
	env -u DISPLAY EGL_PLATFORM=surfaceless $(GO) test -timeout 15m ./...

# smoke opens the real window under Xvfb, works in it and keeps screenshots in build/smoke to look at.
smoke:
	cmd/vertefill-desktop/smoke.sh build/smoke

# tour reads the demonstration case from opening to export in the real window, in both languages, and keeps screenshots.
tour:
	cmd/vertefill-desktop/reading.sh build/tour en_GB.UTF-8
	cmd/vertefill-desktop/reading.sh build/tour fr_FR.UTF-8

# golden rewrites the reference pictures; look at the difference before committing it.
golden:
	$(GO) test ./internal/render/... ./ui/... -update

# accuracy measures on phantom families with exact truth and prints the tables of docs/accuracy.md (long).
accuracy:
	VERTEFILL_ACCURACY=first $(GO) test -timeout 3h -count 1 -v -run Accuracy ./internal/assess | grep -v '^=== '
	for family in hard projected many; do VERTEFILL_ACCURACY=$$family $(GO) test -timeout 6h -count 1 -v -run '^TestAccuracy$$' ./internal/assess | grep -v '^=== '; done
	VERTEFILL_ACCURACY=first VERTEFILL_FIRST=2000 $(GO) test -timeout 3h -count 1 -v -run '^TestAccuracy$$' ./internal/vertebra | grep -v '^=== '
	VERTEFILL_ACCURACY=12 VERTEFILL_FIRST=2100 VERTEFILL_SLICE=3 $(GO) test -timeout 3h -count 1 -v -run '^TestAccuracy$$' ./internal/vertebra | grep -v '^=== '
	VERTEFILL_REPEAT=41 $(GO) test -timeout 1h -count 1 -v -run '^TestRepeatability$$' ./internal/assess ./internal/vertebra | grep -v '^=== '
	VERTEFILL_ACCURACY=fluoro $(GO) test -timeout 3h -count 1 -v -run TestFluoroAccuracy ./internal/assess | grep -v '^=== '
	@$(MAKE) -s cohort-proof

# cohort-proof measures sixty phantoms as a cohort and compares with the truth, then again, killed at twenty random moments (long).
PROOF_CASES ?= 60
cohort-proof: build
	mkdir -p build/proof
	VERTEFILL_PROOF=$(CURDIR)/build/proof VERTEFILL_PROOF_CASES=$(PROOF_CASES) VERTEFILL=$(CURDIR)/bin/vertefill $(GO) test -timeout 3h -count 1 -v -run '^TestProof$$' ./internal/cohort | grep -v '^=== '

# slurm-test runs a cohort on a real Slurm on this machine, kills a worker and a node, and sees both come back.
slurm-test: build
	@missing=""; for p in slurm-wlm munge; do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "Installing:$$missing"; $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	VERTEFILL_SLURM=$(CURDIR)/bin/vertefill $(GO) test -timeout 30m -count 1 -v -run '^TestSlurm$$' ./internal/cohort

# soak does random things in the window for an hour: memory flat, nothing left running.
SOAK ?= 1h
soak:
	env -u DISPLAY EGL_PLATFORM=surfaceless VERTEFILL_SOAK=$(SOAK) $(GO) test -timeout 2h -count 1 -v -run '^TestSoak$$' ./ui/app

# fuzz runs every fuzz target for a bounded time.
FUZZTIME ?= 20s
fuzz:
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		echo "$$p $$f"; $(GO) test -run XXX -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x $$p || exit 1; done; done

# bench runs the Go benchmarks, and the peers with our hooks on the same input where they are present.
bench: build
	VERTEFILL=$(CURDIR)/bin/vertefill $(GO) test -run XXX -bench . -benchtime 3x ./internal/...
	env -u DISPLAY EGL_PLATFORM=surfaceless $(GO) test -run XXX -bench . -benchtime 60x ./ui/...
	@if [ -x $(SHARED)/bench/run_all.sh ] || [ -f $(SHARED)/bench/run_all.sh ]; then VERTEFILL=$(CURDIR)/bin/vertefill bash $(SHARED)/bench/run_all.sh build/bench $(CURDIR)/testdata/bench; else echo "no peers beside the repository: Go benchmarks only"; fi

windows:
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o build/vertefill.exe ./cmd/vertefill
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS) -H=windowsgui' -o build/vertefill-desktop.exe ./cmd/vertefill-desktop

macos:
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o build/vertefill-macos ./cmd/vertefill

clean:
	rm -rf bin build
