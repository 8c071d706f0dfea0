// SPDX-License-Identifier: Apache-2.0
/**
 * Layouts and codecs of the bytes that SQLite writes: varints, pages, cells, headers, checksums; no
 * I/O.
 */
@NullMarked
package dev.waltap.format;

import org.jspecify.annotations.NullMarked;
