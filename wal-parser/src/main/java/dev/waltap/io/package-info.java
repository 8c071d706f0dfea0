// SPDX-License-Identifier: Apache-2.0
/**
 * Files opened, mapped and closed without ever dropping a lock that SQLite holds, and without
 * stumbling over one that shrinks.
 */
@NullMarked
package dev.waltap.io;

import org.jspecify.annotations.NullMarked;
