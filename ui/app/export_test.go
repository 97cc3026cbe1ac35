package app

import "github.com/vertefill/vertefill/ui/theme"

// DropCaches empties the caches that Gio bounds by their number of texts.
func (a *App) DropCaches() { a.env.Theme = theme.New(theme.Dark, a.config.SystemFonts) }
