// SPDX-License-Identifier: Apache-2.0
/** What a database holds, as SQL shows it: typed values, rows, tables, snapshots and their diff. */
@NullMarked
package dev.waltap.testdata.model;

import org.jspecify.annotations.NullMarked;
