// SPDX-License-Identifier: Apache-2.0
/** Which page belongs to which tree, and rows in b-tree order. */
@NullMarked
package dev.waltap.btree;

import org.jspecify.annotations.NullMarked;
