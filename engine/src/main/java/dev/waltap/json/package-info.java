// SPDX-License-Identifier: Apache-2.0
/** Changes, rows and schemas as JSON, written without making strings of them. */
@NullMarked
package dev.waltap.json;

import org.jspecify.annotations.NullMarked;
