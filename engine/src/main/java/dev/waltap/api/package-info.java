// SPDX-License-Identifier: Apache-2.0
/** What users of the library see: interfaces, changes, rows, options and errors; types only. */
@NullMarked
package dev.waltap.api;

import org.jspecify.annotations.NullMarked;
