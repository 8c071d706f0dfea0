// SPDX-License-Identifier: Apache-2.0
/** How SQLite is loaded, and how every connection of ours is opened. */
@NullMarked
package dev.waltap.sqlite;

import org.jspecify.annotations.NullMarked;
