// SPDX-License-Identifier: Apache-2.0
/** The WAL for people: its generations, frames, transactions and rows, live or of a copy. */
@NullMarked
package dev.waltap.inspect;

import org.jspecify.annotations.NullMarked;
