// SPDX-License-Identifier: Apache-2.0
/** Writers built from other releases of SQLite, in processes of their own, and their capture. */
@NullMarked
package dev.waltap.testdata.versions;

import org.jspecify.annotations.NullMarked;
