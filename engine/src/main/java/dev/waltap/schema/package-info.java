// SPDX-License-Identifier: Apache-2.0
/** {@code sqlite_schema} made into tables and their layouts, parsed by SQLite itself. */
@NullMarked
package dev.waltap.schema;

import org.jspecify.annotations.NullMarked;
