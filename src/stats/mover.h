/* MOVER, the "method of variance estimates recovery": an interval for a difference, made of the
 * intervals of the two estimates, whatever these are (medians, restricted means, NPS, rates).
 *
 * Zou & Donner 2008, Statistics in Medicine 27:1693-1702. The estimates must be independent.
 */
#pragma once

#include "stats/interval.h"

/* after - before. A limit becomes infinite if a limit that it needs is. A value outside its own
 * interval (an adjusted interval can do that) counts as lying on the limit. Method "mover". */
struct estimate mover_difference(struct estimate before, struct estimate after);
