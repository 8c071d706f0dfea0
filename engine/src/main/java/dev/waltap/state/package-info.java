/** Position and page set made durable, in an SQLite file of their own. */
@NullMarked
package dev.waltap.state;

import org.jspecify.annotations.NullMarked;
