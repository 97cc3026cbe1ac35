# What R (4.2, with package psych 2.2.9 for the ICC) says about the examples of r_test.go. The test compares with oracle.txt, and
# with R itself where it is installed:  Rscript oracle.R > oracle.txt
out <- function(name, ...) cat(name, formatC(c(...), digits = 10, format = "g"), "\n")
judges <- matrix(c(9,2,5,8, 6,1,3,2, 8,4,6,8, 7,1,2,6, 10,5,6,9, 6,2,4,7), ncol = 4, byrow = TRUE)
# intervals by the formulas of McGraw and Wong 1996, cases 2A and 3A, from the mean squares of aov
long <- data.frame(y = as.vector(judges), s = factor(rep(1:6, 4)), j = factor(rep(1:4, each = 6)))
ms <- summary(aov(y ~ s + j, data = long))[[1]][["Mean Sq"]]
n <- 6; k <- 4; msr <- ms[1]; msc <- ms[2]; mse <- ms[3]
icc <- (msr - mse) / (msr + (k-1)*mse + k*(msc-mse)/n)
a <- k*icc/(n*(1-icc)); b <- 1 + k*icc*(n-1)/(n*(1-icc))
v <- (a*msc + b*mse)^2 / ((a*msc)^2/(k-1) + (b*mse)^2/((n-1)*(k-1)))
fl <- qf(.975, n-1, v); fu <- qf(.975, v, n-1)
out("icc21", icc, n*(msr-fl*mse)/(fl*(k*msc+(k*n-k-n)*mse)+n*msr), n*(fu*msr-mse)/(k*msc+(k*n-k-n)*mse+n*fu*msr))
f <- msr/mse; lo <- f/qf(.975, n-1, (n-1)*(k-1)); hi <- f*qf(.975, (n-1)*(k-1), n-1)
out("icc31", (msr-mse)/(msr+(k-1)*mse), (lo-1)/(lo+k-1), (hi-1)/(hi+k-1))
if (requireNamespace("psych", quietly = TRUE)) {
  p <- psych::ICC(judges, lmer = FALSE)$results
  stopifnot(all.equal(p[2, "ICC"], icc), all.equal(p[2, "lower bound"], n*(msr-fl*mse)/(fl*(k*msc+(k*n-k-n)*mse)+n*msr), tolerance = 1e-6),
            all.equal(p[3, "lower bound"], (lo-1)/(lo+k-1), tolerance = 1e-6), all.equal(p[3, "upper bound"], (hi-1)/(hi+k-1), tolerance = 1e-6))
}
large <- c(494,395,516,434,476,557,413,442,650,433,417,656,267,478,178,423,427)
mini <- c(512,430,520,428,500,600,364,380,658,445,432,626,260,477,259,350,451)
d <- large - mini; q <- qt(.975, 16); se <- sd(d)*sqrt(1/17 + 1.96^2/(2*16))
out("bland", mean(d), sd(d), t.test(d)$conf.int, mean(d)-1.96*sd(d)-q*se, mean(d)-1.96*sd(d)+q*se, mean(d)+1.96*sd(d)-q*se, mean(d)+1.96*sd(d)+q*se)
out("pearson", cor.test(large, mini)$estimate, cor.test(large, mini)$conf.int)
# weights of plants, Dobson 1983: the data of R's own example of lm
ctl <- c(4.17,5.58,5.18,6.11,4.50,4.61,5.17,4.53,5.33,5.14)
trt <- c(4.81,4.17,4.41,3.59,5.87,3.83,6.03,4.89,4.32,4.69)
w <- t.test(trt, ctl)
out("welch", diff(rev(w$estimate)), w$conf.int, w$parameter, w$statistic, w$p.value)
g <- (mean(trt)-mean(ctl))/sqrt((var(ctl)+var(trt))/2); jc <- exp(lgamma(9)-lgamma(8.5))/sqrt(9)
out("hedges", g*jc, g*jc - qnorm(.975)*sqrt(20/100+(g*jc)^2/40), g*jc + qnorm(.975)*sqrt(20/100+(g*jc)^2/40))
for (kn in list(c(0,12), c(3,40), c(17,20), c(9,9))) out("exact", binom.test(kn[1], kn[2])$conf.int)
# Newcombe 1998, table II, contrast (a): 56/70 and 48/80 give 0.2000 with 0.0524 to 0.3339
wi <- function(k, n) as.numeric(prop.test(k, n, correct = FALSE)$conf.int)
x <- wi(48, 80); y <- wi(56, 70); p <- 48/80; r <- 56/70
out("newcombe", r-p, r-p-sqrt((r-y[1])^2+(x[2]-p)^2), r-p+sqrt((y[2]-r)^2+(p-x[1])^2))
# three readers and four names: Cohen's kappa of the first two, Fleiss' of all
t1 <- c("B","S","C","D","B","S","S","C","D","B","C","S"); t2 <- c("B","S","C","D","S","S","C","C","D","B","B","S"); t3 <- c("B","S","C","D","B","C","S","C","D","S","C","S")
tab <- prop.table(table(t1, t2)); po <- sum(diag(tab)); pe <- sum(rowSums(tab)*colSums(tab)); kap <- (po-pe)/(1-pe)
vv <- 0; for (i in 1:4) for (j in 1:4) vv <- vv + if (i == j) tab[i,i]*(1-(rowSums(tab)[i]+colSums(tab)[i])*(1-kap))^2 else (1-kap)^2*tab[i,j]*(colSums(tab)[i]+rowSums(tab)[j])^2
s <- sqrt((vv-(kap-pe*(1-kap))^2)/(12*(1-pe)^2))
out("cohen", kap, max(-1, kap-qnorm(.975)*s), min(1, kap+qnorm(.975)*s))
if (requireNamespace("psych", quietly = TRUE)) stopifnot(all.equal(as.numeric(psych::cohen.kappa(cbind(t1, t2))$confid[1,]), c(max(-1, kap-qnorm(.975)*s), kap, min(1, kap+qnorm(.975)*s)), tolerance = 1e-6))
m <- t(apply(cbind(t1, t2, t3), 1, function(r) table(factor(r, c("B","C","D","S"))))); pj <- colSums(m)/sum(m)
pb <- mean((rowSums(m^2)-3)/6); pe <- sum(pj^2); kf <- (pb-pe)/(1-pe)
sf <- sqrt(2/(12*3*2))*sqrt(sum(pj*(1-pj))^2-sum(pj*(1-pj)*(1-2*pj)))/sum(pj*(1-pj))
out("fleiss", kf, kf-qnorm(.975)*sf, min(1, kf+qnorm(.975)*sf))
