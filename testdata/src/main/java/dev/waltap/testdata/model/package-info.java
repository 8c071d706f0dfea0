/** What a database holds, as SQL tells it: typed values, rows, tables, snapshots and their diff. */
@NullMarked
package dev.waltap.testdata.model;

import org.jspecify.annotations.NullMarked;
