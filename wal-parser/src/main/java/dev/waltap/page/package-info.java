// SPDX-License-Identifier: Apache-2.0
/**
 * Pages and their memory: the page set, which holds the pages of the captured tables as of the last
 * consumed commit, and the pages that one transaction wrote.
 */
@NullMarked
package dev.waltap.page;

import org.jspecify.annotations.NullMarked;
