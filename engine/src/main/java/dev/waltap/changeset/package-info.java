// SPDX-License-Identifier: Apache-2.0
/** Writes transactions as changesets of SQLite's session extension, each into a file of its own. */
@NullMarked
package dev.waltap.changeset;

import org.jspecify.annotations.NullMarked;
