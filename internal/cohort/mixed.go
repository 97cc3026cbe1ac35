package cohort

import (
	"fmt"
	"io"
	"strings"
)

const mixedName = "mixed.R"

// mixedScript writes the script that leaves mixed effects to R: several vertebrae of one case are not independent. by is a column of
// the cohort's table, or empty for the overall mean.
func mixedScript(by string) func(io.Writer) error {
	column := strings.Map(func(r rune) rune {
		if r == '"' || r == '\\' || r < ' ' {
			return '_'
		}
		return r
	}, by)
	return func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, mixedText, column); err != nil {
			return fmt.Errorf("cohort: script: %w", err)
		}
		return nil
	}
}

// mixedText takes the name of the grouping column.
const mixedText = `# Written by Vertefill. Mixed effects on the tables of a cohort: every case its own level, vertebrae within it.
# Run it in the folder of the results:  Rscript mixed.R [column]
# It needs the packages nlme and MASS, which come with R (Debian: r-cran-nlme, r-cran-mass).
suppressPackageStartupMessages({ library(nlme); library(MASS) })
column <- "%s"
args <- commandArgs(trailingOnly = TRUE)
if (length(args) > 0) column <- args[1]

v <- read.csv("vertebrae.csv", check.names = FALSE)
v <- v[v$treated == "true", ]
v$case <- factor(v$case)
v$leak <- as.integer(v$leaks > 0)
v$fillPercent <- 100 * v$fillRatio
grouped <- nzchar(column)
if (grouped) {
  if (!column %%in%% names(v)) stop("vertebrae.csv has no column ", column)
  v$group <- v[[column]]
  if (!is.numeric(v$group)) v$group <- factor(v$group)
  v <- v[!is.na(v$group) & v$group != "", ]
  v$group <- if (is.factor(v$group)) droplevels(v$group) else v$group
}
fixed <- function(y) as.formula(paste(y, "~", if (grouped) "group" else "1"))
cat(nrow(v), "treated vertebrae of", nlevels(droplevels(v$case)), "cases", if (grouped) paste("by", column), "\n")

for (y in c("fillPercent", "cementInBodyMl", "bodyVolumeMl", "leakMl")) {
  d <- v[!is.na(v[[y]]), ]
  cat("\n==", y, "\n")
  m <- tryCatch(lme(fixed(y), random = ~ 1 | case, data = d, method = "REML"), error = function(e) e)
  if (inherits(m, "error")) { cat("no fit:", conditionMessage(m), "\n"); next }
  i <- tryCatch(intervals(m, which = "fixed")$fixed, error = function(e) NULL)
  s <- summary(m)$tTable
  if (is.null(i)) print(s) else print(cbind(estimate = i[, "est."], low = i[, "lower"], high = i[, "upper"], p = s[, "p-value"]))
  b <- as.numeric(VarCorr(m)[, "Variance"])
  cat("share of the variance between cases:", signif(b[1] / sum(b), 3), "\n")
}

cat("\n== leak of a vertebra (odds ratios; penalised quasi-likelihood)\n")
m <- tryCatch(glmmPQL(fixed("leak"), random = ~ 1 | case, family = binomial, data = v, verbose = FALSE), error = function(e) e)
if (inherits(m, "error")) cat("no fit:", conditionMessage(m), "\n") else {
  s <- summary(m)$tTable
  q <- qt(.975, s[, "DF"])
  print(exp(cbind(odds = s[, "Value"], low = s[, "Value"] - q * s[, "Std.Error"], high = s[, "Value"] + q * s[, "Std.Error"])))
}
`
