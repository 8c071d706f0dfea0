/**
 * Where pages come from: a snapshot of database file and log, and the page set, the pages of the
 * captured tables as of the last consumed commit. And where those of committed transactions wait
 * until they are consumed.
 */
@NullMarked
package dev.waltap.page;

import org.jspecify.annotations.NullMarked;
