package app

import "gioui.org/unit"

// dp shortens expressions of sizes.
type dp = unit.Dp
